import Aurelis
import AurelisJSON
import AurelisTesting
import Synchronization
import Testing

@Suite("Orchestrator: streams")
struct StreamTests {
    private let provider = ScriptedProvider()
    private var orchestrator: ModelOrchestrator {
        ModelOrchestrator(
            providers: [provider],
            time: ManualTimeSource(),
            random: FixedRandomSource()
        )
    }

    private func rawEvents(of call: ModelCall) async throws -> [String] {
        guard case .stream(let stream) = try await orchestrator.answer(call).answer else { return [] }
        var events: [String] = []
        while let event = try await stream.next() { events.append(String(decoding: event.raw, as: UTF8.self)) }
        return events
    }

    @Test("a stream's pieces join to the answer, with usage and finish reason")
    func pieces() async throws {
        provider.script(.gpt4o, .text("one two three"))
        let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
        var pieces: [String] = []
        while let delta = try await stream.next() { pieces.append(delta.content) }
        #expect(pieces == ["one", " two", " three"])
        #expect(stream.response.content == "one two three")
        #expect(stream.response.finishReason == .stop)
        #expect(stream.response.usage == TokenUsage(prompt: 7, completion: 3))
    }

    @Test(
        "who names a deadline waits so long for the first token, where nobody else could answer",
        arguments: [true, false]
    )
    func firstTokenOfTheOnlyOne(isAlone: Bool) async throws {
        provider.script(.gpt4o, .text("thought for a while"))
        var request = ModelRequest("x", model: .gpt4o)
        request.fallback = isAlone ? .never : .models([.gpt4oMini])
        _ = try await orchestrator.stream(request)
        request.timeout = .seconds(40)
        _ = try await orchestrator.stream(request)
        // Where somebody else may answer he is asked in time.
        #expect(provider.attempts.map(\.timeout) == [.seconds(15), isAlone ? .seconds(40) : .seconds(15)])
    }

    @Test("events pass byte for byte and in order")
    func verbatim() async throws {
        let events = try ScriptedAnswer.events("a b c")
        provider.script(.gpt4o, .events(events))
        let call = try ModelCall(ModelRequest("x", model: .gpt4o), stream: true)
        #expect(try await rawEvents(of: call) == events.map { String(decoding: $0.raw, as: UTF8.self) })
    }

    @Test("a failure before the first content falls over to the next model unseen")
    func earlyFailure() async throws {
        let opening = try ScriptedAnswer.chunk {
            $0.field("role", "assistant"); $0.field("content", "")
        }
        provider.script(.codestral2501, .events([opening], ending: ModelError(.timeout, "stalled")))
        let stream = try await orchestrator.stream(ModelRequest("x", task: .codeGeneration))
        while try await stream.next() != nil {}
        #expect(stream.response.modelUsed == .gpt4o)
        #expect(stream.response.content == "gpt-4o")
        #expect(stream.response.trace.attempts.map(\.failure) == [.timeout, nil])
    }

    @Test("a stream that ends without a finish reason is an error, never a short answer")
    func truncated() async throws {
        provider.script(.gpt4o, .events(Array(try ScriptedAnswer.events("one two three").prefix(3))))
        let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
        let error = await #expect(throws: ModelError.self) { while try await stream.next() != nil {} }
        #expect(error?.code == "stream_truncated")
        #expect(stream.response.content == "one two")
    }

    @Test("a missing [DONE] after a finish reason is a normal end, and the caller gets its [DONE]")
    func missingDone() async throws {
        provider.script(.gpt4o, .events(try ScriptedAnswer.events("one two").dropLast()))
        let call = try ModelCall(ModelRequest("x", model: .gpt4o), stream: true)
        #expect(try await rawEvents(of: call).last == "data: [DONE]\n\n")
    }

    @Test("[DONE] without a finish reason is a break: the answer is continued, or ends in an error")
    func doneTooEarly() async throws {
        let events = try ScriptedAnswer.events("one two three")
        for reason in [nil, ""] {
            let second = try ScriptedAnswer.chunk(finishReason: reason) { $0.field("content", " two") }
            provider.script(.gpt4o, .events([events[1], second, .done]), .text("one two three"))
            let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
            while try await stream.next() != nil {}
            #expect(stream.response.content == "one two three")
            #expect(stream.response.finishReason == .stop)
        }
        provider.script(.gpt4o, .events([events[1], .done]), .text("quite another"))
        let call = try ModelCall(ModelRequest("x", model: .gpt4o), stream: true)
        let error = await #expect(throws: ModelError.self) { try await rawEvents(of: call) }
        #expect(error?.code == "stream_truncated")
    }

