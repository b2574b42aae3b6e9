internal import Synchronization

/// What one attempt has reserved; settled when the last reference to it is gone, however the attempt ended.
final class QuotaHold: Sendable {
    private let ledger: any QuotaLedger
    private let ticket: QuotaTicket
    private let price: TokenPrice?
    /// Whether it matters how much the answer has used.
    let countsUse: Bool
    private let turns: TurnDesk
    private let end = Mutex(QuotaTicket.End.used(nil))

    init(
        _ ticket: QuotaTicket,
        of candidate: Candidate,
        counting demand: QuotaDemand,
        in ledger: any QuotaLedger,
        _ turns: TurnDesk
    ) {
        self.ticket = ticket
        self.ledger = ledger
        price = candidate.model.price
        countsUse = demand.countsUse
        self.turns = turns
    }

    /// Takes note of what the provider says the answer has used.
    func note(_ usage: TokenUsage) {
        let cost = QuotaCost(tokens: Int64(clamping: usage.total), money: price?.cost(of: usage) ?? 0)
        end.withLock { $0 = .used(cost) }
    }

    /// Takes note that nothing was sent.
    func returned() { end.withLock { $0 = .returned } }

    /// Takes note of why there is no answer.
    func note(_ failure: ModelError) {
        if failure.isUncounted { returned() }
    }

    deinit {
        ledger.settle(ticket, end.withLock(\.self))
        // Its place among those at once is free, and what it was too much of.
        turns.call(ticket.meters)
    }
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
