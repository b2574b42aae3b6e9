public import AurelisJSON
internal import Synchronization

extension AnswerCache {
    /// Makes answers unfindable, in every layer and for every process that shares one.
    ///
    ///     try await cache.invalidate(CacheSelection(tag: "release-2"))
    ///
    /// - Throws: which store may still have them, after all others have dropped theirs.
    public func invalidate(_ selection: CacheSelection) async throws(CacheStoreError) {
        let invalidation = CacheInvalidation(selection, time: contents.clock.millisecondsSinceEpoch)
        contents.state.withLock { state in
            state.statistics.invalidations += 1
            state.invalidations.append(invalidation)
            _ = state.answers.removeAll { invalidation.covers($0.facts) }
        }
        var failure: CacheStoreError?
        for store in contents.stores {
            do throws(CacheStoreError) { try await store.invalidate(invalidation) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Makes the answers unfindable that an event concerns: those of the tasks that the configuration names for it, and
    /// those that are tagged with its name.
    ///
    /// - Parameter context: narrows it down, to a tenant or a model for instance.
    public func invalidate(event: String, in context: CacheSelection = .all) async throws(CacheStoreError) {
        for task in (configuration.events[event] ?? []).sorted(by: { $0.rawValue < $1.rawValue }) {
            guard context.task == nil || context.task == task else { continue }
            var selection = context
            selection.task = task
            try await invalidate(selection)
        }
        guard context.tag == nil || context.tag == event else { return }
        var selection = context
        selection.tag = event
        try await invalidate(selection)
    }

    /// What is known of the answers of a selection in one layer, the newest first.
    public func facts(
        of selection: CacheSelection,
        in layer: CacheLayer,
        limit: Int
    ) async throws(CacheStoreError) -> [CacheFacts] {
        if layer == .memory {
            let found = contents.state.withLock { $0.answers.values.map(\.facts).filter(selection.contains) }
            return Array(found.sorted { $0.created > $1.created }.prefix(limit))
        }
        guard let store = contents.stores.first(where: { $0.layer == layer }) else { return [] }
        return try await store.facts(of: selection, limit: limit)
    }

    /// How much a layer keeps; nil when there is no such layer.
    public func usage(of layer: CacheLayer) async throws(CacheStoreError) -> CacheUsage? {
        if layer == .memory { return statistics.memory }
        return try await contents.stores.first { $0.layer == layer }?.usage()
    }

    /// One answer as JSON, with the layer that has it, fresh or not; nil when nobody has it. Counts as no lookup.
    public func answer(for key: CacheKey) async -> (facts: CacheFacts, document: JSONDocument, layer: CacheLayer)? {
        if let answer = contents.state.withLock({ $0.answers.values.first { $0.facts.key == key } }),
            let document = try? answer.document()
        {
            return (answer.facts, document, .memory)
        }
        for store in contents.stores {
            if let answer = await opened(key, from: store), let document = try? answer.document() {
                return (answer.facts, document, store.layer)
            }
        }
        return nil
    }

    /// Returns when what was kept so far is in the stores, or cannot be.
    public func flush() async {
        for store in contents.stores { await store.flush() }
    }
}
