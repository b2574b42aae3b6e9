internal import AurelisJSON

/// How one call goes about the cache, for one candidate.
struct CachePlan: Sendable {
    let key: CacheKey
    /// Whose answer it would be.
    let route: Route
    /// Whether an answer that is kept may be given.
    let reads: Bool
    /// Whether somebody may be asked.
    let asks: Bool
    /// How long the answer is served at most.
    let lifetime: Duration
    /// When the call set out to ask, in milliseconds since 1970-01-01 UTC. The answer's age counts from here, so that an
    /// invalidation also reaches the answers that are under way.
    let time: Int64
    /// What had been invalidated by then.
    let generation: UInt64

    /// What the cache has to do with a call.
    enum Decision: Sendable {
        case consult(CachePlan)
        case bypass(CacheStatus.Reason)
    }
}

extension ModelCall {
    /// Why an equal call may get another answer; nil: it may not.
    var variety: CacheStatus.Reason? {
        guard operation == .chatCompletion else { return nil }
        if let search = body["web_search_options"], !search.isNull { return .volatile }
        guard let temperature = body["temperature"]?.double, temperature > 0 else { return nil }
        guard let seed = body["seed"], !seed.isNull else { return .sampled }
        return nil
    }
}
