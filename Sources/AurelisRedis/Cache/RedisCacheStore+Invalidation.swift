package import Aurelis
import AurelisJSON
import Synchronization

extension RedisCacheStore {
    /// Makes answers unfindable: here at once, elsewhere as soon as they hear of it.
    package func invalidate(_ invalidation: CacheInvalidation) async throws(CacheStoreError) {
        if state.withLock({ $0.rules.add(invalidation) }) { grow() }
        do {
            try await tell(invalidation, deadline: settings.commandDeadline)
        } catch {
            state.withLock { _ = $0.pending.add(invalidation) }
            noteWritten(error)
            throw CacheStoreError(.redis, "the invalidation is not certain everywhere yet: \(error.message)")
        }
        noteWritten(nil)
        if let prefix = invalidation.selection.prefixOfSweep { await sweep(prefix) }
    }

    /// The rules in Redis that still matter; those that this version does not understand are left out.
    func storedRules(deadline: Duration) async throws(RedisError) -> [CacheInvalidation] {
        let name = RedisArgument(settings.invalidations)
        let limit = RedisArgument(Int64(settings.maximumRules))
        let command = RedisCommand("ZREVRANGEBYSCORE", key: name, "+inf", RedisArgument(ruleHorizon), "LIMIT", 0, limit)
        guard let members = try await client.send(command, deadline: deadline).elements else { throw .unexpected }
        return members.compactMap { $0.bytes.flatMap(CacheInvalidation.init(payload:)) }
    }

    func merge(_ rules: [CacheInvalidation]) {
        let isNew = state.withLock { state in
            rules.reduce(false) { isNew, rule in state.rules.add(rule) || isNew }
        }
        if isNew { grow() }
    }

    /// Sends the invalidations that Redis has not taken, until one fails again.
    func sendPendingRules(deadline: Duration) async {
        let end = ContinuousClock.now + deadline
        let rules = state.withLock { state in
            state.pending.forget(before: ruleHorizon)
            return state.pending.all
        }
        for rule in rules {
            guard !Task.isCancelled, ContinuousClock.now < end else { return }
            do {
                try await tell(rule, deadline: end - .now)
                state.withLock { $0.pending.remove(rule) }
                noteWritten(nil)
            } catch {
                return noteWritten(error)
            }
        }
    }

    /// Remembers an invalidation in Redis and tells the other instances. Both are tried even if one fails: those who
    /// listen hear of it although Redis is full.
    private func tell(_ rule: CacheInvalidation, deadline: Duration) async throws(RedisError) {
        let end = ContinuousClock.now + deadline
        let payload = rule.payload
        var failure: RedisError?
        do {
            try await remember(rule, payload, until: end)
        } catch {
            failure = error
        }
        // In this order: who begins to listen after the message finds the rule in the set.
        try await client.publish(payload, to: settings.invalidations, deadline: end - .now)
        if let failure { throw failure }
    }

    private func remember(
        _ rule: CacheInvalidation,
        _ payload: [UInt8],
        until end: ContinuousClock.Instant
    ) async throws(RedisError) {
        let name = RedisArgument(settings.invalidations)
        let member = RedisArgument(payload)
        let added = RedisCommand("ZADD", key: name, RedisArgument(rule.time), member)
        _ = try await client.send(added, deadline: end - .now)
        // From here on it is remembered; the rest is housekeeping, which the next invalidation does as well.
        do {
            let over = RedisCommand("ZREMRANGEBYSCORE", key: name, "-inf", RedisArgument("(\(ruleHorizon)"))
            _ = try await client.send(over, deadline: end - .now)
            let lifetime = RedisArgument(settings.ruleLifetime.milliseconds)
            _ = try await client.send(RedisCommand("PEXPIRE", key: name, lifetime), deadline: end - .now)
            let count = try await client.send(RedisCommand("ZCARD", key: name), deadline: end - .now)
            if case .integer(let count) = count, count > Int64(settings.maximumRules) {
                try await collapse(name, until: end)
            }
        } catch {
            noteWritten(error)
        }
    }

    /// Makes one rule about everything of too many.
    private func collapse(_ name: RedisArgument, until end: ContinuousClock.Instant) async throws(RedisError) {
        let rule = CacheInvalidation(.all, time: clock.millisecondsSinceEpoch)
        let payload = rule.payload
        let added = RedisCommand("ZADD", key: name, RedisArgument(rule.time), RedisArgument(payload))
        _ = try await client.send(added, deadline: end - .now)
        if state.withLock({ $0.rules.add(rule) }) { grow() }
        try await client.publish(payload, to: settings.invalidations, deadline: end - .now)
        let earlier = RedisCommand("ZREMRANGEBYSCORE", key: name, "-inf", RedisArgument("(\(rule.time)"))
        _ = try await client.send(earlier, deadline: end - .now)
    }

    /// Frees the memory of the answers whose keys begin so, as far as time allows: they are unfindable already.
    private func sweep(_ prefix: String) async {
        let end = ContinuousClock.now + settings.sweepDeadline
        do {
            try await eachPage(of: prefix, until: end) { (keys) throws(RedisError) in
                await withTaskGroup { group in
                    for key in keys {
                        let command = RedisCommand("UNLINK", key: RedisArgument(key))
                        group.addTask { _ = try? await self.client.send(command, deadline: end - .now) }
                    }
                }
                return true
            }
        } catch {
            noteWritten(error)
        }
    }
}

extension CacheSelection {
    /// The beginning of the keys of exactly these answers; nil when their keys do not tell them from others.
    fileprivate var prefixOfSweep: String? {
        if self == .all { return "" }
        return self == CacheSelection(keyPrefix: keyPrefix) ? keyPrefix : nil
    }
}

extension CacheInvalidation {
    private static let maximumPayload = 64 << 10

    var payload: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    init?(payload: [UInt8]) {
        guard payload.count <= Self.maximumPayload, let document = try? JSONDocument(payload) else { return nil }
        self.init(reading: document.root)
    }
}
