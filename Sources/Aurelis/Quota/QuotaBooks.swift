/// Meters by their names: what a ledger does, without where it is kept.
struct QuotaBooks: Sendable {
    private(set) var meters: [QuotaMeterID: QuotaMeter] = [:]

    /// How long a request may be under way without a sign of life of its process.
    static let lease: Int64 = 60_000
    /// Models are named by callers, so there is no end of them.
    static let maximumMeters = 4_096

    subscript(id: QuotaMeterID) -> QuotaMeter {
        get { meters[id] ?? QuotaMeter() }
        set { meters[id] = newValue }
    }

    /// The obstacle that lasts longest; nil: there is room on every meter.
    func obstacle(to demand: QuotaDemand, at now: Int64) -> QuotaObstacle? {
        demand.meters
            .compactMap { self[$0.id].obstacle(to: demand.cost, under: $0.plan, id: $0.id, at: now) }
            .max { $0.opening ?? .max < $1.opening ?? .max }
    }

    /// Counts a request on all of its meters, or on none.
    mutating func reserve(_ demand: QuotaDemand, as id: String, at now: Int64) -> QuotaDecision {
        if let obstacle = obstacle(to: demand, at: now) { return .refused(obstacle) }
        for (meter, plan) in demand.meters {
            self[meter].take(demand.cost, as: id, under: plan, at: now, lease: Self.lease)
        }
        return .granted(QuotaTicket(id: id, meters: demand.meters.map(\.id)))
    }

    mutating func settle(_ ticket: QuotaTicket, _ end: QuotaTicket.End) {
        for meter in ticket.meters { meters[meter]?.settle(ticket.id, end) }
    }

    mutating func learn(_ lesson: QuotaLesson, of meter: QuotaMeterID, under plan: QuotaPlan, at now: Int64) {
        self[meter].learn(lesson, under: plan, at: now)
    }

    func standings(of plans: [QuotaMeterID: QuotaPlan], at now: Int64) -> [QuotaStanding] {
        plans.map { self[$0.key].standing(of: $0.key, under: $0.value, at: now) }
            .sorted { $0.meter.rawValue < $1.meter.rawValue }
    }
}
