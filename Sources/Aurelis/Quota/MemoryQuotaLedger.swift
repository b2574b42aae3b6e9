internal import Synchronization

/// A ledger of this process alone, gone with it.
public final class MemoryQuotaLedger: QuotaLedger {
    private struct State {
        var books = QuotaBooks()
        var last: UInt64 = 0
    }

    private let state = Mutex(State())
    private let clock: WallClock

    /// An empty ledger.
    public init(clock: WallClock = .system) { self.clock = clock }

    /// Counts a request beforehand, if there is room for it.
    public func reserve(_ demand: QuotaDemand) async -> QuotaDecision {
        let now = clock.millisecondsSinceEpoch
        return state.withLock { state in
            state.last += 1
            return state.books.reserve(demand, as: "\(state.last)", at: now)
        }
    }

    /// Ends a reservation.
    public func settle(_ ticket: QuotaTicket, _ end: QuotaTicket.End) {
        state.withLock { $0.books.settle(ticket, end) }
    }

    /// Learns from a refusal that named a limit.
    public func learn(_ lesson: QuotaLesson, of meter: QuotaMeterID, under plan: QuotaPlan) {
        let now = clock.millisecondsSinceEpoch
        state.withLock { $0.books.learn(lesson, of: meter, under: plan, at: now) }
    }

    /// What stands in a request's way; nil: nothing.
    public func obstacle(to demand: QuotaDemand) -> QuotaObstacle? {
        let now = clock.millisecondsSinceEpoch
        return state.withLock { $0.books.obstacle(to: demand, at: now) }
    }

    /// What is used of the meters.
    public func standings(of plans: [QuotaMeterID: QuotaPlan]) async -> [QuotaStanding] {
        let now = clock.millisecondsSinceEpoch
        return state.withLock { $0.books.standings(of: plans, at: now) }
    }
}
