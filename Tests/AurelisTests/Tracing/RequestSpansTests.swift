import Aurelis
import AurelisJSON
import AurelisTesting
import InMemoryTracing
import Testing
import Tracing

@Suite("The spans of a request")
struct RequestSpansTests {
    private let tracer = InMemoryTracer()
    private let provider = ScriptedProvider("openai", address: "https://api.openai.com/v1")
    private let time = ManualTimeSource(autoAdvancing: true)

    private func orchestrator(cache: AnswerCache? = nil) -> ModelOrchestrator {
        ModelOrchestrator(
            providers: [provider],
            cache: cache,
            tracer: tracer,
            time: time,
            wallClock: .fixed(1_700_000_000),
            random: FixedRandomSource()
        )
    }

    private var spans: [FinishedInMemorySpan] { tracer.finishedSpans }

    private func spans(_ name: String) -> [FinishedInMemorySpan] { spans.filter { $0.operationName == name } }

    private func text(_ span: FinishedInMemorySpan?, _ name: String) -> String? {
        guard case .string(let text)? = span?.attributes.get(name) else { return nil }
        return text
    }

    private func number(_ span: FinishedInMemorySpan?, _ name: String) -> Int? {
        guard case .int64(let number)? = span?.attributes.get(name) else { return nil }
        return Int(number)
    }

    /// All are of one trace, have ended, and lie within the request.
    private func expectWhole() throws {
        let root = try #require(spans("aurelis.chat").first)
        #expect(tracer.activeSpans.isEmpty)
        for span in spans where span.spanID != root.spanID {
            #expect(span.traceID == root.traceID)
            #expect(span.parentSpanID == root.spanID)
            #expect(span.startInstant.nanosecondsSinceEpoch >= root.startInstant.nanosecondsSinceEpoch)
            #expect(span.endInstant.nanosecondsSinceEpoch <= root.endInstant.nanosecondsSinceEpoch)
            #expect(span.endInstant.nanosecondsSinceEpoch >= span.startInstant.nanosecondsSinceEpoch)
        }
    }

    @Test("a retry and a fallback are spans of their own, with what came of each")
    func attempts() async throws {
        provider.script(
            .codestral2501,
            .failure(ModelError(.connection, "cut")),
            .failure(ModelError(.timeout, "silent"))
        )
        provider.script(.gpt4o, .text("an answer"))
        let response = try await orchestrator().respond(to: ModelRequest("a question", task: .codeGeneration))
        try expectWhole()
        let clients = spans.filter { $0.kind == .client }
        #expect(clients.map(\.operationName) == ["chat codestral-2501", "chat codestral-2501", "chat gpt-4o"])
        #expect(clients.map { text($0, "error.type") } == ["connection", "timeout", nil])
        #expect(clients.map { number($0, "aurelis.attempt") } == [1, 2, 3])
        let last = try #require(clients.last)
        #expect(text(last, "gen_ai.operation.name") == "chat")
        #expect(text(last, "gen_ai.provider.name") == "openai")
        #expect(text(last, "gen_ai.request.model") == "gpt-4o")
        #expect(text(last, "server.address") == "api.openai.com")
        #expect(number(last, "gen_ai.usage.input_tokens") == response.usage?.prompt)
        #expect(number(last, "gen_ai.usage.output_tokens") == response.usage?.completion)
        #expect(text(spans("aurelis.wait").first, "aurelis.wait.reason") == "retry")
        #expect(spans("aurelis.route").count == 1)
        let root = try #require(spans("aurelis.chat").first)
        #expect(text(root, "aurelis.outcome") == "answered")
        #expect(number(root, "aurelis.attempts") == 3)
        #expect(root.status == nil)
    }

    @Test("a failure ends its spans with its kind, not with its words")
    func failures() async throws {
        provider.script(.gpt4o, .failure(ModelError(.permission, "the words of a provider")))
        _ = try? await orchestrator().respond(to: ModelRequest("a question", model: .gpt4o))
        try expectWhole()
        #expect(text(spans("aurelis.chat").first, "error.type") == "permission")
        #expect(spans.allSatisfy { !"\($0.attributes) \(String(describing: $0.status))".contains("words") })
    }

