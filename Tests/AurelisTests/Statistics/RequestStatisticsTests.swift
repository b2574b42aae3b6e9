import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Statistics of requests")
struct RequestStatisticsTests {
    private let time = ManualTimeSource()
    private let statistics: RequestStatistics

    init() { statistics = RequestStatistics(time: time, clock: .fixed(1_700_000_000)) }

    @Test("a request is under way until it has ended, however it ends", arguments: [true, false])
    func active(answered: Bool) async throws {
        let provider = ScriptedProvider()
        let gate = ScriptedGate()
        let end: ScriptedProvider.Step = answered ? .text("hi") : .failure(ModelError(.permission, "no"))
        provider.script(.gpt4o, .gated(gate, end))
        let orchestrator = ModelOrchestrator(providers: [provider], recorder: statistics, time: time)
        async let response = orchestrator.respond(to: ModelRequest("x", task: .testing, model: .gpt4o))
        await provider.attempts(atLeast: 1)
        time.advance(by: .seconds(2))
        let active = statistics.snapshot().active
        #expect(active.all.count == 1 && active.all.average == .seconds(2))
        #expect(active.models.keys.map(\.self) == ["gpt-4o"])
        #expect(active.tasks.keys.map(\.self) == [.testing])
        gate.open()
        _ = try? await response
        #expect(statistics.snapshot().active.all.count == 0)
        #expect(statistics.snapshot().total.requests == 1)
        #expect(statistics.snapshot().total.failed == (answered ? 0 : 1))
    }

    @Test("a stream is under way until its last event, or until nobody wants it")
    func streams() async throws {
        let provider = ScriptedProvider()
        provider.script(.gpt4o, .text("a b c"), .text("a b c"))
        let orchestrator = ModelOrchestrator(providers: [provider], recorder: statistics, time: time)
        for readsAll in [true, false] {
            do {
                let call = try ModelCall(ModelRequest("x", model: .gpt4o), stream: true)
                guard case .stream(let stream) = try await orchestrator.answer(call).answer else {
                    Issue.record("no stream")
                    return
                }
                _ = try await stream.next()
                #expect(statistics.snapshot().active.all.count == 1)
                if readsAll { while try await stream.next() != nil {} }
            }
            #expect(statistics.snapshot().active.all.count == 0)
        }
    }

    @Test("models beyond the bound are counted together, and nothing is lost")
    func bounded() {
        for index in 0..<1_000 { statistics.record(RequestSeriesTests.record(model: "model-\(index)")) }
        let snapshot = statistics.snapshot()
        #expect(snapshot.models.count == RequestTallies.maximumModels + 1)
        #expect(snapshot.models[RequestStatistics.others]?.requests == 1_000 - RequestTallies.maximumModels)
        #expect(snapshot.models.values.reduce(0) { $0 + $1.requests } == 1_000)
    }

    @Test("requests that never end do not fill the memory, and callers' names have an end")
    func boundedActive() {
        for index in 0..<RequestStatistics.maximumActive + 10 {
            let name = String(repeating: "x", count: 200) + "\(index)"
            statistics.begin(ActiveRequest(id: .next(), start: time.now, model: name, task: .general))
        }
        let active = statistics.snapshot().active
        #expect(active.all.count == RequestStatistics.maximumActive)
        #expect(active.models.keys.allSatisfy { $0.count <= 128 })
    }

    @Test("the document has what is under way, what became of the others, and both series")
    func json() throws {
        let now: Int64 = 1_700_000_000_000
        statistics.begin(ActiveRequest(id: .next(), start: time.now, model: nil, task: .codeReview))
        statistics.record(RequestSeriesTests.record(at: now - 1_010, cache: .hit(.memory, age: .zero)))
        statistics.record(RequestSeriesTests.record(at: now - 10, .failed(.timeout), model: nil))
        var json = JSONWriter()
        statistics.snapshot().write(to: &json)
        let document = try JSONDocument(json.bytes)
        #expect(document["time_ms"]?.int == Int(now))
        #expect(document["active"]?["count"]?.int == 1)
        #expect(document["active"]?["by_model"]?[0]?["model"]?.string == "auto")
        #expect(document["active"]?["by_task"]?[0]?["task"]?.string == "codeReview")
        #expect(document["finished"]?["requests"]?.int == 2)
        #expect(document["finished"]?["average_ms"]?.double == 10)
        #expect(document["finished"]?["by_model"]?[0]?["count"]?.int == 1)
        let seconds = try #require(document["seconds"])
        #expect(seconds["start_ms"]?.int == Int(now) - 299_000 && seconds["step_ms"]?.int == 1_000)
        #expect(seconds["requests"]?.elements.map { $0.int ?? -1 }.suffix(3) == [0, 1, 1])
        #expect(seconds["memory"]?.elements.map { $0.int ?? -1 }.suffix(2) == [1, 0])
        #expect(seconds["failed"]?.elements.map { $0.int ?? -1 }.suffix(2) == [0, 1])
        let half = try #require(seconds["p50_ms"]?.elements.map(\.double).suffix(2))
        #expect(half.first.map { $0.map { abs($0 - 10) < 2 } == true } == true && half.last == .some(nil))
        #expect(document["minutes"]?["requests"]?.elements.count { _ in true } == 1_440)
        var pulse = JSONWriter()
        statistics.pulse().write(to: &pulse)
        let brief = try JSONDocument(pulse.bytes)
        #expect(brief["seconds"]?["requests"]?.elements.map { $0.int ?? -1 } == [0, 0, 0, 0, 1])
        #expect(brief["minutes"]?["requests"]?.elements.map { $0.int ?? -1 }.reduce(0, +) == 2)
    }
}

@Suite("The latest requests, for those who have seen some")
struct RecentRequestsAfterTests {
    @Test("whoever asks again and again gets each once, or is told how many passed by", arguments: 0..<20)
    func sequences(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let recent = RecentRequests(capacity: Int.random(in: 1...8, using: &random))
        var (all, seen): ([RequestID], Int) = ([], 0)
        for _ in 0..<60 {
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let record = RequestSeriesTests.record()
                recent.record(record)
                all.append(record.id)
            }
            let limit = Int.random(in: 0...8, using: &random)
            let (news, total) = recent.latest(limit, after: seen)
            #expect(total == all.count)
            #expect(news.count <= limit && news.count <= total - seen)
            #expect(news.map(\.id) == Array(all.suffix(news.count).reversed()))
            seen = total
        }
        #expect(recent.latest(100, after: seen).records.isEmpty)
        #expect(recent.total == all.count)
    }
}
