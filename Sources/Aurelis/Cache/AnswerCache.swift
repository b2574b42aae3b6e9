internal import AurelisJSON
internal import Crypto
internal import Synchronization

/// Keeps answers and finds them again: in memory, and in the stores behind it.
///
///     let cache = AnswerCache(stores: [redis, database])
///     let orchestrator = ModelOrchestrator(providers: [provider], cache: cache)
///     try await cache.invalidate(CacheSelection(task: .codeReview))
///
/// Memory answers at once; a store is asked within its own time limit and is never the reason why a request fails.
public final class AnswerCache: Sendable {
    /// What outlives a change of the rules.
    final class Contents: Sendable {
        let state: Mutex<State>
        let flights = FlightDeck()
        let stores: [any CacheStore]
        let envelope: CacheEnvelope
        let clock: WallClock
        let onTampering: @Sendable (CacheKey, CacheLayer) -> Void

        init(
            _ state: State,
            stores: [any CacheStore],
            envelope: CacheEnvelope,
            clock: WallClock,
            onTampering: @escaping @Sendable (CacheKey, CacheLayer) -> Void
        ) {
            self.state = Mutex(state)
            self.stores = stores
            self.envelope = envelope
            self.clock = clock
            self.onTampering = onTampering
        }
    }

    struct State: Sendable {
        var answers: LeastRecentlyUsed<CacheKey, CachedAnswer>
        var statistics = CacheStatistics()
        var memory = CacheStatistics.Lookups()
        /// What the stores said when memory was last in step with them.
        var generation: UInt64 = 0
        var invalidations = RecentInvalidations()
    }

    let configuration: CacheConfiguration
    let contents: Contents

    /// A cache in memory, with stores behind it, the fastest first.
    ///
    /// - Parameters:
    ///   - encryptionKey: 32 bytes: what goes into the stores is encrypted; nil: it is only protected against damage.
    ///   - onTampering: told of an answer that somebody changed, which is dropped.
    public convenience init(
        configuration: CacheConfiguration = CacheConfiguration(),
        stores: [any CacheStore] = [],
        encryptionKey: [UInt8]? = nil,
        clock: WallClock = .system,
        onTampering: @escaping @Sendable (CacheKey, CacheLayer) -> Void = { _, _ in }
    ) {
        self.init(
            configuration: configuration,
            stores: stores,
            envelope: CacheEnvelope(key: encryptionKey.map { SymmetricKey(data: $0) }),
            clock: clock,
            onTampering: onTampering
        )
    }

    /// A cache in memory, with stores behind it, and the envelope in which answers go there.
    package convenience init(
        configuration: CacheConfiguration,
        stores: [any CacheStore],
        envelope: CacheEnvelope,
        clock: WallClock,
        onTampering: @escaping @Sendable (CacheKey, CacheLayer) -> Void
    ) {
        let answers = LeastRecentlyUsed<CacheKey, CachedAnswer>(
            maximumCount: configuration.memoryEntries,
            maximumCost: configuration.memoryBytes
        )
        let contents = Contents(
            State(answers: answers),
            stores: stores,
            envelope: envelope,
            clock: clock,
            onTampering: onTampering
        )
        self.init(configuration, contents)
    }

    private init(_ configuration: CacheConfiguration, _ contents: Contents) {
        self.configuration = configuration
        self.contents = contents
    }

    /// The same answers under other rules; the bounds of memory stay as they are.
    public func with(_ configuration: CacheConfiguration) -> AnswerCache { AnswerCache(configuration, contents) }

    /// What the cache has done.
    public var statistics: CacheStatistics {
        contents.state.withLock { state in
            var statistics = state.statistics
            statistics.layers[.memory] = state.memory
            statistics.memory = CacheUsage(entries: state.answers.count, bytes: state.answers.cost)
            return statistics
        }
    }

    private var generation: UInt64 { contents.stores.reduce(0) { $0 &+ $1.generation } }
}

// MARK: The way of a request

