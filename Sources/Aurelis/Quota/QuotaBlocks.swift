/// Blocks of a large limit, each reserved in one go and handed out request by request: a state without I/O.
///
///     let taken = blocks.take(demand, at: now)
///     if let ticket = taken.ticket { … }          // no need to ask anybody
///     if let lease = taken.lease { … }            // worth reserving, for the requests to come
///
/// A limit of thousands is no reason for a transaction per request. A block is a small part of its limit, lives for a
/// second, and counts as if all of it were used at its end: what its process leaves of it when it dies is lost for one period.
package struct QuotaBlocks: Sendable {
    /// A reservation of many requests.
    fileprivate struct Block: Sendable {
        let ticket: QuotaTicket
        let end: Int64
        let size: Int64
        var left: QuotaCost
        var used = QuotaCost(requests: 0)
        var outstanding = 0
    }

    /// How many requests came in the present second, and in the one before.
    fileprivate struct Rate: Sendable {
        var second: Int64
        var count: Int64 = 0
        var before: Int64 = 0
        var isLeasing = false

        mutating func add(at now: Int64) {
            let second = now / 1_000
            if second != self.second {
                before = second == self.second + 1 ? count : 0
                count = 0
                self.second = second
            }
            count += 1
        }
    }

    /// What is done with a request.
    package struct Taken: Sendable {
        /// Its part of a block; nil: there is none, it is to be reserved by itself.
        package var ticket: QuotaTicket?
        /// A block that is worth reserving now.
        package var lease: QuotaDemand?
    }

    /// A block that is over, and what was used of it.
    package struct Ended: Sendable {
        package var ticket: QuotaTicket
        package var used: QuotaCost
    }

    /// What there is of one meter.
    fileprivate struct Lane: Sendable {
        let meter: QuotaMeterID
        var rate: Rate
        var block: Block?
        /// Until when each request is to be reserved by itself.
        var barredUntil: Int64 = 0
    }

    private var lanes: [Lane] = []
    /// Where the lane of a meter is, for good.
    private var indices: [QuotaMeterID: Int] = [:]
    /// The lane that was used last: comparing a name takes a fifth of hashing it.
    private var latest = 0
    /// Those of which no more is handed out, while their requests are under way.
    private var closing: [String: Block] = [:]

    /// How long a block is handed out.
    package static let lifetime: Int64 = 1_000
    /// Of each limit a block is at most this part.
    fileprivate static let parts: Int64 = 64
    /// Fewer are not worth a block.
    fileprivate static let least: Int64 = 8
    /// By how much a block may be larger than one that did not last: a burst after a silence is met in a few steps.
    fileprivate static let growth: Int64 = 4

    /// No blocks.
    package init() {}

    /// A part of a block for a request.
    package mutating func take(_ demand: QuotaDemand, at now: Int64) -> Taken {
        guard demand.keeps == 0, demand.meters.count == 1, let (meter, plan) = demand.meters.first,
            plan.concurrent == nil
        else { return Taken() }
        guard let index = lane(of: meter, at: now) else { return Taken() }
        return lanes[index].take(demand, plan, at: now, lane: index)
    }

    private mutating func lane(of meter: QuotaMeterID, at now: Int64) -> Int? {
        if latest < lanes.count, lanes[latest].meter == meter { return latest }
        if let index = indices[meter] {
            latest = index
            return index
        }
        // Models are named by callers.
        guard lanes.count < QuotaBooks.maximumMeters else { return nil }
        indices[meter] = lanes.count
        lanes.append(Lane(meter: meter, rate: Rate(second: now / 1_000)))
        return lanes.count - 1
    }

    /// A block has been reserved, or was refused.
    ///
    /// - Parameter start: a moment before it was.
    /// - Returns: the one before it, if nothing of that is under way.
    package mutating func arrive(_ ticket: QuotaTicket?, _ demand: QuotaDemand, since start: Int64) -> Ended? {
        guard let meter = demand.meters.first?.id, let index = indices[meter] else { return nil }
        lanes[index].rate.isLeasing = false
        guard let ticket else { return nil }
        let ended = close(index)
        lanes[index].block = Block(
            ticket: ticket,
            end: start + Self.lifetime,
            size: demand.cost.requests,
            left: demand.cost
        )
        return ended
    }

    /// A part has come to its end.
    ///
    /// - Returns: its block, if that is over.
    package mutating func settle(_ ticket: QuotaTicket, _ end: QuotaTicket.End) -> Ended? {
        guard let part = ticket.part else { return nil }
        if lanes[part.lane].settle(part.cost, end, of: ticket.id) { return nil }
        guard let index = closing.index(forKey: ticket.id) else { return nil }
        closing.values[index].settle(part.cost, end)
        guard closing.values[index].outstanding == 0 else { return nil }
        let block = closing.remove(at: index).value
        return Ended(ticket: block.ticket, used: block.used)
    }

    /// Hands out no more of a meter's block.
    package mutating func close(_ meter: QuotaMeterID) -> Ended? { indices[meter].flatMap { close($0) } }

    /// Has each request of a meter reserved by itself for a while: how many there are at once matters now.
    package mutating func bar(_ meter: QuotaMeterID, until time: Int64) {
        guard let index = indices[meter] else { return }
        lanes[index].barredUntil = time
    }

    /// How many requests are under way that are parts of a meter's blocks.
    package func underWay(on meter: QuotaMeterID) -> Int {
        let present = indices[meter].flatMap { lanes[$0].block?.outstanding } ?? 0
        return closing.values.reduce(present) { $1.ticket.meters.contains(meter) ? $0 + $1.outstanding : $0 }
    }

    private mutating func close(_ index: Int) -> Ended? {
        guard let block = lanes[index].block else { return nil }
        lanes[index].block = nil
        guard block.outstanding > 0 else { return Ended(ticket: block.ticket, used: block.used) }
        closing[block.ticket.id] = block
        return nil
    }

    /// Closes the blocks whose time is over, or all.
    package mutating func closeOld(at now: Int64?) -> [Ended] {
        lanes.indices.compactMap { index in
            guard let end = lanes[index].block?.end, now.map({ end <= $0 }) ?? true else { return nil }
            return close(index)
        }
    }
}

