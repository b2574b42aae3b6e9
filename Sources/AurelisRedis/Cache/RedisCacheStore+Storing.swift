import Aurelis
import Synchronization

extension RedisCacheStore {
    private static let batchSize = 64

    /// Sends what waits until nothing does or the time is over. Does nothing while another task sends.
    func drain(until end: ContinuousClock.Instant? = nil) async {
        while !Task.isCancelled {
            let left = end.map { $0 - .now } ?? settings.commandDeadline
            guard left > .zero else { return }
            let batch = state.withLock { $0.queue.take(atMost: Self.batchSize) }
            guard !batch.isEmpty else { return }
            await withTaskGroup { group in
                for item in batch {
                    group.addTask { await self.send(item, deadline: min(left, self.settings.commandDeadline)) }
                }
            }
            let flushers = state.withLock { state in
                state.queue.finish(batch)
                defer { state.flushers = [] }
                return state.flushers
            }
            for flusher in flushers { flusher.resume() }
        }
    }

    /// Returns when what was taken so far is in Redis, could not be sent, or the time is over.
    package func flush() async {
        let end = ContinuousClock.now + settings.flushDeadline
        while !Task.isCancelled, ContinuousClock.now < end, state.withLock({ $0.queue.count > 0 }) {
            await drain(until: end)
            // A batch of another task takes no longer than the deadline of its commands.
            await batchUnderWay()
        }
        await sendPendingRules(deadline: max(.zero, end - .now))
        work.signal()
    }

    private func batchUnderWay() async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                guard state.queue.sending > 0 else { return false }
                state.flushers.append(continuation)
                return true
            }
            if !waits { continuation.resume() }
        }
    }

    private func send(_ item: RedisCacheQueue.Item, deadline: Duration) async {
        do {
            switch item {
            case .drop(let key):
                _ = try await client.send(RedisCommand("UNLINK", key: name(of: key)), deadline: deadline)
            case .keep(let record):
                guard let left = timeLeft(for: record.facts) else {
                    state.withLock { $0.statistics.dropped += 1 }
                    return
                }
                let arguments = [
                    name(of: record.facts.key), RedisArgument(record.sealed), "PX", RedisArgument(left),
                ]
                _ = try await client.send(RedisCommand("SET", arguments, key: arguments[0]), deadline: deadline)
                state.withLock { $0.statistics.kept += 1 }
            }
            noteWritten(nil)
        } catch {
            if case .keep = item { state.withLock { $0.statistics.dropped += 1 } }
            noteWritten(error)
        }
    }

    /// How long an answer may stay, in milliseconds; nil when its time is over or it was invalidated.
    private func timeLeft(for facts: CacheFacts) -> Int64? {
        // An answer from the future, which a clock that was wrong can give, stays no longer than one of now.
        let left = min(
            facts.expiry(in: settings.lifetime) - clock.millisecondsSinceEpoch,
            settings.lifetime.milliseconds
        )
        guard left > 0, !state.withLock({ $0.rules.cover(facts) }) else { return nil }
        return left
    }
}
