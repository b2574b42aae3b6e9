/// What was used of one limit, and when it comes back.
///
/// A provider counts a request when it receives it, which Aurelis does not see: some time between sending it and
/// `margin` later. A request counts here from the latest of these moments on, so that the provider never counts more
/// than this window does. All times are milliseconds since 1970-01-01 UTC.
struct QuotaWindow: Sendable, Hashable, Codable {
    /// Uses close together, counted as if all had happened at the time of the last.
    struct Use: Sendable, Hashable, Codable {
        var time: Int64
        var amount: Int64
    }

    let unit: QuotaLimit.Unit
    let period: QuotaLimit.Period
    /// In the order of time.
    private(set) var uses: [Use] = []
    /// When the provider says that there is room again; nil: it has said nothing.
    private(set) var closedUntil: Int64?

    /// How much later than it was sent the provider may count a request.
    static let margin: Int64 = 2_000
    /// No use is counted later than this after now: one of a block at its end.
    static let farthest = margin + QuotaBlocks.lifetime
    /// A window holds no more uses than this: those of one slice of the period are one.
    static let slices: Int64 = 120

    init(unit: QuotaLimit.Unit, period: QuotaLimit.Period) {
        self.unit = unit
        self.period = period
    }

    /// How much is used at a time.
    func used(at now: Int64, _ reset: QuotaLimit.Reset) -> Int64 {
        Self.sum(current(at: now, reset))
    }

    /// When there is room for an amount; `now` or earlier: at once. nil: never, because there never is so much.
    ///
    /// - Parameter others: what those use who go before it; then the time is an estimate.
    func room(for amount: Int64, after others: Int64 = 0, of limit: QuotaLimit, at now: Int64) -> Int64? {
        guard amount <= limit.amount else { return nil }
        let all = amount + max(0, min(others, .max / 4))
        // What does not fit into one period comes with those after it.
        let periods = (all - 1) / max(1, limit.amount)
        guard periods > 0 else { return opening(for: all, of: limit, at: now) }
        return opening(for: all - periods * limit.amount, of: limit, at: now) + periods * period.length
    }

    private func opening(for amount: Int64, of limit: QuotaLimit, at now: Int64) -> Int64 {
        var opening = max(now, closedUntil ?? now)
        let current = current(at: opening, limit.reset)
        if limit.reset == .fromFirstUse, let first = current.first,
            opening >= first.time + period.length - 2 * Self.margin
        {
            // About here the provider's window ends, and nobody knows in which one a request counts.
            opening = first.time + period.length
            return opening
        }
        var rest = Self.sum(current) + amount - limit.amount
        guard rest > 0 else { return opening }
        switch limit.reset {
        case .fromFirstUse, .fixedUTC:
            // All of it comes back at the same moment.
            if let end = end(at: opening, limit.reset) { opening = max(opening, end) }
        case .rolling:
            for use in current where rest > 0 {
                rest -= use.amount
                opening = max(opening, use.time + period.length)
            }
        }
        return opening
    }

    /// When all that is used now has come back; nil: nothing is used, or all of it was given back.
    func end(at now: Int64, _ reset: QuotaLimit.Reset) -> Int64? {
        let current = current(at: now, reset)
        guard let first = current.first, let last = current.last(where: { $0.amount > 0 }) else { return nil }
        return switch reset {
        case .rolling: last.time + period.length
        case .fromFirstUse: first.time + period.length
        case .fixedUTC: (first.time / period.length + 1) * period.length
        }
    }

