/// Who keeps count of what was used, so that nothing is asked that a provider would refuse.
///
///     let ledger = MemoryQuotaLedger()
///     switch await ledger.reserve(QuotaDemand([meter: plan], cost: QuotaCost(tokens: 900))) {
///     case .granted(let ticket):
///         …                                    // send
///         ledger.settle(ticket, .used(QuotaCost(tokens: 812)))
///     case .refused(let obstacle):
///         print("not before", obstacle.opening ?? .max)
///     }
///
/// A reservation is for all of its meters or for none. One that is never settled, because its process died, counts as
/// used; only its place among those at once comes back, with the end of its lease.
public protocol QuotaLedger: Sendable {
    /// Counts a request beforehand if nobody needs to be asked whether it may; nil: `reserve` is to decide.
    func reserveAtOnce(_ demand: QuotaDemand) -> QuotaTicket?

    /// Counts a request beforehand, if there is room for it on all of its meters.
    ///
    /// Never fails: a ledger that cannot reach its disk decides by what it remembers.
    func reserve(_ demand: QuotaDemand) async -> QuotaDecision

    /// Tells that a reserved request is sent only now, because it had to wait for its connection. Returns at once.
    ///
    /// A provider counts it from when it comes: one that was counted earlier would be free again too early.
    ///
    /// - Returns: what is to be settled instead.
    func postpone(_ ticket: QuotaTicket, _ demand: QuotaDemand) -> QuotaTicket

    /// Ends a reservation. Returns at once.
    func settle(_ ticket: QuotaTicket, _ end: QuotaTicket.End)

    /// Learns from a refusal that named a limit. Returns at once.
    func learn(_ lesson: QuotaLesson, of meter: QuotaMeterID, under plan: QuotaPlan)

    /// What stands in a request's way, as far as it is known without asking other processes; nil: nothing.
    func obstacle(to demand: QuotaDemand) -> QuotaObstacle?

    /// What is used of every meter that is known.
    func standings(of plans: [QuotaMeterID: QuotaPlan]) async -> [QuotaStanding]

    /// The meters of which anything is known, whoever named them: at most some thousands.
    func meters() async -> [QuotaMeterID]
}

extension QuotaLedger {
    /// Whoever does not say otherwise tells of those meters alone that are asked for.
    public func meters() async -> [QuotaMeterID] { [] }

    /// Whoever does not say otherwise counts requests from their reservation on.
    public func postpone(_ ticket: QuotaTicket, _ demand: QuotaDemand) -> QuotaTicket { ticket }

    /// Whoever does not say otherwise decides about every request.
    public func reserveAtOnce(_ demand: QuotaDemand) -> QuotaTicket? { nil }
}

/// What a request wants to use, and of what.
public struct QuotaDemand: Sendable {
    /// The meters it counts on, each with the plan that it keeps to.
    public var meters: [(id: QuotaMeterID, plan: QuotaPlan)]
    /// What it is expected to use.
    public var cost: QuotaCost
    /// How much of each limit, in percent, it leaves for others.
    public var keeps = 0
    /// How many equal ones go before it: what stands in its way is told with theirs; reserved is only its own.
    public var ahead = 0
    /// On which meter those use something too; nil: on all.
    public var line: QuotaMeterID?

    /// Whether it matters how much an answer uses.
    var countsUse: Bool { meters.contains { $0.plan.limits.contains { $0.unit != .requests } } }

    /// A demand.
    public init(_ meters: [(id: QuotaMeterID, plan: QuotaPlan)], cost: QuotaCost = QuotaCost()) {
        self.meters = meters
        self.cost = cost
    }
}

/// What a ledger says to a demand.
public enum QuotaDecision: Sendable {
    /// It may be sent, and has been counted.
    case granted(QuotaTicket)
    /// It may not.
    case refused(QuotaObstacle)
}

/// A reservation; to be settled once.
public struct QuotaTicket: Sendable, Hashable {
    /// Its name in the books.
    public let id: String
    /// The meters it is counted on.
    public let meters: [QuotaMeterID]
    /// How many more requests there was room for then; nil: no limit counts requests.
    public var left: QuotaLeft?
    /// What it takes of the block that `id` names; nil: it stands for itself.
    var part: Part?

