import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Batch: what is asked, what waits, what has a result")
struct BatchStateTests {
    private let start = ContinuousClock.now

    private func later(_ seconds: Int) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    static func facts(
        _ number: Int,
        _ question: String? = nil,
        lane: String = "a",
        name: String? = nil,
        size: Int = 100,
        isValid: Bool = true
    ) throws -> BatchState.Facts {
        BatchState.Facts(
            number: number,
            customID: name ?? "item \(number)",
            key: try question.map { question in
                try #require(BatchKey(ModelCall(ModelRequest(question, model: .gpt4o), stream: false)))
            },
            lane: lane,
            size: size,
            isValid: isValid
        )
    }

    @Test("no more than the limit are under way, and a place is free only when the result is safe")
    func places() throws {
        var state = BatchState(limits: BatchState.Limits(inFlight: 2))
        #expect(state.admit(try Self.facts(1), at: start) == .ask)
        #expect(state.wantsMore)
        #expect(state.admit(try Self.facts(2), at: start) == .ask)
        #expect(!state.wantsMore)
        #expect(state.end(2, with: .finished(cached: false), at: start) == .settles([2]))
        #expect(!state.wantsMore && state.progress.done == 0)
        state.written([2])
        #expect(state.wantsMore && state.progress.answered == 1 && state.progress.inFlight == 1)
    }