    /// Counts a use that is sent now.
    ///
    /// - Parameter delay: how much later it may be sent at the latest.
    mutating func add(_ amount: Int64, at now: Int64, later delay: Int64 = 0, _ reset: QuotaLimit.Reset) {
        guard amount > 0 else { return }
        uses = Array(current(at: now, reset))
        let time = now + delay + Self.margin
        var index = uses.endIndex
        while index > 0, uses[index - 1].time > time, !isSameSlice(uses[index - 1].time, time) { index -= 1 }
        // A window that is counted from its first use must keep that apart.
        if index > (reset == .fromFirstUse ? 1 : 0), isSameSlice(uses[index - 1].time, time) {
            let last = uses[index - 1]
            uses[index - 1] = Use(time: max(last.time, time), amount: Self.sum(last.amount, amount))
        } else {
            uses.insert(Use(time: max(time, index > 0 ? uses[index - 1].time : time), amount: amount), at: index)
        }
    }

    /// Corrects what a request used, which was counted at `time`, if it still counts at all.
    mutating func change(by difference: Int64, at time: Int64) {
        guard difference != 0 else { return }
        let counted = time + Self.margin
        let index = uses.firstIndex { $0.time == counted || ($0.time > counted && isSameSlice($0.time, counted)) }
        guard let index else { return }
        uses[index].amount = max(0, Self.sum(uses[index].amount, difference))
        // A window that is counted from its first use does not begin with one that never was.
        if uses[index].amount == 0 { uses.remove(at: index) }
    }

    /// Believes the provider that there is no room before a time.
    mutating func close(until time: Int64, at now: Int64) {
        closedUntil = min(time, now + period.length + Self.margin)
    }

    /// Forgets what no longer counts.
    mutating func prune(at now: Int64, _ reset: QuotaLimit.Reset) {
        uses = Array(current(at: now, reset))
        fetch(to: now)
        if let closedUntil, closedUntil <= now { self.closedUntil = nil }
    }

    /// Whether nothing of it counts any more, however it resets.
    func isOver(at now: Int64) -> Bool {
        closedUntil ?? .min <= now && uses.allSatisfy { $0.amount == 0 || $0.time + period.length <= now }
    }

    /// What is lost with it, to compare it by.
    var weight: Int64 { closedUntil == nil ? Self.sum(uses[...]) : .max }

    /// Whether something lies further in the future than it can.
    func isAhead(of now: Int64) -> Bool {
        (uses.last.map { $0.time > now + Self.farthest } ?? false)
            || (closedUntil.map { $0 > now + period.length + Self.margin } ?? false)
    }

    /// Says of what lies in the future that it happened by now: otherwise it would count for longer than a period.
    mutating func fetch(to now: Int64) {
        for index in uses.indices.reversed() {
            guard uses[index].time > now + Self.farthest else { break }
            uses[index].time = now + Self.farthest
        }
        if let until = closedUntil { close(until: until, at: now) }
    }

    /// Moves everything with a clock that was set.
    mutating func shift(by step: Int64) {
        for index in uses.indices { uses[index].time += step }
        if let until = closedUntil { closedUntil = until + step }
    }

    /// The uses that still count.
    private func current(at now: Int64, _ reset: QuotaLimit.Reset) -> ArraySlice<Use> {
        switch reset {
        case .rolling:
            return uses.drop { $0.time + period.length <= now }
        case .fromFirstUse:
            let uses = uses.drop { $0.time <= (closedUntil ?? .max) && (closedUntil ?? .max) <= now }
            guard let first = uses.first, first.time + period.length > now else { return [] }
            return uses
        case .fixedUTC:
            let start = now - now % period.length
            return uses.drop { $0.time < start }
        }
    }

    /// More than this nobody uses; whoever says so is wrong, and nothing overflows for it.
    private static let most = Int64.max / 4

    private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
        let (sum, isOverflow) = one.addingReportingOverflow(other)
        return isOverflow ? most : min(sum, most)
    }

    private static func sum(_ uses: ArraySlice<Use>) -> Int64 { uses.reduce(0) { sum($0, $1.amount) } }

    private func isSameSlice(_ one: Int64, _ other: Int64) -> Bool {
        let slice = period.length / Self.slices
        return one / slice == other / slice
    }
}
