internal import Synchronization

/// Who is under way and who waits, at every provider and for every quota.
///
///     let places = RequestPlaces()
///     let orchestrator = ModelOrchestrator(providers: providers, places: places)
///     let next = ModelOrchestrator(providers: providers, configuration: other, places: places)   // counts with the first
///
/// It outlives the orchestrator that uses it, so that a reloaded configuration does not forget what is under way, and nobody
/// who waits is overtaken. The limits are those of the orchestrator that was made last: where fewer may be under way than
/// are, nobody else is admitted until they fit. What began while nothing limited a provider is not counted.
public final class RequestPlaces: Sendable {
    /// Who waits for a quota.
    let turns = TurnDesk(limit: 0)
    private let limiters = Mutex<[ProviderID: ConcurrencyLimiter]>([:])

    /// Nobody is under way.
    public init() {}

    /// Puts an orchestrator's limits into effect.
    ///
    /// - Returns: who limits each of its providers; empty: nobody does.
    func limiters(
        of providers: [ProviderID],
        _ configuration: OrchestratorConfiguration
    ) -> [ProviderID: ConcurrencyLimiter] {
        turns.change(limit: configuration.quotaQueue)
        let limit = configuration.concurrency
        let (known, ours) = limiters.withLock { limiters in
            // Of a provider that is gone only what is under way counts.
            limiters = limiters.filter { providers.contains($0.key) || !$0.value.isIdle }
            let known = limiters
            if let limit {
                for id in providers where limiters[id] == nil { limiters[id] = ConcurrencyLimiter(limit: limit) }
            }
            return (known, limiters.filter { providers.contains($0.key) })
        }
        for (id, limiter) in known where ours[id] != nil { limiter.change(limit: limit ?? .max) }
        return limit == nil ? [:] : ours
    }
}