    @Test("an answer to what was asked before a refusal does not lift it; one to what was asked after it does")
    func lateAnswers() throws {
        var state = BatchState(patience: .seconds(10))
        for number in 1...3 { #expect(state.admit(try Self.facts(number), at: start) == .ask) }
        #expect(state.end(2, with: .notNow(until: later(62), isRefusal: true), at: start) == .leaves([2]))
        #expect(state.end(1, with: .finished(cached: false), at: start) == .settles([1]))
        #expect(state.refusalsEnd(after: start) == later(62))
        #expect(state.admit(try Self.facts(4), at: start) == .leave)
        #expect(state.admit(try Self.facts(5), at: later(63)) == .ask)
        #expect(state.end(5, with: .finished(cached: false), at: later(64)) == .settles([5]))
        #expect(state.refusalsEnd(after: start) == nil)
    }

    @Test("equal items share the answer of the first, whether it is under way, there, or of an earlier run")
    func duplicates() throws {
        var state = BatchState(settled: BatchSettled(answered: [1]))
        #expect(state.admit(try Self.facts(1, "old"), at: start) == .settled)
        #expect(state.admit(try Self.facts(2, "old"), at: start) == .copy(of: 1))
        #expect(state.admit(try Self.facts(3, "new"), at: start) == .ask)
        #expect(state.admit(try Self.facts(4, "new"), at: start) == .follow)
        #expect(state.end(3, with: .finished(cached: true), at: start) == .settles([3, 4]))
        #expect(state.admit(try Self.facts(5, "new"), at: start) == .copy(of: 3))
        state.written([2, 3, 4, 5])
        #expect(state.progress.answered == 5 && state.progress.restored == 1)
        #expect(state.progress.cached == 1 && state.progress.coalesced == 3)
        #expect(state.isIdle)
    }

    @Test("what a later item was answered in an earlier run serves the items before it")
    func laterAnswers() throws {
        let key = try #require(try Self.facts(9, "x").key)
        var state = BatchState(settled: BatchSettled(answered: [9], answers: [key: 9]))
        #expect(state.admit(try Self.facts(1, "x"), at: start) == .copy(of: 9))
        #expect(state.admit(try Self.facts(9, "x"), at: start) == .settled)
    }

    @Test("a failure that would come again is shared, any other is no answer to later equal items")
    func sharedFailures() throws {
        var state = BatchState()
        #expect(state.admit(try Self.facts(1, "bad"), at: start) == .ask)
        #expect(state.admit(try Self.facts(2, "bad"), at: start) == .follow)
        #expect(state.end(1, with: .failed(isFinal: true), at: start) == .settles([1, 2]))
        #expect(state.admit(try Self.facts(3, "bad"), at: start) == .copy(of: 1))
        #expect(state.admit(try Self.facts(4, "down"), at: start) == .ask)
        #expect(state.end(4, with: .failed(isFinal: false), at: start) == .settles([4]))
        #expect(state.admit(try Self.facts(5, "down"), at: start) == .ask)
        state.written([1, 2, 3, 4])
        #expect(state.progress.failed == 4 && state.progress.answered == 0)
    }

    @Test("a name that is taken is an error of the later item, in this run and the next")
    func names() throws {
        var state = BatchState()
        #expect(state.admit(try Self.facts(1, name: "x"), at: start) == .ask)
        #expect(state.admit(try Self.facts(2, name: "x"), at: start) == .duplicateName(of: 1))
        var again = BatchState(settled: BatchSettled(failed: [2]))
        #expect(again.admit(try Self.facts(1, name: "x"), at: start) == .ask)
        #expect(again.admit(try Self.facts(2, name: "x"), at: start) == .settled)
    }

    @Test("a model that refuses parks its items until it wants them again; other models go on")
    func parks() throws {
        var state = BatchState(limits: BatchState.Limits(inFlight: 2))
        #expect(state.admit(try Self.facts(1), at: start) == .ask)
        #expect(state.admit(try Self.facts(2), at: start) == .ask)
        #expect(state.end(1, with: .notNow(until: later(20), isRefusal: true), at: start) == .parks)
        #expect(state.admit(try Self.facts(3), at: start) == .wait)
        #expect(state.end(2, with: .notNow(until: later(30), isRefusal: true), at: start) == .parks)
        #expect(state.admit(try Self.facts(4, lane: "b"), at: start) == .ask)
        #expect(state.nextWake == later(30) && state.progress.parked == 3)
        #expect(state.resume(at: later(29)) == nil)
        #expect(state.resume(at: later(30)) == 1)
        #expect(state.resume(at: later(30)) == nil)
        #expect(state.end(4, with: .finished(cached: false), at: later(31)) == .settles([4]))
        state.written([4])
        #expect(state.resume(at: later(31)) == 2)
    }

    @Test("who refuses for longer than is waited has its items left, and those that come")
    func leaves() throws {
        var state = BatchState(limits: BatchState.Limits(inFlight: 2), patience: .seconds(60))
        #expect(state.admit(try Self.facts(1, "x"), at: start) == .ask)
        #expect(state.admit(try Self.facts(2, "x"), at: start) == .follow)
        #expect(state.admit(try Self.facts(3), at: start) == .ask)
        #expect(state.end(3, with: .notNow(until: later(50), isRefusal: true), at: start) == .parks)
        #expect(state.end(1, with: .notNow(until: later(61), isRefusal: true), at: start) == .leaves([1, 2, 3]))
        #expect(state.admit(try Self.facts(4), at: start) == .leave)
        #expect(state.admit(try Self.facts(5, "y", lane: "b"), at: start) == .ask)
        #expect(state.progress.left == 4 && state.progress.parked == 0)
    }

    @Test("refusals one after the other are waited for only so long, unless an answer comes in between")
    func patience() throws {
        for isAnswered in [false, true] {
            var state = BatchState(patience: .seconds(100))
            for round in 0..<3 {
                if isAnswered {
                    #expect(state.admit(try Self.facts(10 + round), at: later(40 * round)) == .ask)
                    _ = state.end(10 + round, with: .finished(cached: false), at: later(40 * round))
                }
                if round == 0 { #expect(state.admit(try Self.facts(1), at: start) == .ask) }
                if round > 0 { #expect(state.resume(at: later(40 * round)) == 1) }
                let outcome = BatchState.Outcome.notNow(until: later(40 * (round + 1)), isRefusal: true)
                let ending = state.end(1, with: outcome, at: later(40 * round))
                #expect(ending == (round == 2 && !isAnswered ? .leaves([1]) : .parks))
            }
        }
    }

    @Test("no wait reaches the deadline, whatever the patience")
    func deadline() throws {
        var state = BatchState(deadline: later(30), patience: .seconds(3_600))
        #expect(state.admit(try Self.facts(1), at: start) == .ask)
        #expect(state.end(1, with: .notNow(until: later(30), isRefusal: true), at: start) == .leaves([1]))
    }

    @Test("after the deadline everything expires that has no answer, and nothing is asked")
    func expires() throws {
        var state = BatchState(limits: BatchState.Limits(inFlight: 2), settled: BatchSettled(answered: [6]))
        #expect(state.admit(try Self.facts(1, "x"), at: start) == .ask)
        #expect(state.admit(try Self.facts(2, "x"), at: start) == .follow)
        #expect(state.admit(try Self.facts(3, "y"), at: start) == .ask)
        #expect(state.end(3, with: .notNow(until: later(5), isRefusal: false), at: start) == .parks)
        #expect(state.admit(try Self.facts(4, "y"), at: start) == .follow)
        #expect(state.close() == [3, 4])
        #expect(state.resume(at: later(9)) == nil)
        #expect(state.wantsMore)
        #expect(state.admit(try Self.facts(5, "z"), at: start) == .expire)
        #expect(state.admit(try Self.facts(6), at: start) == .settled)
        #expect(state.end(1, with: .finished(cached: false), at: later(9)) == .settles([1, 2]))
        state.written([1, 2, 3, 4, 5])
        #expect(state.progress.answered == 3 && state.progress.failed == 3 && state.isIdle)
    }

    @Test("what waits is bounded in number and size")
    func bounds() throws {
        var limits = BatchState.Limits(inFlight: 10)
        limits.parked = 2
        limits.parkedBytes = 1_000
        limits.following = 3
        limits.unwritten = 4
        var parked = BatchState(limits: limits)
        for number in 1...2 {
            #expect(parked.wantsMore)
            #expect(parked.admit(try Self.facts(number), at: start) == .ask)
            _ = parked.end(number, with: .notNow(until: later(5), isRefusal: false), at: start)
        }
        #expect(!parked.wantsMore)
        var large = BatchState(limits: limits)
        #expect(large.admit(try Self.facts(1, size: 1_000), at: start) == .ask)
        #expect(large.wantsMore)
        _ = large.end(1, with: .notNow(until: later(5), isRefusal: false), at: start)
        #expect(!large.wantsMore)
        var following = BatchState(limits: limits)
        for number in 1...4 {
            #expect(following.wantsMore)
            _ = following.admit(try Self.facts(number, "x"), at: start)
        }
        #expect(!following.wantsMore)
        var unwritten = BatchState(limits: limits)
        for number in 1...4 {
            #expect(unwritten.wantsMore)
            #expect(unwritten.admit(try Self.facts(number, isValid: false), at: start) == .refuse)
        }
        #expect(!unwritten.wantsMore)
        unwritten.written([1])
        #expect(unwritten.wantsMore)
    }

    @Test(
        "generated batches: one result for each item, equal items asked once, never more under way than allowed",
        arguments: 0..<300 as Range<UInt64>
    )
    func generated(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 1...60, using: &random)
        let questions = Int.random(in: 1...40, using: &random)
        let items = try (1...count).map { number in
            try Self.facts(
                number,
                Bool.random(using: &random) ? "\(Int.random(in: 0..<questions, using: &random))" : nil,
                lane: ["a", "b"].randomElement(using: &random) ?? "a",
                name: Int.random(in: 0..<20, using: &random) == 0 ? "same" : nil,
                isValid: Int.random(in: 0..<15, using: &random) > 0
            )
        }
        var results: [Int: Bool] = [:]
        var settled = BatchSettled()
        // Each run ends wherever it happens to; the next one goes on from what was written.
        var runs = 0
        while results.count < count, runs < 200 {
            runs += 1
            var limits = BatchState.Limits(inFlight: Int.random(in: 1...4, using: &random))
            limits.parked = 3
            limits.following = 4
            limits.unwritten = 5
            var run = Run(
                state: BatchState(limits: limits, settled: settled, total: count, patience: .seconds(10)),
                items: items,
                now: start
            )
            try run.play(&random, isLast: runs > 3)
            for (number, isAnswered) in run.written {
                #expect(results.updateValue(isAnswered, forKey: number) == nil)
                if isAnswered { settled.answered.insert(number) } else { settled.failed.insert(number) }
            }
            #expect(run.state.progress.done == results.count)
        }
        #expect(results.count == count)
    }

    /// One run of a generated batch.
    private struct Run {
        var state: BatchState
        let items: [BatchState.Facts]
        var now: ContinuousClock.Instant
        var position = 0
        var asking: Set<Int> = []
        var unwritten: [(Int, Bool)] = []
        var written: [Int: Bool] = [:]
        var answered: Set<BatchKey> = []

        mutating func play(_ random: inout SplitMix64, isLast: Bool) throws {
            let steps = isLast ? 5_000 : Int.random(in: 0..<150, using: &random)
            for _ in 0..<steps {
                #expect(state.progress.inFlight <= state.limits.inFlight)
                #expect(state.progress.parked <= state.limits.parked + state.limits.inFlight)
                if state.isIdle, position == items.count { return }
                switch Int.random(in: 0..<4, using: &random) {
                case 0: admit()
                case 1: end(&random)
                case 2:
                    let count = Int.random(in: 0...unwritten.count, using: &random)
                    state.written(unwritten.prefix(count).map(\.0))
                    for (number, isAnswered) in unwritten.prefix(count) { written[number] = isAnswered }
                    unwritten.removeFirst(count)
                default:
                    now = now.advanced(by: .seconds(Int.random(in: 0...3, using: &random)))
                    if let number = state.resume(at: now) { asking.insert(number) }
                }
            }
            #expect(!isLast, "the batch came to no end")
        }

        private mutating func admit() {
            guard state.wantsMore, position < items.count else { return }
            let item = items[position]
            position += 1
            switch state.admit(item, at: now) {
            case .ask:
                asking.insert(item.number)
                if let key = item.key { #expect(!answered.contains(key)) }
            case .copy(let leader):
                let result = unwritten.first { $0.0 == leader }?.1 ?? written[leader]
                unwritten.append((item.number, result ?? true))
            case .refuse, .duplicateName, .expire: unwritten.append((item.number, false))
            case .wait, .follow, .settled, .leave: break
            }
        }

        private mutating func end(_ random: inout SplitMix64) {
            guard let number = asking.randomElement(using: &random) else { return }
            let until = now.advanced(by: .seconds(Int.random(in: 1...9, using: &random)))
            let outcomes: [BatchState.Outcome] = [
                .finished(cached: false), .finished(cached: true), .failed(isFinal: true),
                .notNow(until: until, isRefusal: true), .notNow(until: until, isRefusal: false),
                .notNow(until: nil, isRefusal: true), .abandoned,
            ]
            guard let outcome = outcomes.randomElement(using: &random) else { return }
            asking.remove(number)
            switch state.end(number, with: outcome, at: now) {
            case .settles(let numbers):
                var isAnswered = false
                if case .finished = outcome { isAnswered = true }
                for number in numbers { unwritten.append((number, isAnswered)) }
                if isAnswered, let key = items[number - 1].key { answered.insert(key) }
            case .parks, .leaves: break
            }
        }
    }
}
