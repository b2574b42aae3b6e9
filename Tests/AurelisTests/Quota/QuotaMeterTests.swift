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

    @Test("requests in blocks are counted among those that the provider has taken")
    func learnsConcurrencyOfBlocks() throws {
        var books = QuotaBooks()
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 5_000)])
        var cost = QuotaCost(requests: 40)
        cost.lifetime = QuotaBlocks.lifetime
        _ = books.reserve(QuotaDemand([(id, plan)], cost: cost), as: "block", at: start)
        _ = books.reserve(QuotaDemand([(id, plan)]), as: "1", at: start)
        var lesson = QuotaLesson(.concurrency, wait: .zero)
        lesson.inBlocks = 30
        books.learn(lesson, of: id, under: plan, at: start)
        #expect(books.standings(of: [id: plan], at: start)[0].concurrent == 30)
    }

    @Test("the lesser of what the plan says and what the provider told is in force, and what it told for a day")
    func lesserLimit() throws {
        var books = QuotaBooks()
        func perDay(_ amount: Int64) -> QuotaPlan { QuotaPlan(limits: [QuotaLimit(.requests, per: .day, amount)]) }
        func inForce(_ plan: QuotaPlan, at now: Int64) -> QuotaStanding.Line? {
            books.standings(of: [id: plan], at: now)[0].lines.first
        }
        let lesson = QuotaLesson(.day, amount: 50, wait: .zero)
        books.learn(lesson, of: id, under: perDay(100), at: start)
        #expect(inForce(perDay(100), at: start)?.limit.amount == 50)
        #expect(inForce(perDay(100), at: start)?.isLearned == true)
        // Somebody who wants to use less than there is.
        #expect(inForce(perDay(20), at: start)?.limit.amount == 20)
        #expect(inForce(perDay(20), at: start)?.isLearned == false)
        books.learn(lesson, of: id, under: perDay(100), at: start + 80_000_000)
        #expect(inForce(perDay(100), at: start + 90_000_000)?.limit.amount == 50)
        // An account that is worth more by now.
        #expect(inForce(perDay(500), at: start + 80_000_000 + QuotaMeter.belief)?.limit.amount == 500)
    }

    @Test("a request counts from when it is sent, on each of its limits", arguments: QuotaLimit.Reset.allCases)
    func postponed(reset: QuotaLimit.Reset) throws {
        var books = QuotaBooks()
        let plan = QuotaPlan(limits: [
            QuotaLimit(.requests, per: .minute, 1, resets: reset),
            QuotaLimit(.tokens, per: .minute, 1_000, resets: reset),
        ])
        let demand = QuotaDemand([(id, plan)], cost: QuotaCost(tokens: 100))
        // The beginning of a minute, for those who count by it.
        let start = start - start % 60_000
        guard case .granted(let ticket) = books.reserve(demand, as: "1", at: start) else { throw TestFailure() }
        books.postpone(ticket, demand, at: start + 57_000)
        books.settle(ticket, .used(QuotaCost(tokens: 70)))
        let lines = books.standings(of: [id: plan], at: start + 57_000)[0].lines
        #expect(lines.map(\.used) == [1, 70])
        guard case .refused(let obstacle) = books.reserve(demand, as: "2", at: start + 62_000) else {
            // A minute of the clock has begun, and the provider counts what comes in it apart.
            #expect(reset == .fixedUTC)
            return
        }
        #expect(obstacle.opening == start + 57_000 + 60_000 + QuotaWindow.margin)
    }

    @Test("a first request that was never sent begins no window")
    func returnedFirst() throws {
        var books = QuotaBooks()
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 2, resets: .fromFirstUse)])
        let demand = QuotaDemand([(id, plan)])
        guard case .granted(let unsent) = books.reserve(demand, as: "1", at: start) else { throw TestFailure() }
        books.settle(unsent, .returned)
        for name in ["2", "3"] {
            guard case .granted = books.reserve(demand, as: name, at: start + 40_000) else { throw TestFailure() }
        }
        // The provider's window has begun with the second, and lasts for a minute from there.
        guard case .refused = books.reserve(demand, as: "4", at: start + 70_000) else { throw TestFailure() }
        guard case .granted = books.reserve(demand, as: "4", at: start + 104_000) else { throw TestFailure() }
    }

    @Test("a process that lives keeps its own reservations, however long an answer takes")
    func ownBooks() throws {
        var books = QuotaBooks(isShared: false)
        _ = reserve(&books, "1", at: start)
        _ = reserve(&books, "2", at: start)
        let later = start + 3_600_000
        guard case .refused(let obstacle) = reserve(&books, "3", at: later) else { throw TestFailure() }
        #expect(obstacle.limit == .concurrency(of: 2) && obstacle.passesSoon)
    }

    @Test("who makes names up does not make a used-up quota new")
    func madeUpNames() throws {
        var books = QuotaBooks(isShared: false)
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .day, 2)])
        for name in ["a", "b"] {
            guard case .granted(let ticket) = books.reserve(QuotaDemand([(id, plan)]), as: name, at: start) else {
                throw TestFailure()
            }
            books.settle(ticket, .used(nil))
        }
        for number in 0..<QuotaBooks.maximumMeters + 100 {
            let other = QuotaDemand([(QuotaMeterID("made-up-\(number)"), plan)])
            guard case .granted(let ticket) = books.reserve(other, as: "\(number)", at: start) else {
                throw TestFailure()
            }
            books.settle(ticket, .used(nil))
        }
        #expect(books.meters.count == QuotaBooks.maximumMeters)
        guard case .refused = books.reserve(QuotaDemand([(id, plan)]), as: "c", at: start) else { throw TestFailure() }
    }

    @Test("a meter is over when nothing of it counts any more, whatever its limits are")
    func over() throws {
        var books = QuotaBooks()
        guard case .granted(let ticket) = reserve(&books, "1", at: start) else { throw TestFailure() }
        books.settle(ticket, .used(nil))
        let meter = try #require(books.meters[id])
        #expect(!meter.isOver(at: start + 86_400_000) && meter.isOver(at: start + 86_400_000 + QuotaWindow.margin))
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