extension AnswerCache {
    /// Whether and how the cache is consulted for a call to a candidate.
    ///
    /// - Parameter key: the key of the call's answer, if it is known already.
    func plan(for call: ModelCall, on candidate: Candidate, key: CacheKey? = nil) -> CachePlan.Decision {
        let base = configuration.policy(for: candidate.model.id, task: call.task)
        let policy = call.cache ?? base
        guard policy != .off else { return .bypass(.off) }
        // A call with a key has been looked at.
        if key == nil, policy != .always, base != .always, policy != .only, let variety = call.variety {
            return .bypass(variety)
        }
        let plan = CachePlan(
            key: key ?? CacheKey(of: call, by: candidate),
            route: candidate.route,
            reads: policy != .refresh,
            asks: policy != .only,
            lifetime: configuration.lifetime(for: candidate.model.id, task: call.task),
            time: contents.clock.millisecondsSinceEpoch,
            generation: generation
        )
        return .consult(plan)
    }

    /// The answer that memory or a store has.
    func kept(_ plan: CachePlan) async -> CacheHit? {
        if let hit = inMemory(plan) { return hit }
        return await inStores(plan)
    }

    /// Whether an answer is kept; nothing is counted or moved.
    func has(_ plan: CachePlan) async -> Bool {
        func isFresh(_ answer: CachedAnswer?, in layer: CacheLayer) -> Bool {
            guard let answer, let limit = configuration.layers[layer], limit > .zero else { return false }
            return plan.time < answer.facts.expiry(in: limit)
        }
        if isFresh(contents.state.withLock({ $0.answers.value(for: plan.key) }), in: .memory) { return true }
        for store in contents.stores where isFresh(await opened(plan.key, from: store), in: store.layer) { return true }
        return false
    }

    /// The answer that memory has.
    ///
    /// - Parameter isSecondLook: a miss has been counted already.
    func inMemory(_ plan: CachePlan, isSecondLook: Bool = false) -> CacheHit? {
        guard let limit = configuration.layers[.memory], limit > .zero else { return nil }
        return contents.state.withLock { state in
            state.follow(plan.generation)
            guard let answer = state.answers.value(for: plan.key) else {
                if !isSecondLook { state.memory.misses += 1 }
                return nil
            }
            guard plan.time < answer.facts.expiry(in: limit) else {
                state.answers.remove(plan.key)
                if !isSecondLook { state.memory.misses += 1 }
                return nil
            }
            state.memory.hits += 1
            return CacheHit(answer: answer, layer: .memory, age: answer.facts.age(at: plan.time))
        }
    }

    /// The answer that a store has; it moves up to memory and to the stores before it, as old as it is.
    func inStores(_ plan: CachePlan) async -> CacheHit? {
        for (index, store) in contents.stores.enumerated() {
            guard let limit = configuration.layers[store.layer], limit > .zero else { continue }
            let answer = await opened(plan.key, from: store)
            guard let answer, contents.clock.millisecondsSinceEpoch < answer.facts.expiry(in: limit) else {
                count(store.layer) { $0.misses += 1 }
                continue
            }
            count(store.layer) { $0.hits += 1 }
            remember(answer, plan.generation)
            if index > 0 { put(answer, into: contents.stores[..<index]) }
            let age = answer.facts.age(at: contents.clock.millisecondsSinceEpoch)
            return CacheHit(answer: answer, layer: store.layer, age: age)
        }
        return nil
    }

    /// An answer whose time is over, but not for too long.
    func stale(_ plan: CachePlan) async -> CacheHit? {
        guard configuration.staleLimit > .zero else { return nil }
        for store in contents.stores {
            guard let limit = configuration.layers[store.layer], limit > .zero,
                let answer = await opened(plan.key, from: store)
            else { continue }
            let now = contents.clock.millisecondsSinceEpoch
            let expiry = answer.facts.expiry(in: limit)
            guard now < expiry + configuration.staleLimit.milliseconds else { continue }
            count(store.layer) { $0.stale += 1 }
            return CacheHit(answer: answer, layer: store.layer, age: answer.facts.age(at: now), isStale: now >= expiry)
        }
        return nil
    }

