/// What waits in an orchestrator, and for what.
package struct OrchestratorLoad: Sendable, Hashable {
    /// Requests that wait for a quota.
    package var waitingForQuota: Int
    /// Requests that wait for a free place at a provider; empty where nothing limits them.
    package var waitingForPlace: [ProviderID: Int]
    /// Calls under way that others may share.
    package var flights: Int
    /// Requests that wait for those.
    package var passengers: Int
}

extension ModelOrchestrator {
    /// What waits now.
    package var load: OrchestratorLoad {
        OrchestratorLoad(
            waitingForQuota: turns.waiting,
            waitingForPlace: limiters.mapValues(\.waiting),
            flights: cache?.contents.flights.count ?? 0,
            passengers: cache?.contents.flights.passengers ?? 0
        )
    }
}
