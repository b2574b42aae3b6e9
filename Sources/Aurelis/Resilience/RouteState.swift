/// What is known of one route: its circuit, its pause, its performance.
struct RouteState: Sendable {
    var circuit: CircuitBreaker
    /// The provider wants no request for a while.
    var pause: Pause?
    /// The provider refused the gateway's key, and has answered nothing since.
    var isKeyRefused = false
    /// Whole answers, from the request to the last byte.
    var whole = RoutePerformance()
    /// Streams, from the request to the first content.
    var stream = RoutePerformance()

    /// A time without requests, because the provider has said so.
    struct Pause: Sendable, Hashable {
        var until: ContinuousClock.Instant
        /// The kind of failure that said it.
        var cause: ModelError.Category
    }

    /// The pause that is under way.
    func pause(at now: ContinuousClock.Instant) -> Pause? {
        pause.flatMap { $0.until > now ? $0 : nil }
    }

    /// Whether forgetting it could do harm: its circuit counts failures, or the provider has asked for a pause.
    func isTroubled(at now: ContinuousClock.Instant) -> Bool {
        !circuit.isPristine || pause(at: now) != nil
    }
}

/// A route's state, for people and for the admin API.
public struct RouteStatus: Sendable, Hashable {
    /// The route.
    public var route: Route
    /// Its circuit.
    public var circuit: Circuit
    /// Faults in a row while the circuit is closed.
    public var failures: Int
    /// How long the circuit stays open; nil unless it is.
    public var opensIn: Duration?
    /// How long the provider wants no request; nil when it has not asked for a pause.
    public var pausedFor: Duration?
    /// The kind of failure that made it ask; nil when it has not asked.
    public var pauseCause: ModelError.Category?
    /// Whether the provider refused the gateway's key, and has answered nothing since.
    public var isKeyRefused = false
    /// How long ago the last attempt ended that said something of the route; nil when there was none.
    public var idleFor: Duration?
    /// The share of recent attempts that were answered, 0 to 1; nil when there were none.
    public var successRate: Double?
    /// How long recent whole answers took, failed attempts included; nil when there were none.
    public var answerTime: Duration?
    /// How long recent streams took to their first content, failed attempts included; nil when there were none.
    public var firstContentTime: Duration?

    /// The states of a circuit.
    public enum Circuit: String, Sendable, Hashable {
        /// Requests pass.
        case closed
        /// Requests are not sent.
        case open
        /// A few probes pass.
        case halfOpen = "half_open"
    }
}

extension RouteStatus {
    init(_ route: Route, _ state: RouteState, at now: ContinuousClock.Instant) {
        self.route = route
        failures = 0
        switch state.circuit.state {
        case .closed(let count):
            circuit = .closed
            failures = count
        case .open(let until) where until > now:
            circuit = .open
            opensIn = now.duration(to: until)
        case .open, .halfOpen:
            circuit = .halfOpen
        }
        pausedFor = state.pause(at: now).map { now.duration(to: $0.until) }
        pauseCause = state.pause(at: now)?.cause
        isKeyRefused = state.isKeyRefused
        idleFor = [state.whole.lastUpdate, state.stream.lastUpdate].compactMap(\.self).max().map {
            $0.duration(to: now)
        }
        successRate = state.whole.successRate(at: now) ?? state.stream.successRate(at: now)
        answerTime = Self.duration(state.whole, at: now)
        firstContentTime = Self.duration(state.stream, at: now)
    }

    private static func duration(_ performance: RoutePerformance, at now: ContinuousClock.Instant) -> Duration? {
        guard let seconds = performance.expectedSeconds(at: now), seconds.isFinite else { return nil }
        return .seconds(seconds)
    }
}