    /// Keeps an answer, unless it is one of those that are not kept.
    func keep(_ content: CachedAnswer.Content, of call: ModelCall, by candidate: Candidate, _ plan: CachePlan) {
        guard plan.lifetime > .zero else { return }
        let facts = CacheFacts(
            key: plan.key,
            operation: call.operation,
            provider: candidate.provider.id,
            model: candidate.model.id.canonical,
            task: call.task,
            tenant: call.tenant,
            tags: call.cacheTags,
            created: plan.time,
            lifetime: plan.lifetime
        )
        let answer = CachedAnswer(facts: facts, content: content)
        if let refusal = refusal(of: answer) {
            contents.state.withLock { $0.statistics.refused[refusal.rawValue, default: 0] += 1 }
            return
        }
        guard remember(answer, plan.generation) else { return }
        contents.state.withLock { $0.statistics.kept += 1 }
        put(answer, into: contents.stores[...])
    }

    /// A number for what had been invalidated when a call set out, here and by others.
    func invalidations(at plan: CachePlan) -> UInt64 {
        contents.state.withLock { $0.invalidations.count } &+ plan.generation
    }

    /// Counts a request that shared another one's answer.
    func countShared() { contents.state.withLock { $0.statistics.shared += 1 } }

    private func refusal(of answer: CachedAnswer) -> AnswerVerdict? {
        guard answer.size <= configuration.maximumAnswer else { return .tooLarge }
        guard let document = try? answer.document() else { return .unfinished }
        return AnswerVerdict.refusal(of: document, operation: answer.facts.operation)
    }

    /// Puts an answer into memory; false when it was invalidated on its way.
    @discardableResult
    private func remember(_ answer: CachedAnswer, _ generation: UInt64) -> Bool {
        let isKept = (configuration.layers[.memory] ?? .zero) > .zero
        let present = self.generation
        return contents.state.withLock { state in
            state.follow(present)
            guard !state.invalidations.cover(answer.facts) else { return false }
            // Somebody else invalidated something meanwhile; whether it was this, the stores know.
            guard isKept, present == generation else { return true }
            // Of two that were asked for at the same time, the later one counts: somebody wanted it new.
            let known = state.answers.value(for: answer.facts.key)
            if let known, known.facts.created > answer.facts.created { return false }
            let outcome = state.answers.insert(answer, for: answer.facts.key, cost: answer.cost)
            state.statistics.evicted += outcome.evicted
            return true
        }
    }

    private func put(_ answer: CachedAnswer, into stores: ArraySlice<any CacheStore>) {
        guard !stores.isEmpty else { return }
        let record = CacheRecord(facts: answer.facts, size: answer.size) { [envelope = contents.envelope] in
            envelope.seal(answer)
        }
        for store in stores where (configuration.layers[store.layer] ?? .zero) > .zero { store.keep(record) }
    }

    func opened(_ key: CacheKey, from store: any CacheStore) async -> CachedAnswer? {
        guard let sealed = await store.sealed(for: key) else { return nil }
        do throws(CacheEnvelope.Refusal) {
            let answer = try contents.envelope.open(sealed, for: key)
            return contents.state.withLock { $0.invalidations.cover(answer.facts) } ? nil : answer
        } catch .foreign {
            contents.state.withLock { $0.statistics.foreign += 1 }
        } catch {
            contents.state.withLock { $0.statistics.tampered += 1 }
            store.drop(key)
            contents.onTampering(key, store.layer)
        }
        return nil
    }

    private func count(_ layer: CacheLayer, _ change: (inout CacheStatistics.Lookups) -> Void) {
        contents.state.withLock { change(&$0.statistics.layers[layer, default: CacheStatistics.Lookups()]) }
    }
}

extension AnswerCache.State {
    /// Forgets everything when somebody else has invalidated something: what it was, the stores know.
    fileprivate mutating func follow(_ generation: UInt64) {
        guard generation != self.generation else { return }
        self.generation = generation
        _ = answers.removeAll { _ in true }
    }
}