    @Test("what comes after [DONE] is not forwarded, and the provider is let go")
    func afterDone() async throws {
        let source = EndlessStream(try ScriptedAnswer.events("one"))
        let orchestrator = ModelOrchestrator(providers: [EndlessProvider(stream: source)])
        let call = try ModelCall(ModelRequest("x", model: .gpt4o), stream: true)
        guard case .stream(let stream) = try await orchestrator.answer(call).answer else { return }
        var events: [ProviderEvent] = []
        while let event = try await stream.next() { events.append(event) }
        #expect(events.count == 5)
        #expect(events.last?.isDone == true)
        #expect(source.isCancelled)
        #expect(try await stream.next() == nil)
    }

    @Test("an error inside the stream is an error")
    func inBandError() async throws {
        let error = try ScriptedAnswer.event(Array(#"{"error":{"message":"overloaded","code":"x"}}"#.utf8))
        provider.script(.gpt4o, .events(Array(try ScriptedAnswer.events("one two").prefix(2)) + [error]))
        let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
        let thrown = await #expect(throws: ModelError.self) { while try await stream.next() != nil {} }
        #expect(thrown?.message.contains("overloaded") == true)
    }

    @Test("tool calls are put together from their pieces")
    func toolCalls() async throws {
        let first = try ScriptedAnswer.event(
            Array(
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"weather","arguments":""}}]}}]}"#
                    .utf8
            )
        )
        let second = try ScriptedAnswer.event(
            Array(
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}}]}"#
                    .utf8
            )
        )
        let third = try ScriptedAnswer.event(
            Array(
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"Bonn\"}"}}]}}]}"#
                    .utf8
            )
        )
        let end = try ScriptedAnswer.chunk(finishReason: "tool_calls") { _ in }
        provider.script(.gpt4o, .events([first, second, third, end, .done]))
        let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
        while try await stream.next() != nil {}
        #expect(
            stream.response.toolCalls == [ToolCall(id: "c1", name: "weather", arguments: #"{"city":"Bonn"}"#)]
        )
        #expect(stream.response.finishReason == .toolCalls)
    }

    @Test("a whole answer to a streamed request is an answer all the same, tool calls and usage included")
    func wholeAnswer() async throws {
        provider.script(
            .gpt4o,
            .document(
                try ScriptedAnswer.document(
                    #"{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#
                )
            )
        )
        let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
        while try await stream.next() != nil {}
        #expect(stream.response.content == "hello")
        #expect(stream.response.toolCalls == [ToolCall(id: "t", name: "f", arguments: "{}")])
        #expect(stream.response.finishReason == .toolCalls)
        #expect(stream.response.usage == TokenUsage(prompt: 1, completion: 2))
        #expect(provider.attempts.count == 1)
        provider.script(
            .gpt4o,
            .document(
                try ScriptedAnswer.document(
                    #"{"id":"c","choices":[{"index":0,"message":{"content":"a"},"finish_reason":null}]}"#
                )
            )
        )
        let raw = try await rawEvents(of: ModelCall(ModelRequest("x", model: .gpt4o), stream: true))
        #expect(
            raw == [
                #"data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}"#
                    + "\n\n",
                #"data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
                    + "\n\n",
                "data: [DONE]\n\n",
            ]
        )
    }
}

/// Tells an answer, and after it the same event without end.
private final class EndlessStream: ProviderStream {
    private let events: [ProviderEvent]
    private let state = Mutex((next: 0, isCancelled: false))

    init(_ events: [ProviderEvent]) { self.events = events }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func next() async throws(ModelError) -> ProviderEvent? {
        state.withLock { state in
            defer { state.next += 1 }
            return state.next < events.count ? events[state.next] : events[1]
        }
    }

    func cancel() { state.withLock { $0.isCancelled = true } }
}

private struct EndlessProvider: ModelProvider {
    let id: ProviderID = "endless"
    let models = [ProviderModel(id: .gpt4o, wireName: "gpt-4o")]
    let stream: EndlessStream

    func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? { models.first { $0.id == id } }

    func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer { .stream(stream) }
}
