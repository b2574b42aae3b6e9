import AurelisTesting
import Testing

@testable import Aurelis

/// A provider that counts as strictly as one can: its own windows, from when a request reached it.
private struct StrictProvider {
    let amount: Int
    let period: Int64
    let reset: QuotaLimit.Reset
    private var received: [Int64] = []
    private var windowStart: Int64?
    private var count = 0

    init(amount: Int, period: Int64, reset: QuotaLimit.Reset) {
        self.amount = amount
        self.period = period
        self.reset = reset
    }

    /// Whether it takes a request that comes now. Requests come in the order of time.
    mutating func takes(at time: Int64) -> Bool {
        switch reset {
        case .rolling:
            received.removeAll { $0 + period <= time }
            received.append(time)
            return received.count <= amount
        case .fromFirstUse:
            if let start = windowStart, time < start + period {
                count += 1
            } else {
                (windowStart, count) = (time, 1)
            }
            return count <= amount
        case .fixedUTC:
            let start = time - time % period
            count = windowStart == start ? count + 1 : 1
            windowStart = start
            return count <= amount
        }
    }
}

@Suite("Quota: generated sequences")
struct QuotaSequenceTests {
    /// Requests come when they like, reach the provider up to the margin later, and some of their processes die.
    @Test("the provider never counts more than its limit, whatever its rule", arguments: 0..<200)
    func neverOver(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let reset = QuotaLimit.Reset.allCases[Int(seed % 3)]
        let amount = Int64.random(in: 1...20, using: &random)
        let limit = QuotaLimit(.requests, per: .minute, amount, resets: reset)
        let plan = QuotaPlan(limits: [limit])
        var meter = QuotaMeter()
        var now: Int64 = 1_700_000_000_000
        var arrivals: [Int64] = []
        var open: [(id: String, time: Int64)] = []
        for number in 0..<400 {
            now += Int64.random(in: 0...(Bool.random(using: &random) ? 200 : 12_000), using: &random)
            let opening = meter.obstacle(
                to: QuotaDemand([], cost: QuotaCost()),
                under: plan,
                id: QuotaMeterID("m"),
                at: now
            )?.opening
            if let opening {
                // What is promised holds: whoever waits finds room.
                if Bool.random(using: &random) {
                    now = opening
                    #expect(
                        meter.obstacle(
                            to: QuotaDemand([], cost: QuotaCost()),
                            under: plan,
                            id: QuotaMeterID("m"),
                            at: now
                        ) == nil
                    )
                } else {
                    continue
                }
            }
            meter.take(QuotaCost(), as: "\(number)", under: plan, at: now, lease: 60_000)
            arrivals.append(now + Int64.random(in: 0...QuotaWindow.margin, using: &random))
            open.append(("\(number)", now))
            if Bool.random(using: &random), let ended = open.popLast() { meter.settle(ended.id, .used(nil)) }
        }
        var provider = StrictProvider(amount: Int(amount), period: 60_000, reset: reset)
        for time in arrivals.sorted() {
            guard provider.takes(at: time) else {
                Issue.record("seed \(seed): \(reset) limit of \(amount) exceeded")
                return
            }
        }
        #expect(arrivals.count > 20)
    }

    @Test("a rolling limit wastes little: a caller who always waits gets nearly all of it", arguments: 0..<20)
    func nearlyAll(seed: UInt64) {
        let amount = Int64(5 + seed)
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, amount)])
        var meter = QuotaMeter()
        let start: Int64 = 1_700_000_000_000
        var now = start
        var count = 0
        while now < start + 3_600_000 {
            if let obstacle = meter.obstacle(
                to: QuotaDemand([], cost: QuotaCost()),
                under: plan,
                id: QuotaMeterID("m"),
                at: now
            ) {
                now = obstacle.opening ?? .max
                continue
            }
            meter.take(QuotaCost(), as: "\(count)", under: plan, at: now, lease: 1)
            count += 1
        }
        #expect(Double(count) >= 0.95 * Double(amount) * 60)
    }

    @Test("the books are exact: what was taken less what was given back is what is used", arguments: 0..<50)
    func exact(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let plan = QuotaPlan(
            limits: [QuotaLimit(.requests, per: .day, 1_000), QuotaLimit(.tokens, per: .day, 1_000_000)],
            concurrent: 1_000
        )
        var books = QuotaBooks()
        let id = QuotaMeterID("m")
        var now: Int64 = 1_700_000_000_000
        var tickets: [(ticket: QuotaTicket, tokens: Int64)] = []
        var (requests, tokens): (Int64, Int64) = (0, 0)
        for number in 0..<300 {
            now += Int64.random(in: 0...500, using: &random)
            if Bool.random(using: &random), let (ticket, expected) = tickets.randomElement(using: &random) {
                tickets.removeAll { $0.ticket == ticket }
                switch Int.random(in: 0..<3, using: &random) {
                case 0: books.settle(ticket, .used(nil))
                case 1:
                    let used = Int64.random(in: 0...2 * expected, using: &random)
                    books.settle(ticket, .used(QuotaCost(tokens: used)))
                    tokens += used - expected
                default:
                    books.settle(ticket, .returned)
                    (requests, tokens) = (requests - 1, tokens - expected)
                }
                books.settle(ticket, .returned)  // A second end changes nothing.
            } else {
                let cost = QuotaCost(tokens: Int64.random(in: 1...900, using: &random))
                let demand = QuotaDemand([(id, plan)], cost: cost)
                guard case .granted(let ticket) = books.reserve(demand, as: "\(number)", at: now) else { continue }
                tickets.append((ticket, cost.tokens))
                (requests, tokens) = (requests + 1, tokens + cost.tokens)
            }
            let standing = books.standings(of: [id: plan], at: now)[0]
            #expect(standing.lines[0].used == requests)
            #expect(standing.lines[1].used == tokens)
            #expect(standing.inFlight == tickets.count)
        }
    }
}
