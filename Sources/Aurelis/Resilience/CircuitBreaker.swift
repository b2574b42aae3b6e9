/// Stops asking a model that keeps failing, and finds out with few probes when it is back.
///
///     switch breaker.admit(at: now) {
///     case .admitted(let permit): …; breaker.settle(permit, .success, at: later)
///     case .rejected(let until): …
///     }
///
/// Closed: everything passes, faults in a row are counted. Open: nothing passes until a moment. Half open: a few probes
/// at once; the first success closes, the first fault opens again.
/// Every permit is settled exactly once; a permit from before a change of state changes nothing any more.
package struct CircuitBreaker: Sendable, Hashable {
    /// When to open and how to come back.
    package struct Settings: Sendable, Hashable {
        /// Faults in a row that open the circuit.
        package var failureThreshold = 5
        /// How long it stays open at first.
        package var openDuration: Duration = .seconds(60)
        /// How long it stays open after a probe has failed: shorter, so that a model that is back is found soon.
        package var reopenDuration: Duration = .seconds(30)
        /// Probes at once while it is half open.
        package var maximumProbes = 3

        /// The standard settings.
        package init() {}
    }

    /// What one call did to the circuit.
    package enum Outcome: Sendable, Hashable, CaseIterable {
        /// The model answered.
        case success
        /// The service failed.
        case fault
        /// Nothing was learnt about the service: a rate limit, the caller's own error, a cancellation.
        case neutral
    }

    /// The right to send one call.
    package struct Permit: Sendable, Hashable {
        fileprivate let era: UInt64
    }

    package enum Admission: Sendable, Hashable {
        case admitted(Permit)
        /// Nothing may be sent before this moment (at the earliest).
        case rejected(until: ContinuousClock.Instant)
    }

    package enum State: Sendable, Hashable {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant)
        case halfOpen(probes: Int)
    }

    package private(set) var state: State = .closed(failures: 0)
    private let settings: Settings
    /// Grows with every change between closed, open and half open.
    package private(set) var era: UInt64

    /// A closed circuit.
    ///
    /// - Parameter era: where to start counting; permits of lower eras change nothing.
    package init(_ settings: Settings = Settings(), era: UInt64 = 0) {
        self.settings = settings
        self.era = era
    }

    /// Whether this breaker is as good as a new one, so that nobody needs to keep it.
    package var isPristine: Bool { state == .closed(failures: 0) }

    /// The permit of a closed circuit, which changes nothing; nil when the circuit is not closed.
    package var closedPermit: Permit? {
        if case .closed = state { Permit(era: era) } else { nil }
    }

    /// Asks to send one call.
    package mutating func admit(at now: ContinuousClock.Instant) -> Admission {
        if case .open(let until) = state, now >= until { enter(.halfOpen(probes: 0)) }
        switch state {
        case .closed:
            return .admitted(Permit(era: era))
        case .open(let until):
            return .rejected(until: until)
        case .halfOpen(let probes):
            guard probes < settings.maximumProbes else { return .rejected(until: now) }
            state = .halfOpen(probes: probes + 1)
            return .admitted(Permit(era: era))
        }
    }

    /// Tells what became of a call that was admitted.
    package mutating func settle(_ permit: Permit, _ outcome: Outcome, at now: ContinuousClock.Instant) {
        guard permit.era == era else { return }
        switch (state, outcome) {
        case (.closed, .success):
            state = .closed(failures: 0)
        case (.closed(let failures), .fault) where failures + 1 < settings.failureThreshold:
            state = .closed(failures: failures + 1)
        case (.closed, .fault):
            enter(.open(until: now.advanced(by: settings.openDuration)))
        case (.halfOpen, .fault):
            enter(.open(until: now.advanced(by: settings.reopenDuration)))
        case (.halfOpen, .success):
            enter(.closed(failures: 0))
        case (.halfOpen(let probes), .neutral):
            state = .halfOpen(probes: probes - 1)
        case (.closed, .neutral), (.open, _):
            break
        }
    }

    private mutating func enter(_ next: State) {
        state = next
        era += 1
    }
}
