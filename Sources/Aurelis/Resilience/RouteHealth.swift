internal import Synchronization

/// What has been learnt of every route, from the requests that went over it: never by asking for its own sake.
///
///     let health = RouteHealth()
///     let orchestrator = ModelOrchestrator(providers: providers, health: health)
///     for status in health.statuses() where status.circuit == .open { print(status.route, status.opensIn) }
///     health.reset()   // every circuit closed, every pause forgotten
///
/// It outlives the orchestrator that uses it, so that a reloaded configuration does not forget an outage.
/// Bounded: a caller who makes up model names cannot make it grow, because only routes that answered, failed, refused
/// the key or asked for a pause are kept, and at most 4,096 of them.
public final class RouteHealth: Sendable {
    private struct State {
        var routes: [Route: RouteState] = [:]
        /// The era of every circuit that is not kept, so that a permit older than a forgotten outage has no effect.
        var era: UInt64 = 0
    }

    private let settings: CircuitBreaker.Settings
    private let time: any TimeSource
    private let state = Mutex(State())

    private static let maximumRoutes = 4_096

    /// Nothing is known yet.
    public convenience init(time: any TimeSource = SystemTimeSource()) {
        self.init(CircuitBreaker.Settings(), time: time)
    }

    init(_ settings: CircuitBreaker.Settings, time: any TimeSource) {
        self.settings = settings
        self.time = time
    }

    /// Every route that anything is known of, in the order of provider and model.
    public func statuses() -> [RouteStatus] {
        let now = time.now
        return state.withLock(\.routes)
            .map { RouteStatus($0.key, $0.value, at: now) }
            .sorted {
                ($0.route.provider.rawValue, $0.route.model.canonical) < (
                    $1.route.provider.rawValue, $1.route.model.canonical
                )
            }
    }

    /// Closes the circuits and forgets the pauses of the routes that match; what was measured stays.
    ///
    /// - Returns: how many routes were in trouble before.
    @discardableResult
    public func reset(where matches: (Route) -> Bool = { _ in true }) -> Int {
        let now = time.now
        return state.withLock { state in
            var count = 0
            for (route, known) in state.routes where known.isTroubled(at: now) && matches(route) {
                state.era = max(state.era, known.circuit.era) + 1
                state.routes[route]?.circuit = CircuitBreaker(settings, era: state.era)
                state.routes[route]?.pause = nil
                count += 1
            }
            return count
        }
    }
}

// What the orchestrator asks and tells.
extension RouteHealth {
    /// Why a route is not asked now.
    enum Obstacle: Sendable, Hashable {
        /// Its circuit is open until then.
        case open(until: ContinuousClock.Instant)
        /// The provider wants no request before then.
        case paused(until: ContinuousClock.Instant, cause: ModelError.Category)
    }

    /// What stands in the way of a route; nil when a call may be tried.
    func obstacle(on route: Route, at now: ContinuousClock.Instant) -> Obstacle? {
        state.withLock { state in
            guard let known = state.routes[route] else { return nil }
            if case .open(let until) = known.circuit.state, until > now { return .open(until: until) }
            return known.pause(at: now).map { .paused(until: $0.until, cause: $0.cause) }
        }
    }

    /// What becomes of a call that asks to be sent.
    enum Admission: Sendable {
        /// It may be sent; what comes of it is settled with the permit.
        case admitted(CircuitBreaker.Permit)
        /// It may not.
        case refused(Obstacle)
    }

    /// Asks to send one call on a route.
    func admit(_ route: Route, at now: ContinuousClock.Instant) -> Admission {
        state.withLock { state in
            guard let known = state.routes[route] else {
                var fresh = CircuitBreaker(settings, era: state.era)
                guard case .admitted(let permit) = fresh.admit(at: now) else { return .refused(.open(until: now)) }
                return .admitted(permit)
            }
            if let pause = known.pause(at: now) { return .refused(.paused(until: pause.until, cause: pause.cause)) }
            // A closed circuit admits without a change: nothing needs to be written back.
            if let permit = known.circuit.closedPermit { return .admitted(permit) }
            var circuit = known.circuit
            defer { state.routes[route]?.circuit = circuit }
            switch circuit.admit(at: now) {
            case .admitted(let permit): return .admitted(permit)
            case .rejected(let until): return .refused(.open(until: until))
            }
        }
    }

    /// What an attempt has taught about its route.
    struct Lesson {
        var outcome: CircuitBreaker.Outcome
        var duration: Duration
        var isStream: Bool
        /// For how long the provider wants no further request, and why.
        var pause: (duration: Duration, cause: ModelError.Category)?
        /// Whether the provider refused the key: nothing is learnt of the service, but nobody is answered either.
        var isKeyRefused = false

        static func success(after duration: Duration, stream: Bool) -> Lesson {
            Lesson(outcome: .success, duration: duration, isStream: stream, pause: nil)
        }
    }

    /// Tells what became of a call that was admitted.
    func settle(
        _ permit: CircuitBreaker.Permit,
        of route: Route,
        _ lesson: Lesson,
        at now: ContinuousClock.Instant
    ) {
        state.withLock { state in
            if state.routes[route]?.learn(lesson, permit, at: now) != nil { return }
            let isTelling = lesson.outcome != .neutral || lesson.pause != nil || lesson.isKeyRefused
            guard isTelling, makeRoom(&state, at: now) else { return }
            var fresh = RouteState(circuit: CircuitBreaker(settings, era: state.era))
            fresh.learn(lesson, permit, at: now)
            state.routes[route] = fresh
        }
    }

    /// Tells that a stream broke after its first content, when its permit had been settled.
    func noteBreak(of route: Route, at now: ContinuousClock.Instant) {
        guard case .admitted(let permit) = admit(route, at: now) else { return }
        settle(permit, of: route, Lesson(outcome: .fault, duration: .zero, isStream: true, pause: nil), at: now)
    }

    /// When an answer can be expected of a route, in seconds; nil when nothing recent is known.
    func expectedSeconds(on route: Route, stream: Bool, at now: ContinuousClock.Instant) -> Double? {
        state.withLock { state in
            guard let known = state.routes[route] else { return nil }
            return (stream ? known.stream : known.whole).expectedSeconds(at: now)
        }
    }

    /// Forgets a route without trouble when there are too many; beyond that new ones stay unknown rather than memory
    /// without bound.
    private func makeRoom(_ state: inout State, at now: ContinuousClock.Instant) -> Bool {
        guard state.routes.count >= Self.maximumRoutes else { return true }
        guard let idle = state.routes.first(where: { !$0.value.isTroubled(at: now) }) else { return false }
        state.era = max(state.era, idle.value.circuit.era)
        state.routes[idle.key] = nil
        return true
    }
}

extension RouteState {
    fileprivate mutating func learn(
        _ lesson: RouteHealth.Lesson,
        _ permit: CircuitBreaker.Permit,
        at now: ContinuousClock.Instant
    ) {
        circuit.settle(permit, lesson.outcome, at: now)
        if let asked = lesson.pause {
            let end = now.advanced(by: asked.duration)
            pause = Pause(until: max(pause?.until ?? end, end), cause: asked.cause)
        }
        if lesson.isKeyRefused { isKeyRefused = true }
        guard lesson.outcome != .neutral else { return }
        if lesson.outcome == .success { isKeyRefused = false }
        let answered = lesson.outcome == .success
        if lesson.isStream {
            stream.observe(lesson.duration, answered: answered, at: now)
        } else {
            whole.observe(lesson.duration, answered: answered, at: now)
        }
    }
}
