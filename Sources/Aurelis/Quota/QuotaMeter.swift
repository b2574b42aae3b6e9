/// What was used of one plan, what is under way, and what the provider said about it: a state without I/O.
///
///     var meter = QuotaMeter()
///     meter.obstacle(to: cost, under: plan, at: now)              // nil: there is room
///     meter.take(cost, as: ticket, under: plan, at: now, lease: 60_000)
///     meter.settle(ticket, .used(QuotaCost(tokens: 812)), at: later)
///
/// A request counts from the moment in which it is allowed. When its process dies it goes on counting, because it may
/// have been sent; its place among those at once becomes free when its lease is over.
///
/// When somebody sets the clock, everything that was noted moves with it (`follow`): a use counts for one period of real time,
/// whatever the time of day says, and sleep is real time.
/// All times are milliseconds since 1970-01-01 UTC.
package struct QuotaMeter: Sendable, Hashable, Codable {
    /// A request that is under way.
    struct Hold: Sendable, Hashable, Codable {
        let cost: QuotaCost
        var time: Int64
        var expiry: Int64

        func later(by milliseconds: Int64) -> Hold {
            Hold(cost: cost, time: time + milliseconds, expiry: expiry + milliseconds)
        }
    }

    private(set) var windows: [QuotaWindow] = []
    private(set) var holds: [String: Hold] = [:]
    /// How many at once the provider allows, as it said, and until when that is believed.
    private(set) var learnedConcurrency: Learned?
    /// The limits as the provider told them, where the plan knows none or more.
    private(set) var learnedLimits: [QuotaLimit] = []
    /// Until when they are believed: an account may be worth more some day, and one refusal tells if it is not.
    private(set) var learnedUntil: Int64?
    /// How the clock was set by which the times were noted; nil: nobody knows.
    private(set) var setting: ClockSetting?

    /// Requests at once, as the provider has shown.
    struct Learned: Sendable, Hashable, Codable {
        var count: Int
        var until: Int64
    }

    /// A table that nobody bounds would be the way to fill a disk.
    static let maximumHolds = 10_000
    /// How long a limit is believed that a refusal told.
    static let belief = QuotaLimit.Period.day.length

    /// What stands in the way of a request; nil: nothing.
    func obstacle(to demand: QuotaDemand, under plan: QuotaPlan, id: QuotaMeterID, at now: Int64) -> QuotaObstacle? {
        var worst: QuotaObstacle?
        for limit in limits(under: plan, at: now) {
            let window = window(limit) ?? QuotaWindow(unit: limit.unit, period: limit.period)
            let cost = demand.cost[limit.unit]
            let opening = window.room(
                for: cost,
                after: cost.multipliedReportingOverflow(by: Int64(demand.ahead)).partialValue,
                of: limit.keeping(demand.keeps),
                at: now
            )
            guard opening ?? .max > now else { continue }
            let obstacle = QuotaObstacle(
                meter: id,
                limit: .window(limit.unit, limit.period, of: limit.amount),
                opening: opening
            )
            if obstacle.opening ?? .max > worst.map({ $0.opening ?? .max }) ?? .min { worst = obstacle }
        }
        if let worst { return worst }
        guard let concurrent = concurrency(under: plan, at: now) else { return nil }
        let live = holds.values.filter { $0.expiry > now }
        // One place at least is everybody's.
        let places = max(1, concurrent - (concurrent * demand.keeps + 99) / 100)
        guard live.count + demand.ahead >= places else { return nil }
        return QuotaObstacle(
            meter: id,
            limit: .concurrency(of: concurrent),
            opening: min(live.map(\.expiry).min() ?? now + 1_000, now + QuotaBooks.lease)
        )
    }

    /// Whether nothing of it is used, under way or known otherwise.
    var isBlank: Bool {
        learnedLimits.isEmpty && holds.isEmpty
            && windows.allSatisfy { $0.closedUntil == nil && $0.uses.allSatisfy { $0.amount == 0 } }
    }

    /// Whether nothing of it matters any more, whatever its plan is.
    package func isOver(at now: Int64) -> Bool {
        (learnedLimits.isEmpty || learnedUntil ?? .max <= now) && holds.values.allSatisfy { $0.expiry <= now }
            && windows.allSatisfy { $0.isOver(at: now) }
    }

    /// What is lost with it, to compare it by.
    var weight: Int64 {
        guard holds.isEmpty, learnedLimits.isEmpty else { return .max }
        return windows.map(\.weight).max() ?? 0
    }

    /// Counts a request that may be sent now.
    mutating func take(_ cost: QuotaCost, as ticket: String, under plan: QuotaPlan, at now: Int64, lease: Int64) {
        advance(to: now, under: plan)
        count(cost, as: ticket, under: plan, at: now, lease: lease)
    }

    /// Counts a request that was sent, maybe a while ago: what others have noted since then stays as it is.
    mutating func count(_ cost: QuotaCost, as ticket: String, under plan: QuotaPlan, at now: Int64, lease: Int64) {
        for limit in limits(under: plan, at: now) {
            change(limit) { $0.add(cost[limit.unit], at: now, later: cost.lifetime, limit.reset) }
        }
        guard holds.count < Self.maximumHolds else { return }
        holds[ticket] = Hold(cost: cost, time: now + cost.lifetime, expiry: now + cost.lifetime + lease)
    }

    /// Counts a request that is under way as if it were allowed only now.
    mutating func postpone(_ ticket: String, under plan: QuotaPlan, at now: Int64) {
        guard var hold = holds[ticket], hold.time < now else { return }
        for limit in limits(under: plan, at: now) {
            change(limit) { window in
                window.change(by: -hold.cost[limit.unit], at: hold.time)
                window.add(hold.cost[limit.unit], at: now, limit.reset)
            }
        }
        hold.time = now
        holds[ticket] = hold
    }

    /// Ends a request.
    mutating func settle(_ ticket: String, _ end: QuotaTicket.End) {
        guard let hold = holds.removeValue(forKey: ticket) else { return }
        for index in windows.indices {
            let unit = windows[index].unit
            let used: Int64 =
                switch end {
                case .used(let cost): (cost ?? hold.cost)[unit]
                case .returned: 0
                }
            windows[index].change(by: used - hold.cost[unit], at: hold.time)
        }
    }

    /// Tells that requests are still under way.
    mutating func renew(_ tickets: some Sequence<String>, at now: Int64, lease: Int64) {
        for ticket in tickets { holds[ticket]?.expiry = now + lease }
    }

    /// Learns from a refusal of the provider's.
    mutating func learn(_ lesson: QuotaLesson, under plan: QuotaPlan, at now: Int64) {
        let amount = lesson.amount
        switch lesson.limit {
        case .concurrency:
            // Those under way are what the provider has taken, and the refused one among them.
            let shown = amount.map { Int(clamping: $0) } ?? underWay(lesson, at: now) - 1
            learnedConcurrency = Learned(count: max(1, shown), until: now + QuotaLimit.Period.minute.length)
        case .minute, .day:
            let period: QuotaLimit.Period = lesson.limit == .minute ? .minute : .day
            let unit = lesson.unit
            let known = limits(under: plan, at: now).first { $0.unit == unit && $0.period == period }
            // Who is refused at less than what is allowed shares it with others: there is no more of it for that.
            let planned = plan.limits.first { $0.unit == unit && $0.period == period }?.amount ?? .max
            if let amount, amount > 0, amount < planned {
                if learnedUntil ?? .max <= now { learnedLimits = [] }
                learnedUntil = now + Self.belief
                learnedLimits.removeAll { $0.unit == unit && $0.period == period }
                learnedLimits.append(QuotaLimit(unit, per: period, amount, resets: known?.reset ?? .rolling))
            }
            let closing = QuotaLimit(unit, per: period, amount ?? known?.amount ?? .max)
            change(closing) { $0.close(until: now + lesson.wait.milliseconds, at: now) }
        }
    }

    /// Requests under way, with those that are known only as a part of a block.
    private func underWay(_ lesson: QuotaLesson, at now: Int64) -> Int {
        holds.values.count { $0.expiry > now && $0.cost.lifetime == 0 } + lesson.inBlocks
    }

    /// The limits in force: the plan's, or what the provider has told where that is less.
    func limits(under plan: QuotaPlan, at now: Int64) -> [QuotaLimit] {
        guard !learnedLimits.isEmpty || !windows.isEmpty else { return plan.limits }
        var limits = plan.limits
        for learned in learnedLimits where learnedUntil ?? .max > now {
            guard let index = limits.firstIndex(where: { $0.unit == learned.unit && $0.period == learned.period })
            else {
                limits.append(learned)
                continue
            }
            if learned.amount < limits[index].amount { limits[index] = learned }
        }
        // A window that only the provider closed has no known size, and is one all the same.
        for window in windows where window.closedUntil != nil {
            guard !limits.contains(where: { $0.unit == window.unit && $0.period == window.period }) else { continue }
            limits.append(QuotaLimit(window.unit, per: window.period, .max))
        }
        return limits
    }

    /// Requests at once: the lesser of what the plan allows and what the provider has shown.
    func concurrency(under plan: QuotaPlan, at now: Int64) -> Int? {
        let learned = learnedConcurrency.flatMap { $0.until > now ? $0.count : nil }
        guard let planned = plan.concurrent else { return learned }
        return min(planned, learned ?? planned)
    }

    /// What is used, limit by limit.
    func standing(of id: QuotaMeterID, under plan: QuotaPlan, at now: Int64) -> QuotaStanding {
        let lines = limits(under: plan, at: now).map { limit in
            let window = window(limit)
            return QuotaStanding.Line(
                limit: limit,
                used: window?.used(at: now, limit.reset) ?? 0,
                resets: window?.end(at: now, limit.reset),
                closedUntil: window?.closedUntil.flatMap { $0 > now ? $0 : nil },
                isLearned: learnedLimits.contains(limit) && !plan.limits.contains(limit)
            )
        }
        return QuotaStanding(
            meter: id,
            lines: lines,
            inFlight: holds.values.count { $0.expiry > now },
            concurrent: concurrency(under: plan, at: now),
            state: self
        )
    }

    /// How many more requests there is room for; nil: no limit counts requests.
    func left(under plan: QuotaPlan, at now: Int64) -> QuotaLeft? {
        var left = QuotaLeft()
        for limit in limits(under: plan, at: now) where limit.unit == .requests && limit.amount < .max {
            let rest = max(0, limit.amount - (window(limit)?.used(at: now, limit.reset) ?? 0))
            if limit.period == .minute { left.minute = rest } else { left.day = rest }
        }
        return left.minute == nil && left.day == nil ? nil : left
    }

    private func window(_ limit: QuotaLimit) -> QuotaWindow? {
        windows.first { $0.unit == limit.unit && $0.period == limit.period }
    }

    /// Takes note of how the clock is set. Of a clock that was set back before anybody knew, what lies in the future happened
    /// by now.
    ///
    /// - Returns: whether anything has changed.
    package mutating func follow(_ setting: ClockSetting?, at now: Int64) -> Bool {
        var hasChanged = false
        if let setting {
            let step = self.setting?.step(to: setting)
            if let step { shift(by: step) }
            if step != nil || self.setting?.boot != setting.boot {
                self.setting = setting
                hasChanged = true
            }
        }
        for index in windows.indices where windows[index].isAhead(of: now) {
            windows[index].fetch(to: now)
            hasChanged = true
        }
        for (ticket, hold) in holds where hold.time > now + QuotaBlocks.lifetime {
            holds[ticket] = hold.later(by: now + QuotaBlocks.lifetime - hold.time)
            hasChanged = true
        }
        return hasChanged
    }

    private mutating func shift(by step: Int64) {
        for index in windows.indices { windows[index].shift(by: step) }
        holds = holds.mapValues { $0.later(by: step) }
        learnedConcurrency?.until += step
        if let until = learnedUntil { learnedUntil = until + step }
    }

    /// Forgets what is over. Requests whose process died leave their place.
    private mutating func advance(to now: Int64, under plan: QuotaPlan) {
        if learnedUntil ?? .max <= now { (learnedLimits, learnedUntil) = ([], nil) }
        let limits = limits(under: plan, at: now)
        for index in windows.indices {
            let reset = limits.first { $0.unit == windows[index].unit && $0.period == windows[index].period }?.reset
            windows[index].prune(at: now, reset ?? .rolling)
        }
        windows.removeAll { $0.uses.isEmpty && $0.closedUntil == nil }
        for (ticket, hold) in holds where hold.expiry <= now { holds[ticket] = nil }
    }

    private mutating func change(_ limit: QuotaLimit, _ body: (inout QuotaWindow) -> Void) {
        if let index = windows.firstIndex(where: { $0.unit == limit.unit && $0.period == limit.period }) {
            body(&windows[index])
        } else {
            var window = QuotaWindow(unit: limit.unit, period: limit.period)
            body(&window)
            windows.append(window)
        }
    }
}
