/// Meters by their names: what a ledger does, without where it is kept.
package struct QuotaBooks: Sendable {
    package private(set) var meters: [QuotaMeterID: QuotaMeter] = [:]
    /// How the clock is set by which the next use is noted.
    private var setting: ClockSetting?

    /// How long a request may be under way without a sign of life of its process.
    private let lease: Int64

    /// What a process that is alive renews well before it ends.
    package static let lease: Int64 = 60_000
    /// Models are named by callers, so there is no end of them.
    package static let maximumMeters = 4_096

    /// No books.
    ///
    /// - Parameter isShared: whether several processes keep them, of which one may die with its requests under way.
    package init(isShared: Bool = true) {
        // Nobody renews what ends with its process anyway.
        lease = isShared ? Self.lease : .max / 4
    }

    /// The state of a meter, which may be that of one that nobody has used.
    package subscript(id: QuotaMeterID) -> QuotaMeter {
        get { meters[id] ?? QuotaMeter(setting: setting) }
        set {
            if meters.count >= Self.maximumMeters, meters[id] == nil { forgetOne() }
            meters[id] = newValue
        }
    }

    /// Takes note of how the clock is set, before anything is asked of some meters or counted on them.
    ///
    /// - Returns: whether anything of them has changed.
    @discardableResult
    package mutating func follow(
        _ setting: ClockSetting?,
        at now: Int64,
        for ids: some Sequence<QuotaMeterID>
    ) -> Bool {
        self.setting = setting
        var hasChanged = false
        for id in ids {
            guard var meter = meters[id], meter.follow(setting, at: now) else { continue }
            meters[id] = meter
            hasChanged = true
        }
        return hasChanged
    }

    /// The obstacle that lasts longest; nil: there is room on every meter.
    package func obstacle(to demand: QuotaDemand, at now: Int64) -> QuotaObstacle? {
        demand.meters
            .compactMap { meter in
                var own = demand
                if let line = demand.line, line != meter.id { own.ahead = 0 }
                return self[meter.id].obstacle(to: own, under: meter.plan, id: meter.id, at: now)
            }
            .max { $0.opening ?? .max < $1.opening ?? .max }
    }

    /// Counts a request on all of its meters, or on none.
    package mutating func reserve(_ demand: QuotaDemand, as id: String, at now: Int64) -> QuotaDecision {
        var own = demand
        own.ahead = 0
        if let obstacle = obstacle(to: own, at: now) { return .refused(obstacle) }
        for (meter, plan) in demand.meters {
            self[meter].take(demand.cost, as: id, under: plan, at: now, lease: lease)
        }
        var ticket = QuotaTicket(id: id, meters: demand.meters.map(\.id))
        for (meter, plan) in demand.meters {
            guard let left = self[meter].left(under: plan, at: now) else { continue }
            ticket.left = left.least(ticket.left)
        }
        return .granted(ticket)
    }

    /// Counts a request that was allowed already, whatever room there is.
    package mutating func count(_ demand: QuotaDemand, as id: String, at now: Int64) {
        for (meter, plan) in demand.meters {
            self[meter].count(demand.cost, as: id, under: plan, at: now, lease: lease)
        }
    }

    /// Tells that a reservation's request is sent only now, and counts from now on.
    package mutating func postpone(_ ticket: QuotaTicket, _ demand: QuotaDemand, at now: Int64) {
        for (meter, plan) in demand.meters { meters[meter]?.postpone(ticket.id, under: plan, at: now) }
    }

    /// Ends a reservation.
    package mutating func settle(_ ticket: QuotaTicket, _ end: QuotaTicket.End) {
        for meter in ticket.meters { meters[meter]?.settle(ticket.id, end) }
    }

    /// Learns from a refusal of the provider's.
    package mutating func learn(_ lesson: QuotaLesson, of meter: QuotaMeterID, under plan: QuotaPlan, at now: Int64) {
        self[meter].learn(lesson, under: plan, at: now)
    }

    /// What is used.
    package func standings(of plans: [QuotaMeterID: QuotaPlan], at now: Int64) -> [QuotaStanding] {
        plans.map { self[$0.key].standing(of: $0.key, under: $0.value, at: now) }
            .sorted { $0.meter.rawValue < $1.meter.rawValue }
    }

    /// Tells that reservations are still under way.
    package mutating func renew(_ tickets: some Sequence<QuotaTicket>, at now: Int64) {
        for ticket in tickets {
            for meter in ticket.meters { meters[meter]?.renew(CollectionOfOne(ticket.id), at: now, lease: lease) }
        }
    }

    /// Forgets the meter of which least is lost: who makes names up fills this, and shall not empty anybody's quota again.
    private mutating func forgetOne() {
        guard let least = meters.min(by: { $0.value.weight < $1.value.weight }) else { return }
        meters[least.key] = nil
    }
}
