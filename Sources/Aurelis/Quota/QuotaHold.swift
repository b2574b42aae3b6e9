internal import Synchronization

/// What one attempt has reserved; settled by `settle()`, or when the last reference to it is gone, however the attempt ended.
final class QuotaHold: Sendable {
    private struct State {
        var ticket: QuotaTicket
        /// From when on it counts.
        var since: ContinuousClock.Instant
        var end = QuotaTicket.End.used(nil)
        var isSettled = false
    }

    /// How much later than it is counted a request may be sent; the provider's margin is to be for the way.
    private static let tolerance: Duration = .milliseconds(500)

    private let ledger: any QuotaLedger
    private let demand: QuotaDemand
    private let price: TokenPrice?
    private let turns: TurnDesk
    private let state: Mutex<State>

    init(
        _ ticket: QuotaTicket,
        of candidate: Candidate,
        counting demand: QuotaDemand,
        since: ContinuousClock.Instant,
        in ledger: any QuotaLedger,
        _ turns: TurnDesk
    ) {
        self.ledger = ledger
        self.demand = demand
        price = candidate.model.price
        self.turns = turns
        state = Mutex(State(ticket: ticket, since: since))
    }

    /// Whether it matters how much the answer has used.
    var countsUse: Bool { demand.countsUse }

    /// Takes note that the request is sent now, whatever it has waited for since it was counted.
    func sending(at now: ContinuousClock.Instant) {
        state.withLock { state in
            guard !state.isSettled, state.since.duration(to: now) > Self.tolerance else { return }
            state.ticket = ledger.postpone(state.ticket, demand)
            state.since = now
        }
    }

    /// Takes note of what the provider says the answer has used.
    func note(_ usage: TokenUsage) {
        let cost = QuotaCost(tokens: Int64(clamping: usage.total), money: price?.cost(of: usage) ?? 0)
        state.withLock { $0.end = .used(cost) }
    }

    /// Takes note that nothing was sent.
    func returned() { state.withLock { $0.end = .returned } }

    /// Takes note of why there is no answer.
    func note(_ failure: ModelError) {
        if failure.isUncounted { returned() }
    }

    /// Ends the reservation, once: its place among those at once is free, and what it was too much of.
    func settle() {
        let ended = state.withLock { state -> State? in
            defer { state.isSettled = true }
            return state.isSettled ? nil : state
        }
        guard let ended else { return }
        ledger.settle(ended.ticket, ended.end)
        turns.call(ended.ticket.meters)
    }

    deinit { settle() }
}

extension ModelError {
    /// Whether the provider cannot have counted the request, or says that it has not.
    fileprivate var isUncounted: Bool {
        if isUnsent || category == .rateLimit { return true }
        guard status == nil else { return false }
        return switch category {
        case .authentication, .permission, .invalidRequest, .overloaded, .retired, .security: true
        default: false
        }
    }
}
