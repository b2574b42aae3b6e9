package import NIOCore

/// When a failing server is left alone, and for how long.
package struct RedisCircuitPolicy: Sendable, Hashable {
    /// Failures in a row that open the circuit.
    package var failures = 5
    /// How long it stays open the first time; doubled after every probe that fails.
    package var cooldown: Duration = .seconds(1)
    /// The longest it stays open.
    package var maximumCooldown: Duration = .seconds(30)

    /// 5 failures, 1 s to 30 s.
    package init() {}
}

/// A circuit breaker: after failures in a row commands fail at once, until one probe succeeds.
package struct RedisCircuit: Sendable {
    /// What may be done with a command.
    package enum Admission: Sendable, Hashable {
        /// Send it.
        case pass
        /// Send it; every other command depends on its outcome.
        case probe
        /// Fail it at once.
        case reject
    }

    private enum State {
        case closed(failures: Int)
        case open(until: NIODeadline)
        case probing
    }

    private let policy: RedisCircuitPolicy
    private var state = State.closed(failures: 0)
    private var cooldown: Duration
    /// One lost connection fails many commands, and is one failure.
    private var lostConnection: UInt64?

    /// A closed circuit.
    package init(policy: RedisCircuitPolicy = .init()) {
        self.policy = policy
        cooldown = policy.cooldown
    }

    /// Whether commands pass.
    package var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Asks for a command to be sent. A probe must be answered for by one of the calls below.
    package mutating func admit(now: NIODeadline) -> Admission {
        switch state {
        case .closed: return .pass
        case .open(let until) where now >= until:
            state = .probing
            return .probe
        case .open, .probing: return .reject
        }
    }

    /// The server replied.
    package mutating func succeeded() {
        state = .closed(failures: 0)
        cooldown = policy.cooldown
    }

    /// The server did not reply. `connection` names the connection whose loss is the reason, if that is the reason.
    /// True when this opened the circuit.
    package mutating func failed(_ admission: Admission, connection: UInt64? = nil, now: NIODeadline) -> Bool {
        switch state {
        case .closed(let failures):
            if let connection {
                guard connection != lostConnection else { return false }
                lostConnection = connection
            }
            guard failures + 1 >= policy.failures else {
                state = .closed(failures: failures + 1)
                return false
            }
            state = .open(until: now + TimeAmount(cooldown))
            return true
        case .probing where admission == .probe:
            cooldown = min(cooldown * 2, policy.maximumCooldown)
            state = .open(until: now + TimeAmount(cooldown))
            return true
        case .open, .probing:
            return false
        }
    }

    /// The command came to nothing for a reason of the caller: another probe may follow at once.
    package mutating func released(_ admission: Admission, now: NIODeadline) {
        if case .probing = state, admission == .probe { state = .open(until: now) }
    }
}
