import AurelisTesting
import Testing

@testable import Aurelis

/// Books, and a process that takes blocks of them.
private struct Leasing {
    static let meter = QuotaMeterID("m")
    let plan: QuotaPlan
    var books = QuotaBooks()
    var blocks = QuotaBlocks()
    var transactions = 0

    init(_ plan: QuotaPlan) { self.plan = plan }

    /// A reservation; nil: there is no room.
    mutating func reserve(_ cost: QuotaCost, at now: Int64) -> QuotaTicket? {
        let demand = QuotaDemand([(Self.meter, plan)], cost: cost)
        let taken = blocks.take(demand, at: now)
        if let lease = taken.lease {
            let ended = blocks.arrive(book(lease, at: now), lease, since: now)
            finish(ended)
        }
        return taken.ticket ?? book(demand, at: now)
    }

    mutating func settle(_ ticket: QuotaTicket, _ end: QuotaTicket.End) {
        if ticket.isPart { finish(blocks.settle(ticket, end)) } else { books.settle(ticket, end) }
    }

    mutating func close(at now: Int64?) {
        for ended in blocks.closeOld(at: now) { finish(ended) }
    }

    var used: [Int64] { books.meters[Self.meter]?.windows.map { $0.uses.reduce(0) { $0 + $1.amount } } ?? [] }

    private mutating func book(_ demand: QuotaDemand, at now: Int64) -> QuotaTicket? {
        transactions += 1
        guard case .granted(let ticket) = books.reserve(demand, as: "\(transactions)", at: now) else { return nil }
        return ticket
    }

    private mutating func finish(_ ended: QuotaBlocks.Ended?) {
        guard let ended else { return }
        transactions += 1
        books.settle(ended.ticket, .used(ended.used))
    }
}

@Suite("Quota: blocks of large limits")
struct QuotaBlocksTests {
    private let start: Int64 = 1_700_000_000_000

    private static func plan(perMinute amount: Int64) -> QuotaPlan {
        QuotaPlan(limits: [
            QuotaLimit(.requests, per: .minute, amount), QuotaLimit(.tokens, per: .minute, amount * 100),
        ])
    }

    @Test("a thousand requests a second of a large limit take few transactions")
    func amortised() {
        var leasing = Leasing(Self.plan(perMinute: 1_000_000))
        for number in 0..<5_000 {
            let now = start + Int64(number)
            guard let ticket = leasing.reserve(QuotaCost(tokens: 50), at: now) else { return #expect(Bool(false)) }
            leasing.settle(ticket, .used(QuotaCost(tokens: 40)))
        }
        leasing.close(at: nil)
        #expect(leasing.transactions < 200)
        #expect(leasing.used == [5_000, 200_000])
    }

    @Test("where requests at once are counted, each is reserved by itself for a while")
    func barred() {
        var leasing = Leasing(Self.plan(perMinute: 1_000_000))
        var open: [QuotaTicket] = []
        for number in 0..<1_000 {
            leasing.reserve(QuotaCost(tokens: 1), at: start + Int64(number)).map { open.append($0) }
        }
        let parts = open.count { $0.isPart }
        #expect(parts > 900 && leasing.blocks.underWay(on: Leasing.meter) == parts)
        leasing.blocks.bar(Leasing.meter, until: start + 61_000)
        _ = leasing.blocks.close(Leasing.meter)
        #expect(leasing.blocks.underWay(on: Leasing.meter) == parts)
        for number in 1_000..<3_000 {
            #expect(leasing.reserve(QuotaCost(tokens: 1), at: start + Int64(number))?.isPart == false)
        }
        for ticket in open { leasing.settle(ticket, .used(nil)) }
        #expect(leasing.blocks.underWay(on: Leasing.meter) == 0)
        let later = (61_000..<63_000).compactMap { leasing.reserve(QuotaCost(tokens: 1), at: start + Int64($0)) }
        #expect(later.contains { $0.isPart })
    }

    @Test("a scarce limit has no blocks", arguments: [10, 500])
    func scarce(amount: Int64) {
        var leasing = Leasing(Self.plan(perMinute: amount))
        var granted: Int64 = 0
        for number in 0..<1_000 where leasing.reserve(QuotaCost(tokens: 1), at: start + Int64(number)) != nil {
            granted += 1
        }
        #expect(granted == amount && leasing.transactions == 1_000)
    }

    @Test("a plan for requests at once has no blocks")
    func concurrency() {
        var plan = Self.plan(perMinute: 1_000_000)
        plan.concurrent = 5_000
        var leasing = Leasing(plan)
        for number in 0..<1_000 { _ = leasing.reserve(QuotaCost(), at: start + Int64(number)) }
        #expect(leasing.transactions == 1_000)
    }

    @Test("requests that have their own share keep to it one by one")
    func shares() {
        var blocks = QuotaBlocks()
        var demand = QuotaDemand([(Leasing.meter, Self.plan(perMinute: 1_000_000))])
        demand.keeps = 20
        for number in 0..<1_000 { #expect(blocks.take(demand, at: start + Int64(number)).lease == nil) }
    }

    @Test("a clock that was set back does not prolong a block")
    func clockSetBack() {
        var leasing = Leasing(Self.plan(perMinute: 1_000_000))
        for number in 0..<100 { _ = leasing.reserve(QuotaCost(), at: start + Int64(number)) }
        let before = leasing.transactions
        #expect(leasing.reserve(QuotaCost(), at: start - 3_600_000)?.isPart == false)
        #expect(leasing.transactions > before)
    }

    /// Requests in bursts, of which each reaches the provider within the margin; some come back unsent; blocks are left.
    @Test("the provider never counts more than its limit, and nothing is lost that was not used", arguments: 0..<60)
    func sequences(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let amount = Int64.random(in: 600...3_000, using: &random)
        var leasing = Leasing(QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, amount)]))
        var now = start
        var arrivals: [Int64] = []
        var open: [(ticket: QuotaTicket, sent: Int64)] = []
        for _ in 0..<12_000 {
            now += Int64.random(in: 0...(Int.random(in: 0..<400, using: &random) == 0 ? 20_000 : 12), using: &random)
            if let ticket = leasing.reserve(QuotaCost(), at: now) { open.append((ticket, now)) }
            while open.count > Int.random(in: 0...20, using: &random) {
                let (ticket, sent) = open.remove(at: Int.random(in: open.indices, using: &random))
                if Int.random(in: 0..<10, using: &random) == 0 {
                    leasing.settle(ticket, .returned)
                } else {
                    arrivals.append(sent + Int64.random(in: 0...QuotaWindow.margin, using: &random))
                    leasing.settle(ticket, .used(nil))
                }
            }
            if Int.random(in: 0..<50, using: &random) == 0 { leasing.close(at: now) }
        }
        arrivals.sort()
        var first = 0
        for (last, time) in arrivals.enumerated() {
            while arrivals[first] + 60_000 <= time { first += 1 }
            #expect(last - first < amount)
        }
        #expect(arrivals.count > amount)
        for (ticket, _) in open { leasing.settle(ticket, .returned) }
        leasing.close(at: nil)
        // All that counts for certain is counted, and no more than what was sent.
        let used = leasing.books.meters[Leasing.meter]?.windows.first?.used(at: now, .rolling) ?? 0
        #expect(used >= arrivals.count { $0 > now - 57_000 } && used <= arrivals.count { $0 > now - 63_000 })
        #expect(leasing.books.meters[Leasing.meter]?.holds.isEmpty == true)
    }
}