    /// A part of a block.
    struct Part: Sendable, Hashable {
        let cost: QuotaCost
        /// Whose block it is.
        let lane: Int
    }

    /// Whether it is a part of a block.
    package var isPart: Bool { part != nil }

    /// What became of it.
    public enum End: Sendable, Hashable {
        /// It was sent, and used that; nil: what was expected.
        case used(QuotaCost?)
        /// It never reached the provider, or the provider refused it and does not count it.
        case returned
    }

    /// A reservation.
    public init(id: String, meters: [QuotaMeterID]) {
        self.id = id
        self.meters = meters
    }
}

/// How many more requests a quota allows.
///
///     print(QuotaLeft(minute: 9, day: 40))    // minute=9, day=40
public struct QuotaLeft: Sendable, Hashable, LosslessStringConvertible {
    /// In the minute; nil: there is no such limit.
    public var minute: Int64?
    /// In the day; nil: there is no such limit.
    public var day: Int64?

    /// What is left.
    public init(minute: Int64? = nil, day: Int64? = nil) {
        self.minute = minute
        self.day = day
    }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ description: String) {
        for part in description.split(separator: ",") {
            let pair = part.split(separator: "=")
            guard pair.count == 2, let number = Int64(pair[1]) else { return nil }
            switch pair[0].drop(while: { $0 == " " }) {
            case "minute": minute = number
            case "day": day = number
            default: return nil
            }
        }
        guard minute != nil || day != nil else { return nil }
    }

    /// The text of the field `x-aurelis-quota-remaining`.
    public var description: String {
        [minute.map { "minute=\($0)" }, day.map { "day=\($0)" }].compactMap(\.self).joined(separator: ", ")
    }

    /// The lesser of both, limit by limit.
    func least(_ other: QuotaLeft?) -> QuotaLeft {
        guard let other else { return self }
        func least(_ one: Int64?, _ two: Int64?) -> Int64? {
            guard let one, let two else { return one ?? two }
            return min(one, two)
        }
        return QuotaLeft(minute: least(minute, other.minute), day: least(day, other.day))
    }
}

/// What a provider's refusal tells about a limit.
public struct QuotaLesson: Sendable, Hashable {
    /// Which limit was hit.
    public var limit: ModelError.RateLimit
    /// What that limit is; nil: the provider did not say.
    public var amount: Int64?
    /// What is limited.
    public var unit: QuotaLimit.Unit
    /// How long there is no room.
    public var wait: Duration
    /// Requests under way that a ledger has reserved by blocks.
    package var inBlocks = 0

    /// A lesson.
    public init(
        _ limit: ModelError.RateLimit,
        amount: Int64? = nil,
        of unit: QuotaLimit.Unit = .requests,
        wait: Duration
    ) {
        self.limit = limit
        self.amount = amount
        self.unit = unit
        self.wait = wait
    }
}

/// What is used of one meter.
public struct QuotaStanding: Sendable, Hashable {
    /// One of its limits.
    public struct Line: Sendable, Hashable {
        /// The limit.
        public var limit: QuotaLimit
        /// How much of it is used.
        public var used: Int64
        /// When all that is used has come back, in milliseconds since 1970-01-01 UTC; nil: nothing is used.
        public var resets: Int64?
        /// Until when the provider wants nothing more; nil: it has said nothing.
        public var closedUntil: Int64?
        /// Whether the provider told the limit, not the plan.
        public var isLearned: Bool

        /// What is left.
        public var left: Int64 { closedUntil == nil ? max(0, limit.amount - used) : 0 }
    }

    /// Whose use it is.
    public var meter: QuotaMeterID
    /// Limits over time.
    public var lines: [Line]
    /// Requests that are under way.
    public var inFlight: Int
    /// How many may be; nil: any number.
    public var concurrent: Int?
    /// Everything that is known, to look ahead from.
    var state = QuotaMeter()
}
