import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Single flight: who waits for what")
struct FlightStateTests {
    private typealias State = FlightState<String, Int>

    private func event(_ state: inout State, _ id: Int) -> Int? {
        if case .event(let event) = state.take(id).news { event } else { nil }
    }

    /// A passenger of a flight that is still open.
    private func boarded(_ state: inout State) throws -> Int {
        let id = state.board()
        return try #require(id)
    }

    @Test("everybody hears of the landing, also who comes after it")
    func landing() throws {
        var state = State()
        let first = try boarded(&state)
        let second = try boarded(&state)
        #expect(state.land("whole", streams: false).wakes == [first, second])
        let late = try boarded(&state)
        for id in [first, second, late] {
            guard case .landed("whole") = state.landing(for: id) else {
                Issue.record("\(id) heard nothing")
                continue
            }
        }
    }

    @Test("the work stops when the last one leaves, and nobody joins it any more")
    func abandoned() throws {
        var state = State()
        let first = try boarded(&state)
        let second = try boarded(&state)
        #expect(!state.leave(first).abandons)
        #expect(state.leave(second).abandons)
        #expect(state.leave(second) == State.Action())
        #expect(state.board() == nil)
    }

    @Test("whoever leaves after a whole answer, or after the end, stops nothing")
    func leavesLate() throws {
        var whole = State()
        let reader = try boarded(&whole)
        _ = whole.land("whole", streams: false)
        #expect(!whole.leave(reader).abandons)
        var stream = State()
        let listener = try boarded(&stream)
        _ = stream.land("stream", streams: true)
        _ = stream.end()
        #expect(!stream.leave(listener).abandons)
    }

    @Test("the reader waits for the fastest, not for the slowest")
    func readAhead() throws {
        var state = State()
        let fast = try boarded(&state)
        _ = state.board()
        _ = state.land("stream", streams: true)
        for number in 0..<State.readAhead {
            #expect(state.hasRoom)
            _ = state.append(number, size: 1)
        }
        #expect(!state.hasRoom)
        #expect(state.take(fast).action.wakesReader)
        #expect(state.hasRoom)
    }

    @Test("an answer too long to be kept whole closes the flight, drops what everybody has and waits for the slowest")
    func tooLong() throws {
        var state = State()
        let fast = try boarded(&state)
        let slow = try boarded(&state)
        _ = state.land("stream", streams: true)
        let size = State.maximumBytes / 4
        for number in 0..<5 { _ = state.append(number, size: size) }
        #expect(state.board() == nil)
        for number in 0..<5 { #expect(event(&state, fast) == number) }
        #expect(!state.hasRoom)
        #expect(state.take(slow).action.wakesReader)
        #expect(state.hasRoom)
        for number in 1..<5 { #expect(event(&state, slow) == number) }
    }

    /// What a generated sequence knows for sure.
    private struct Model {
        var appended = 0
        var taken: [Int: Int] = [:]
        var gone: Set<Int> = []
        var hasEnded = false
        var isClosed = false
    }

    @Test(
        "whatever happens in whatever order, everybody gets every event once, in order, and is woken when there is news",
        arguments: 1...40 as ClosedRange<UInt64>
    )
    func generated(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var state = State()
        var model = Model()
        /// Who found nothing and sleeps until woken.
        var asleep: Set<Int> = []
        func wake(_ action: State.Action) { asleep.subtract(action.wakes) }
        let first = try boarded(&state)
        model.taken[first] = 0
        wake(state.land("stream", streams: true))
        for _ in 0..<600 {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<6:
                if let id = state.board() { model.taken[id] = 0 } else { model.isClosed = true }
            case 6..<9 where model.taken.count - model.gone.count > 1:
                let present = model.taken.keys.filter { !model.gone.contains($0) }.sorted()
                let id = present[Int.random(in: 0..<present.count, using: &random)]
                model.gone.insert(id)
                wake(state.leave(id))
            case 9..<50 where !model.hasEnded && state.hasRoom:
                wake(state.append(model.appended, size: Int.random(in: 1...200_000, using: &random)))
                model.appended += 1
            case 99 where !model.hasEnded && Int.random(in: 0..<5, using: &random) == 0:
                model.hasEnded = true
                wake(state.end())
            default:
                let id = Int.random(in: 0..<model.taken.count, using: &random)
                let place = model.taken[id] ?? 0
                let (news, action) = state.take(id)
                wake(action)
                switch news {
                case .gone: #expect(model.gone.contains(id))
                case .event(let number):
                    #expect(number == place && !model.gone.contains(id))
                    model.taken[id] = place + 1
                case .ended: #expect(model.hasEnded && place == model.appended)
                case .none:
                    #expect(place == model.appended && !model.hasEnded)
                    asleep.insert(id)
                case .landed: Issue.record("a stream has one landing")
                }
            }
            for id in asleep {
                // Nobody sleeps while there is news.
                #expect(!state.hasNews(for: id))
            }
        }
    }
}
