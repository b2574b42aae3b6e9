public import Aurelis
internal import Synchronization

/// A cache store in memory, whose contents a test can see, damage and take away.
///
///     let store = ScriptedCacheStore(.database)
///     let cache = AnswerCache(stores: [store])
///     …
///     store.damage { $0[$0.count - 1] ^= 1 }
public final class ScriptedCacheStore: CacheStore {
    private struct State {
        var records: [CacheKey: (facts: CacheFacts, sealed: [UInt8])] = [:]
        var generation: UInt64 = 1
        var lookups = 0
        var dropped: [CacheKey] = []
        var failure: CacheStoreError?
    }

    /// Which layer it plays.
    public let layer: CacheLayer
    private let state = Mutex(State())

    /// An empty store.
    public init(_ layer: CacheLayer) { self.layer = layer }

    /// How many answers were looked for.
    public var lookups: Int { state.withLock(\.lookups) }

    /// What was dropped because it could not be unsealed.
    public var dropped: [CacheKey] { state.withLock(\.dropped) }

    /// The sealed answers.
    public var sealed: [[UInt8]] { state.withLock { $0.records.values.map(\.sealed) } }

    /// Changes every sealed answer.
    public func damage(_ change: (inout [UInt8]) -> Void) {
        state.withLock { state in
            for key in state.records.keys {
                guard var record = state.records[key] else { continue }
                change(&record.sealed)
                state.records[key] = record
            }
        }
    }

    /// Puts a sealed answer under another key.
    public func move(_ key: CacheKey, to other: CacheKey) {
        state.withLock { $0.records[other] = $0.records.removeValue(forKey: key) }
    }

    /// As if another process had invalidated something.
    public func invalidateElsewhere() {
        state.withLock { $0.generation += 1 }
    }

    /// Lets invalidations fail from now on.
    public func fail(_ error: CacheStoreError?) { state.withLock { $0.failure = error } }

    /// Grows with each invalidation.
    public var generation: UInt64 { state.withLock(\.generation) }

    /// The sealed answer of a key.
    public func sealed(for key: CacheKey) async -> [UInt8]? {
        state.withLock { state in
            state.lookups += 1
            return state.records[key]?.sealed
        }
    }

    /// Keeps an answer.
    public func keep(_ record: CacheRecord) {
        let sealed = record.sealed
        state.withLock { $0.records[record.facts.key] = (record.facts, sealed) }
    }

    /// Drops an answer.
    public func drop(_ key: CacheKey) {
        state.withLock { state in
            state.records[key] = nil
            state.dropped.append(key)
        }
    }

    /// Drops what an invalidation covers.
    public func invalidate(_ invalidation: CacheInvalidation) async throws(CacheStoreError) {
        let failure = state.withLock { state in
            if state.failure == nil {
                state.records = state.records.filter { !invalidation.covers($0.value.facts) }
                state.generation += 1
            }
            return state.failure
        }
        if let failure { throw failure }
    }

    /// What is known of the answers.
    public func facts(of selection: CacheSelection, limit: Int) async throws(CacheStoreError) -> [CacheFacts] {
        let found = state.withLock { $0.records.values.map(\.facts).filter(selection.contains) }
        return Array(found.sorted { $0.created > $1.created }.prefix(limit))
    }

    /// How much is kept.
    public func usage() async throws(CacheStoreError) -> CacheUsage {
        state.withLock { state in
            CacheUsage(entries: state.records.count, bytes: state.records.values.reduce(0) { $0 + $1.sealed.count })
        }
    }

    /// Returns at once.
    public func flush() async {}
}