extension QuotaBlocks.Lane {
    /// Ends a part of the block; false when it is not of this block.
    mutating func settle(_ part: QuotaCost, _ end: QuotaTicket.End, of id: String) -> Bool {
        guard block?.ticket.id == id else { return false }
        block?.settle(part, end)
        return true
    }

    mutating func take(_ demand: QuotaDemand, _ plan: QuotaPlan, at now: Int64, lane: Int) -> QuotaBlocks.Taken {
        rate.add(at: now)
        guard let ticket = block?.part(demand.cost, at: now, lane: lane) else {
            return QuotaBlocks.Taken(lease: lease(demand, plan, at: now))
        }
        let isShort = block.map { $0.left.requests < $0.size / 4 } ?? true
        return QuotaBlocks.Taken(ticket: ticket, lease: isShort ? lease(demand, plan, at: now) : nil)
    }

    /// A block for the requests of the next quarter of a second, as they came of late, or more than one that is used up
    /// before that time; nil: one is coming, or not worth it.
    private mutating func lease(_ demand: QuotaDemand, _ plan: QuotaPlan, at now: Int64) -> QuotaDemand? {
        guard !rate.isLeasing, barredUntil <= now else { return nil }
        var size = max(rate.count, rate.before) / 4
        if let block, block.isUsedEarly(at: now) { size = max(size, block.size * QuotaBlocks.growth) }
        for limit in plan.limits where demand.cost[limit.unit] > 0 {
            size = min(size, limit.amount / QuotaBlocks.parts / demand.cost[limit.unit])
        }
        guard size >= QuotaBlocks.least else { return nil }
        rate.isLeasing = true
        var lease = demand
        lease.cost = demand.cost * size
        lease.cost.lifetime = QuotaBlocks.lifetime
        return lease
    }
}

extension QuotaBlocks.Block {
    /// Whether most of it went in less than the quarter of a second that it was meant for.
    func isUsedEarly(at now: Int64) -> Bool {
        left.requests < size / 4 && now < end && end - now > QuotaBlocks.lifetime * 3 / 4
    }

    mutating func part(_ cost: QuotaCost, at now: Int64, lane: Int) -> QuotaTicket? {
        // A clock that was set back does not prolong it.
        guard now < end, end - now <= QuotaBlocks.lifetime, left.requests > 0, left.tokens >= cost.tokens,
            left.money >= cost.money
        else { return nil }
        left = left - cost
        outstanding += 1
        var part = ticket
        part.part = QuotaTicket.Part(cost: cost, lane: lane)
        return part
    }

    mutating func settle(_ part: QuotaCost, _ end: QuotaTicket.End) {
        outstanding -= 1
        switch end {
        case .used(let cost): used = used + (cost ?? part)
        case .returned: left = left + part
        }
    }
}

extension QuotaCost {
    static func - (one: QuotaCost, other: QuotaCost) -> QuotaCost {
        QuotaCost(
            requests: one.requests - other.requests,
            tokens: one.tokens - other.tokens,
            money: one.money - other.money
        )
    }

    static func + (one: QuotaCost, other: QuotaCost) -> QuotaCost {
        QuotaCost(
            requests: one.requests + other.requests,
            tokens: one.tokens + other.tokens,
            money: one.money + other.money
        )
    }

    static func * (cost: QuotaCost, count: Int64) -> QuotaCost {
        QuotaCost(requests: cost.requests * count, tokens: cost.tokens * count, money: cost.money * count)
    }
}
