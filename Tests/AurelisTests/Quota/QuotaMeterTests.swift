import Testing

@testable import Aurelis

@Suite("Quota: a meter")
struct QuotaMeterTests {
    private let id = QuotaMeterID("gpt-4o@github")
    private let start: Int64 = 1_700_000_000_000
    private let free = QuotaPlan(
        limits: [QuotaLimit(.requests, per: .minute, 10), QuotaLimit(.requests, per: .day, 50)],
        concurrent: 2
    )

    private func reserve(_ books: inout QuotaBooks, _ name: String, at now: Int64) -> QuotaDecision {
        books.reserve(QuotaDemand([(id, free)]), as: name, at: now)
    }

    @Test("no more at once than the plan allows; a slot is free again when a request ends")
    func concurrency() throws {
        var books = QuotaBooks()
        guard case .granted(let first) = reserve(&books, "1", at: start),
            case .granted = reserve(&books, "2", at: start)
        else { throw TestFailure() }
        guard case .refused(let obstacle) = reserve(&books, "3", at: start) else { throw TestFailure() }
        #expect(obstacle.limit == .concurrency(of: 2))
        #expect(obstacle.passesSoon)
        books.settle(first, .used(nil))
        guard case .granted = reserve(&books, "4", at: start) else { throw TestFailure() }
    }

    @Test("a process that died keeps its slot until its lease is over, and what it may have sent counts on")
    func died() throws {
        var books = QuotaBooks()
        _ = reserve(&books, "1", at: start)
        _ = reserve(&books, "2", at: start)
        guard case .refused(let obstacle) = reserve(&books, "3", at: start + 10) else { throw TestFailure() }
        let later = try #require(obstacle.opening)
        #expect(later == start + QuotaBooks.lease)
        guard case .granted = reserve(&books, "3", at: later) else { throw TestFailure() }
        let standing = books.standings(of: [id: free], at: later)[0]
        #expect(standing.inFlight == 1)
        #expect(standing.lines.first { $0.limit.period == .day }?.used == 3)
    }

    @Test("of several limits the one that lasts longest is told")
    func longest() throws {
        var books = QuotaBooks()
        for index in 0..<50 {
            let now = start + Int64(index) * 10_000
            guard case .granted(let ticket) = reserve(&books, "\(index)", at: now) else { throw TestFailure() }
            books.settle(ticket, .used(nil))
        }
        let now = start + 500_000
        guard case .refused(let obstacle) = reserve(&books, "x", at: now) else { throw TestFailure() }
        #expect(obstacle.limit == .window(.requests, .day, of: 50))
        #expect(!obstacle.passesSoon)
        // Uses within one slice of the day come back with the last of them.
        let opening = try #require(obstacle.opening)
        #expect((start + 86_400_000...start + 86_400_000 + 86_400_000 / QuotaWindow.slices) ~= opening)
    }

    @Test("a reservation is for all meters or for none")
    func allOrNone() throws {
        var books = QuotaBooks()
        let account = QuotaMeterID("account")
        let tight = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 1)])
        let demand = QuotaDemand([(id, free), (account, tight)])
        guard case .granted = books.reserve(demand, as: "1", at: start) else { throw TestFailure() }
        guard case .refused(let obstacle) = books.reserve(demand, as: "2", at: start) else { throw TestFailure() }
        #expect(obstacle.meter == account)
        #expect(books.standings(of: [id: free], at: start)[0].lines[0].used == 1)
    }

    @Test("a refusal teaches: a window is closed for as long as was said, and its size is learnt")
    func learnsDay() throws {
        var books = QuotaBooks()
        let open = QuotaPlan()
        books.learn(QuotaLesson(.day, amount: 50, wait: .seconds(5_631)), of: id, under: open, at: start)
        let demand = QuotaDemand([(id, open)])
        guard case .refused(let obstacle) = books.reserve(demand, as: "1", at: start + 1_000) else {
            throw TestFailure()
        }
        #expect(obstacle.limit == .window(.requests, .day, of: 50))
        #expect(obstacle.opening == start + 5_631_000)
        guard case .granted = books.reserve(demand, as: "2", at: start + 5_631_000) else { throw TestFailure() }
        let line = try #require(books.standings(of: [id: open], at: start + 5_632_000)[0].lines.first)
        #expect(line.isLearned)
        #expect(line.left == 49)
    }

    @Test("a refusal without a number closes the window all the same, of a limit nobody knows")
    func learnsBlind() throws {
        var books = QuotaBooks()
        let open = QuotaPlan()
        books.learn(QuotaLesson(.minute, wait: .seconds(46)), of: id, under: open, at: start)
        let demand = QuotaDemand([(id, open)])
        guard case .refused(let obstacle) = books.reserve(demand, as: "1", at: start) else { throw TestFailure() }
        #expect(obstacle.opening == start + 46_000)
        guard case .granted = books.reserve(demand, as: "1", at: start + 46_000) else { throw TestFailure() }
        #expect(books.standings(of: [id: open], at: start + 46_000)[0].lines.isEmpty)
    }

    @Test("a refusal for too many at once lowers how many there are, for a minute, never below one")
    func learnsConcurrency() throws {
        var books = QuotaBooks()
        let wide = QuotaPlan(concurrent: 10)
        for index in 0..<3 { _ = books.reserve(QuotaDemand([(id, wide)]), as: "\(index)", at: start) }
        books.learn(QuotaLesson(.concurrency, wait: .zero), of: id, under: wide, at: start)
        #expect(books.standings(of: [id: wide], at: start)[0].concurrent == 2)
        for _ in 0..<5 {
            books.learn(QuotaLesson(.concurrency, amount: 0, wait: .zero), of: id, under: wide, at: start)
        }
        #expect(books.standings(of: [id: wide], at: start)[0].concurrent == 1)
        #expect(books.standings(of: [id: wide], at: start + 60_000)[0].concurrent == 10)
    }

    @Test("a request that alone is more than the limit has no time at which it fits")
    func tooLarge() throws {
        var books = QuotaBooks()
        let plan = QuotaPlan(limits: [QuotaLimit(.tokens, per: .minute, 1_000)])
        let demand = QuotaDemand([(id, plan)], cost: QuotaCost(tokens: 1_001))
        guard case .refused(let obstacle) = books.reserve(demand, as: "1", at: start) else { throw TestFailure() }
        #expect(obstacle.opening == nil)
        #expect(!obstacle.passesSoon)
    }

    private struct TestFailure: Error {}
}
