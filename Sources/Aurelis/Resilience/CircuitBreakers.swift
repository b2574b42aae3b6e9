internal import Synchronization

/// The circuits of all routes, one per provider and model.
///
/// Only circuits with something to remember are kept, so that the map is as small as the trouble is, and a caller who
/// makes up model names cannot make it grow: a name that was never admitted to fail leaves nothing behind.
final class CircuitBreakers: Sendable {
    struct Route: Hashable, Sendable {
        let provider: ProviderID
        let model: ModelID
    }

    private struct State {
        var troubled: [Route: CircuitBreaker] = [:]
        /// The era of every circuit that is not kept, so that a permit older than a forgotten outage stays without effect.
        var era: UInt64 = 0
    }

    private let settings: CircuitBreaker.Settings
    private let state = Mutex(State())

    init(_ settings: CircuitBreaker.Settings = CircuitBreaker.Settings()) { self.settings = settings }

    /// No more circuits are kept; beyond it new trouble goes unremembered rather than memory without bound.
    private static let maximumRoutes = 4_096

    /// Until when the route's circuit is open; nil when a call may be tried.
    func openUntil(_ route: Route, at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        state.withLock { state in
            guard case .open(let until) = state.troubled[route]?.state, until > now else { return nil }
            return until
        }
    }

    /// Asks to send one call on a route.
    func admit(_ route: Route, at now: ContinuousClock.Instant) -> CircuitBreaker.Admission {
        state.withLock { state in
            guard var breaker = state.troubled[route] else {
                var fresh = CircuitBreaker(settings, era: state.era)
                return fresh.admit(at: now)
            }
            let admission = breaker.admit(at: now)
            state.troubled[route] = breaker
            return admission
        }
    }

    /// Tells what became of a call that was admitted.
    func settle(
        _ permit: CircuitBreaker.Permit,
        of route: Route,
        _ outcome: CircuitBreaker.Outcome,
        at now: ContinuousClock.Instant
    ) {
        state.withLock { state in
            if state.troubled.isEmpty, outcome != .fault { return }
            let known = state.troubled[route]
            var breaker = known ?? CircuitBreaker(settings, era: state.era)
            breaker.settle(permit, outcome, at: now)
            if breaker.isPristine {
                state.era = max(state.era, breaker.era)
                state.troubled[route] = nil
            } else if known != nil || state.troubled.count < Self.maximumRoutes {
                state.troubled[route] = breaker
            }
        }
    }
}
