import Aurelis
import AurelisJSON
import AurelisTesting
import Testing

@Suite("Records of requests")
struct RequestRecordTests {
    private let recent = RecentRequests(capacity: 3)
    private let provider = ScriptedProvider()

    private func orchestrator() -> ModelOrchestrator {
        ModelOrchestrator(
            providers: [provider],
            recorder: recent,
            time: ManualTimeSource(autoAdvancing: true),
            wallClock: .fixed(1_700_000_000),
            random: FixedRandomSource()
        )
    }

    @Test("an answer is recorded with its way and its cost, and without its content")
    func answered() async throws {
        provider.script(.codestral2501, .failure(ModelError(.timeout, "silent")))
        provider.script(.gpt4o, .text("a secret answer"))
        let response = try await orchestrator().respond(to: ModelRequest("a secret question", task: .codeGeneration))
        let record = try #require(recent.find(response.id))
        #expect(record.outcome == .answered)
        #expect(record.time == 1_700_000_000_000)
        #expect(record.modelUsed == "gpt-4o")
        #expect(record.usage == response.usage)
        #expect(record.trace.attempts.map(\.failure) == [.timeout, nil])
        #expect(record.isEventful)
        #expect(!String(decoding: record.json, as: UTF8.self).contains("secret"))
    }

    @Test("a failure is recorded with its reason")
    func failed() async throws {
        provider.script(.gpt4o, .failure(ModelError(.permission, "not yours")))
        let request = ModelRequest("x", model: .gpt4o)
        await #expect(throws: ModelError.self) { try await orchestrator().respond(to: request) }
        let record = try #require(recent.latest(1).first)
        #expect(record.outcome == .failed(.permission))
        #expect(record.message == "not yours")
        #expect(record.modelRequested == "gpt-4o")
    }

    @Test(
        "a stream is recorded when it ends: whole, broken, or given up",
        arguments: ["answered", "interrupted", "cancelled"]
    )
    func streams(outcome: String) async throws {
        let time = ManualTimeSource()
        let orchestrator = ModelOrchestrator(providers: [provider], recorder: recent, time: time)
        let beginning = Array(try ScriptedAnswer.events("one two").prefix(2))
        switch outcome {
        case "answered": provider.script(.gpt4o, .text("one two"))
        case "interrupted":
            provider.script(.gpt4o, .events(beginning, ending: ModelError(.connection, "cut")), .text("other"))
        default: provider.script(.gpt4o, .stall(after: beginning))
        }
        let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
        #expect(recent.latest(1).isEmpty)
        _ = try await stream.next()
        if outcome == "cancelled" {
            stream.cancel()
        } else {
            do { while try await stream.next() != nil {} } catch {}
        }
        let record = try #require(recent.latest(1).first)
        #expect(record.outcome.rawValue == outcome)
        #expect(record.stream)
        #expect(recent.latest(5).count == 1)
    }

    @Test("the oldest record gives way, the newest comes first")
    func ring() async throws {
        for _ in 0..<5 { _ = try await orchestrator().respond(to: ModelRequest("x")) }
        let times = recent.latest(10).map(\.id)
        #expect(times.count == 3)
        #expect(Set(times).count == 3)
        #expect(recent.latest(1).first?.id == times.first)
        for id in times { #expect(recent.find(id)?.id == id) }
        #expect(recent.find(.next()) == nil)
    }

    @Test("a record survives its JSON")
    func roundTrip() throws {
        var trace = RouteTrace()
        trace.candidates = [
            .init(model: "a\"b\\c", provider: nil, rejection: "no\nbody"),
            .init(model: .gpt4o, provider: "p", deferral: "later"),
        ]
        var attempt = RouteTrace.Attempt(
            model: .gpt4o,
            provider: "p",
            purpose: .resume,
            failure: .rateLimit,
            reason: "429 \u{1F600}",
            status: 429,
            duration: .microseconds(1_234_567)
        )
        attempt.waitAfter = .milliseconds(20)
        trace.attempts = [attempt, .init(model: .gpt4oMini, provider: "q", duration: .zero)]
        let record = RequestRecord(
            id: .next(),
            time: 1_700_000_000_123,
            operation: .chatCompletion,
            task: .codeReview,
            modelRequested: "GPT-4o",
            modelUsed: "gpt-4o-mini",
            provider: "q",
            stream: true,
            outcome: .failed(.connection),
            message: "cut",
            duration: .microseconds(5),
            usage: TokenUsage(prompt: 1, completion: 2),
            trace: trace
        )
        let document = try JSONDocument(record.json)
        #expect(RequestRecord(reading: document.root) == record)
        #expect(RequestRecord(reading: try JSONDocument(Array("{}".utf8)).root) == nil)
    }

    @Test("a request's name is read as it is written, and nothing else is")
    func names() {
        let id = RequestID.next()
        #expect(RequestID(parsing: id.description) == id)
        for text in [
            "", "req_", "req_+123456789abcdef", "req_0123456789abcdeg", "\(id)0", "\(id)".dropLast().description,
        ] {
            #expect(RequestID(parsing: text) == nil)
        }
    }
}
