internal import Synchronization

/// A ledger of this process alone, gone with it.
public final class MemoryQuotaLedger: QuotaLedger {
    private struct State {
        var books = QuotaBooks(isShared: false)
        var last: UInt64 = 0
    }

    private let state = Mutex(State())
    private let clock: WallClock

    /// An empty ledger.
    public init(clock: WallClock = .system) { self.clock = clock }

    /// Counts a request beforehand, if there is room for it.
    public func reserve(_ demand: QuotaDemand) async -> QuotaDecision {
        let (now, setting) = clock.reading
        return state.withLock { state in
            state.books.follow(setting, at: now, for: demand.meters.lazy.map(\.id))
            state.last += 1
            return state.books.reserve(demand, as: "\(state.last)", at: now)
        }
    }

    /// Counts a request from now on.
    public func postpone(_ ticket: QuotaTicket, _ demand: QuotaDemand) -> QuotaTicket {
        let (now, setting) = clock.reading
        state.withLock { state in
            state.books.follow(setting, at: now, for: ticket.meters)
            state.books.postpone(ticket, demand, at: now)
        }
        return ticket
    }

    /// Ends a reservation.
    public func settle(_ ticket: QuotaTicket, _ end: QuotaTicket.End) {
        state.withLock { $0.books.settle(ticket, end) }
    }

    /// Learns from a refusal that named a limit.
    public func learn(_ lesson: QuotaLesson, of meter: QuotaMeterID, under plan: QuotaPlan) {
        let (now, setting) = clock.reading
        state.withLock { state in
            state.books.follow(setting, at: now, for: CollectionOfOne(meter))
            state.books.learn(lesson, of: meter, under: plan, at: now)
        }
    }

    /// What stands in a request's way; nil: nothing.
    public func obstacle(to demand: QuotaDemand) -> QuotaObstacle? {
        let (now, setting) = clock.reading
        return state.withLock { state in
            state.books.follow(setting, at: now, for: demand.meters.lazy.map(\.id))
            return state.books.obstacle(to: demand, at: now)
        }
    }

    /// What is used of the meters.
    public func standings(of plans: [QuotaMeterID: QuotaPlan]) async -> [QuotaStanding] {
        let (now, setting) = clock.reading
        return state.withLock { state in
            state.books.follow(setting, at: now, for: plans.keys)
            return state.books.standings(of: plans, at: now)
        }
    }

    /// The meters of which anything is known.
    public func meters() async -> [QuotaMeterID] {
        state.withLock { $0.books.meters.filter { !$0.value.isBlank }.map(\.key) }
    }
}
