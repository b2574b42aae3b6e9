/// How well something works, from what is known of it.
///
///     HealthState.degraded < .unhealthy       // true: the worst of several is their maximum
public enum HealthState: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Nobody has tried of late.
    case unknown
    /// It works.
    case healthy
    /// It works with less than it should.
    case degraded
    /// It does not work.
    case unhealthy

    /// Whether somebody should know.
    public var isTrouble: Bool { self > .healthy }

    /// Whether one is better than the other.
    public static func < (one: HealthState, other: HealthState) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .unknown: 0
        case .healthy: 1
        case .degraded: 2
        case .unhealthy: 3
        }
    }
}

/// What a gateway needs to work.
public enum HealthComponent: String, Sendable, Hashable, CaseIterable {
    /// The models, each at its provider.
    case models
    /// Whether providers take their credentials.
    case authentication
    /// Whether providers can be reached.
    case network
    /// The layers of the cache.
    case cache
    /// The audit log.
    case audit
    /// The data directory.
    case storage
    /// What is left of quotas.
    case quota

    /// The worst that it makes of the whole: without a cache, without a disk or without quota for one model, Aurelis goes
    /// on answering.
    var worst: HealthState {
        switch self {
        case .models, .authentication, .network, .audit: .unhealthy
        case .cache, .storage, .quota: .degraded
        }
    }

    /// Its state by those of its parts: all down is unhealthy, some is degraded; what is unknown counts for neither.
    func state(of parts: some Collection<HealthState>) -> HealthState {
        let known = parts.filter { $0 != .unknown }
        guard !known.isEmpty else { return .unknown }
        if known.allSatisfy({ $0 == .unhealthy }) { return min(worst, .unhealthy) }
        return known.contains { $0.isTrouble } ? .degraded : .healthy
    }
}
