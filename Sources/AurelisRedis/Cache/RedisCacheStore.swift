package import Aurelis
package import Logging
import Synchronization

/// The cache layer that instances share: sealed answers in a Redis or Valkey server, or a cluster of them.
///
///     let store = RedisCacheStore(client, facts: { CacheEnvelope.facts(of: $0) }, logger: logger)
///     // a gateway: its service group runs this beside the other services
///     await store.run()
///     // a command: what was taken is sent before the end
///     await store.flush()
///
/// A lookup never takes longer than its deadline, and never fails: Redis that is absent, silent or broken looks empty.
/// An invalidation is a rule that every hit is checked against, so it is in force everywhere as soon as it is heard;
/// the store answers only while it hears of them and has read those from before. A process that does not call `run`
/// reads them once, before its first answer: it should be gone in a moment.
///
/// An invalidation of everything or of a key prefix frees the memory of the answers at once, on a single server; those
/// of other invalidations stay in Redis, unfindable, until their time is over. In a cluster the other nodes keep them too.
/// Redis must not evict the set of rules before the answers: use `volatile-lru` or another policy of keys with expiry
/// that has room, never a memory so small that the rules go.
package final class RedisCacheStore: CacheStore {
    struct State {
        var queue: RedisCacheQueue
        var rules: RedisCacheRules
        /// What Redis has not taken.
        var pending: RedisCacheRules
        var hearing = RedisCacheHearing()
        var reading = RedisCacheCondition()
        var writing = RedisCacheCondition()
        var listening = RedisCacheCondition()
        var statistics = RedisCacheStatistics()
        /// Those who wait for the batch that is being sent.
        var flushers: [CheckedContinuation<Void, Never>] = []
    }

    let client: RedisClient
    let settings: RedisCacheSettings
    let factsOfSealed: @Sendable ([UInt8]) -> CacheFacts?
    let clock: WallClock
    let time: any TimeSource
    let logger: Logger
    let state: Mutex<State>
    let generationCounter = Atomic<UInt64>(0)
    /// Wakes the task that stores.
    let work = Wakeup()
    /// Wakes the task that sees to the rules.
    let care = Wakeup()

    /// A layer in the Redis of a client, which remains the caller's to shut down.
    ///
    /// - Parameter facts: reads the facts of a sealed answer; nil for what is none.
    package init(
        _ client: RedisClient,
        settings: RedisCacheSettings = RedisCacheSettings(),
        facts: @escaping @Sendable ([UInt8]) -> CacheFacts?,
        clock: WallClock = .system,
        time: any TimeSource = SystemTimeSource(),
        logger: Logger
    ) {
        self.client = client
        self.settings = settings
        factsOfSealed = facts
        self.clock = clock
        self.time = time
        self.logger = logger
        let queue = RedisCacheQueue(
            maximumEntries: settings.maximumQueuedEntries,
            maximumBytes: settings.maximumQueuedBytes
        )
        let state = State(
            queue: queue,
            rules: RedisCacheRules(maximumCount: settings.maximumRules),
            pending: RedisCacheRules(maximumCount: settings.maximumPendingRules)
        )
        self.state = Mutex(state)
    }

    /// This is the layer of Redis.
    package var layer: CacheLayer { .redis }

    /// Grows with each invalidation that is heard, and whenever one may have been missed.
    package var generation: UInt64 { generationCounter.load(ordering: .relaxed) }

    /// The counts and the condition of this moment.
    package var statistics: RedisCacheStatistics {
        var statistics = state.withLock { state in
            var statistics = state.statistics
            statistics.queued = state.queue.count
            statistics.queuedBytes = state.queue.bytes
            statistics.rules = state.rules.count
            statistics.pendingInvalidations = state.pending.count
            statistics.isListening = state.hearing.isListening
            return statistics
        }
        statistics.isCircuitOpen = !client.isAvailable
        return statistics
    }

    func name(of key: CacheKey) -> RedisArgument { RedisArgument(settings.answerPrefix + "\(key)") }

    func grow() { generationCounter.wrappingAdd(1, ordering: .relaxed) }

    /// The oldest invalidation that still matters.
    var ruleHorizon: Int64 { clock.millisecondsSinceEpoch - settings.ruleLifetime.milliseconds }
}

// MARK: - Lookups

extension RedisCacheStore {
    /// The sealed answer of a key, within the lookup deadline.
    package func sealed(for key: CacheKey) async -> [UInt8]? {
        let end = ContinuousClock.now + settings.lookupDeadline
        let (isCurrent, loadsRules) = state.withLock { state in
            state.statistics.lookups += 1
            return (state.hearing.isCurrent, state.hearing.beginOneShot())
        }
        if loadsRules {
            guard await loadRulesOnce(until: end) else { return nil }
        } else if !isCurrent {
            return nil
        }
        do throws(RedisError) {
            // One byte more than allowed is enough to see that a value is too large; nothing is the empty string.
            let limit = RedisArgument(Int64(settings.maximumValueBytes))
            let command = RedisCommand("GETRANGE", key: name(of: key), 0, limit)
            let reply = try await client.send(command, deadline: end - .now)
            guard let sealed = reply.bytes else { throw RedisError.unexpected }
            noteRead(nil)
            guard !sealed.isEmpty else { return nil }
            return judge(sealed, for: key)
        } catch {
            noteRead(error)
            return nil
        }
    }

    /// The value, if it may be served.
    private func judge(_ sealed: [UInt8], for key: CacheKey) -> [UInt8]? {
        guard sealed.count <= settings.maximumValueBytes, let facts = factsOfSealed(sealed), facts.key == key else {
            state.withLock { $0.statistics.unusable += 1 }
            return nil
        }
        return state.withLock { state in
            // The subscription may have been lost in the meantime.
            guard state.hearing.isCurrent else { return nil }
            guard !state.rules.cover(facts) else {
                state.statistics.invalidated += 1
                return nil
            }
            state.statistics.hits += 1
            return sealed
        }
    }

    private func loadRulesOnce(until end: ContinuousClock.Instant) async -> Bool {
        var isLoaded = false
        defer { state.withLock { $0.hearing.endOneShot(isLoaded: isLoaded) } }
        do {
            merge(try await storedRules(deadline: end - .now))
            isLoaded = true
        } catch {
            noteRead(error)
        }
        return isLoaded
    }
}

// MARK: - The queue's entrance

extension RedisCacheStore {
    /// Takes an answer to store; drops it when it is too large or too many wait.
    package func keep(_ record: CacheRecord) {
        let isTaken = record.size <= settings.maximumValueBytes && enqueue(.keep(record))
        if !isTaken { state.withLock { $0.statistics.dropped += 1 } }
    }

    /// Removes one answer, after those that wait to be stored.
    package func drop(_ key: CacheKey) {
        _ = enqueue(.drop(key))
    }

    private func enqueue(_ item: RedisCacheQueue.Item) -> Bool {
        let isTaken = state.withLock { $0.queue.add(item) }
        if isTaken { work.signal() }
        return isTaken
    }
}