    @Test("whoever got no answer has no model that gave it")
    func noAnswer() async throws {
        provider.script(.gpt4o, .failure(ModelError(.permission, "no")), .text("an answer"))
        let orchestrator = orchestrator()
        for name in [ModelID.gpt4o, "nobody-serves-it"] {
            _ = try? await orchestrator.respond(to: ModelRequest("x", model: name))
        }
        #expect(spans("aurelis.chat").count == 2)
        #expect(spans.allSatisfy { text($0, "gen_ai.response.model") == nil })
        _ = try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o))
        #expect(text(spans("aurelis.chat").last, "gen_ai.response.model") == "gpt-4o")
    }

    @Test("each attempt tells the provider its own place in the trace")
    func upstream() async throws {
        provider.script(.gpt4o, .failure(ModelError(.connection, "cut")), .text("an answer"))
        _ = try await orchestrator().respond(to: ModelRequest("x", model: .gpt4o))
        let sent = provider.attempts.map { $0.traceFields["in-memory-span-id"] }
        let clients = spans.filter { $0.kind == .client }
        #expect(sent == clients.map(\.spanID))
        #expect(Set(sent).count == 2)
    }

    @Test("a caller's trace goes on, be it in header fields or in the task")
    func parents() async throws {
        let fields = TraceFields([("in-memory-trace-id", "far"), ("in-memory-span-id", "away")])
        let body = try JSONDocument(Array(#"{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}"#.utf8))
        var call = try ModelCall(reading: body, operation: .chatCompletion)
        call.traceFields = fields
        _ = try await orchestrator().answer(call)
        let remote = try #require(spans("aurelis.chat").first)
        #expect(remote.traceID == "far")
        #expect(remote.parentSpanID == "away")
        #expect(remote.kind == .server)
        tracer.clearAll()
        try await tracer.withSpan("caller") { caller in
            _ = try await orchestrator().respond(to: ModelRequest("x", model: .gpt4o))
            #expect(spans("aurelis.chat").first?.parentSpanID == caller.spanID)
        }
        #expect(spans("aurelis.chat").first?.kind == .internal)
    }

    @Test("a kept answer is a look into the cache, and nobody is asked")
    func hits() async throws {
        let orchestrator = orchestrator(cache: AnswerCache())
        _ = try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o))
        tracer.clearAll()
        _ = try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o))
        try expectWhole()
        #expect(text(spans("aurelis.cache.lookup").first, "aurelis.cache.layer") == "memory")
        #expect(text(spans("aurelis.chat").first, "aurelis.cache") == "hit; layer=memory")
        #expect(spans.allSatisfy { $0.kind != .client })
    }

    @Test("a stream's spans last until its end, the model's with what it cost")
    func streams() async throws {
        provider.script(.gpt4o, .text("one two three"))
        let stream = try await orchestrator().stream(ModelRequest("x", model: .gpt4o))
        #expect(spans("aurelis.chat").isEmpty)
        #expect(tracer.activeSpans.count == 2)
        while try await stream.next() != nil {}
        try expectWhole()
        #expect(spans("aurelis.stream").count == 1)
        #expect(number(spans("chat gpt-4o").first, "gen_ai.usage.output_tokens") == stream.response.usage?.completion)
    }

    @Test("a stream that breaks and is continued has a span for each part")
    func rescue() async throws {
        let beginning = Array(try ScriptedAnswer.events("one two three").prefix(3))
        provider.script(
            .gpt4o,
            .events(beginning, ending: ModelError(.connection, "cut")),
            .text("one two three")
        )
        let stream = try await orchestrator().stream(ModelRequest("x", model: .gpt4o))
        while try await stream.next() != nil {}
        try expectWhole()
        let clients = spans.filter { $0.kind == .client }
        #expect(clients.map { text($0, "error.type") } == ["connection", nil])
    }

    @Test("who shares a call under way has no attempt, but a link to it")
    func followers() async throws {
        let gate = ScriptedGate()
        provider.script(.gpt4o, .gated(gate, .text("an answer")))
        let orchestrator = orchestrator(cache: AnswerCache())
        let request = ModelRequest("x", model: .gpt4o)
        async let first = orchestrator.respond(to: request)
        await provider.attempts(atLeast: 1)
        async let second = orchestrator.respond(to: request)
        while orchestrator.load.passengers < 2 { await Task.yield() }
        gate.open()
        _ = try await (first, second)
        let joined = try #require(spans("aurelis.flight.join").first)
        let leader = try #require(spans("chat gpt-4o").first)
        #expect(spans.count { $0.kind == .client } == 1)
        #expect(joined.traceID != leader.traceID)
        #expect(joined.spanContext != leader.spanContext)
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test("a caller who goes away ends the spans")
    func cancelled() async throws {
        provider.script(.gpt4o, .stall(after: Array(try ScriptedAnswer.events("one two").prefix(2))))
        let stream = try await orchestrator().stream(ModelRequest("x", model: .gpt4o))
        stream.cancel()
        #expect(tracer.activeSpans.isEmpty)
        #expect(text(spans("aurelis.chat").first, "error.type") == "cancelled")
    }

    @Test("nothing of what is asked or answered is in a span", arguments: [true, false])
    func content(stream: Bool) async throws {
        provider.script(.gpt4o, .text("the secret answer"))
        let request = ModelRequest("the secret question", model: .gpt4o)
        if stream {
            let stream = try await orchestrator().stream(request)
            while try await stream.next() != nil {}
        } else {
            _ = try await orchestrator().respond(to: request)
        }
        #expect(spans.count >= 3)
        for span in spans { #expect(!"\(span)".contains("secret")) }
    }

    @Test("a credential where a model should be reaches no tracer")
    func credentials() async throws {
        // Put together when the test runs, so that no file holds what looks like a key.
        let secret = "xox" + "b-210987654321-aBcD3fGh1jKlMn0pQrStUvW2"
        let model = ModelID(secret)
        _ = try? await orchestrator().respond(to: ModelRequest("x", model: model))
        let root = try #require(spans("aurelis.chat").first)
        #expect(text(root, "gen_ai.request.model")?.contains("redacted") == true)
        #expect(!"\(spans)".contains(secret.dropFirst(8).prefix(12)))
    }
}
