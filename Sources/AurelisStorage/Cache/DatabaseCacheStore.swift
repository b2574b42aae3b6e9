package import Aurelis
internal import Dispatch
internal import Foundation
internal import GRDB
package import Logging
internal import Synchronization

/// L3: keeps answers in a SQLite file that the processes of a data directory share.
///
///     let store = DatabaseCacheStore(directory: configuration.dataDirectory, logger: logger)
///     store.keep(record)                     // at once; written by `run` or `flush`
///     await store.sealed(for: key)           // nil, unless the disk says otherwise in time
///
/// A request never fails because of it and never waits longer than its limit: a file that is locked, full, damaged or
/// on a disk that hangs looks like an empty one. What blocks is done on two queues of its own, one for look-ups and one
/// for everything else.
package final class DatabaseCacheStore: CacheStore {
    struct State {
        var index = FingerprintIndex(file: 0)
        var queue: AnswerQueue
        var circuit: CircuitBreaker
        /// Look-ups that the disk has not ended, waited for or not.
        var reading = 0
        /// Other work that has not ended.
        var working = 0
        /// Invalidations that are not in the database yet.
        var invalidations: [CacheInvalidation] = []
        var statistics = DatabaseCacheStatistics()
        /// Whether nothing is to be expected of the file as long as the process lives.
        var isOff = false
        /// Whether there may be room to give back.
        var isUpkeepDue = false
        /// Whether a failure was complained of, until something works again.
        var hasComplained = false
    }

    /// Which layer it is.
    package var layer: CacheLayer { .database }

    let limits: DatabaseCacheLimits
    let time: any TimeSource
    let clock: WallClock
    let logger: Logger
    let connection: StorageConnection
    let counters: GenerationCounters
    let state: Mutex<State>
    /// Where look-ups wait for the disk.
    let reads = DispatchQueue(label: "aurelis.cache.reads")
    /// Where everything else waits for the disk.
    let work = DispatchQueue(label: "aurelis.cache.work")

    /// The cache of a data directory, which is made when there is none; the file is made when it is first needed.
    package init(
        directory: String,
        limits: DatabaseCacheLimits = DatabaseCacheLimits(),
        time: any TimeSource = SystemTimeSource(),
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.limits = limits
        self.time = time
        self.clock = clock
        self.logger = logger
        // What is wrong with a directory is said when the file is opened.
        try? StorageFile.makeDirectory(directory)
        counters = GenerationCounters(directory: directory)
        let schema = StorageSchema.cache(lookupLimit: limits.lookup, busyLimit: limits.busy)
        let file = StorageFile(directory: directory, schema, clock: clock) { path in
            logger.warning("the cached answers were damaged and are begun afresh; what is left of them: \(path)")
        }
        connection = StorageConnection(file, time: time)
        var circuit = CircuitBreaker.Settings()
        circuit.openDuration = .seconds(10)
        circuit.reopenDuration = .seconds(10)
        circuit.maximumProbes = 1
        let queue = AnswerQueue(
            entries: limits.waitingEntries,
            bytes: min(limits.waitingBytes, limits.bytes),
            perSecond: limits.writesPerSecond
        )
        state = Mutex(State(queue: queue, circuit: CircuitBreaker(circuit)))
    }

    /// A number that changes whenever answers were invalidated by any process of the data directory.
    package var generation: UInt64 { counters.invalidations.value }

    /// What was done so far.
    package var statistics: DatabaseCacheStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.queued = state.queue.count
            statistics.dropped += state.queue.dropped
            return statistics
        }
    }

    /// Takes an answer to keep; the disk comes later.
    package func keep(_ record: CacheRecord) {
        let now = time.now
        state.withLock { state in
            if state.isOff {
                state.statistics.dropped += 1
            } else {
                state.queue.append(record, at: now)
            }
        }
    }

    /// Drops one answer; the disk comes later.
    package func drop(_ key: CacheKey) { state.withLock { $0.queue.delete(key) } }

    /// What is known of the answers of a selection, the newest first.
    package func facts(of selection: CacheSelection, limit: Int) async throws(CacheStoreError) -> [CacheFacts] {
        guard limit > 0 else { return [] }
        let pending = state.withLock(\.invalidations)
        return try await asking(empty: []) { table in
            try table.facts(of: selection, limit: limit).filter { facts in
                !pending.contains { $0.covers(facts) }
            }
        }
    }

    /// How much is kept.
    package func usage() async throws(CacheStoreError) -> CacheUsage {
        try await asking(empty: CacheUsage(entries: 0, bytes: 0)) { try $0.usage() }
    }

    private func asking<Answer: Sendable>(
        empty: Answer,
        _ question: @escaping @Sendable (CacheTable) throws -> Answer
    ) async throws(CacheStoreError) -> Answer {
        let answer = await working { store in
            guard store.connection.exists else { return empty }
            return try store.attending { session in
                try session.pool.read { try question(CacheTable(database: $0, now: store.now)) }
            }
        }
        return try certain(answer)
    }

    /// The result of work, or why there is none.
    func certain<Value>(_ result: Result<Value, any Error>?) throws(CacheStoreError) -> Value {
        guard let result else { throw CacheStoreError(.database, "no answer within \(limits.work.briefly)") }
        do { return try result.get() } catch { throw CacheStoreError(.database, "\(error)") }
    }
}
