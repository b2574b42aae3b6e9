import Aurelis
import AurelisJSON
import AurelisTesting
import Testing

@Suite("Streams that break are continued")
struct StreamRescueTests {
    private let provider = ScriptedProvider()
    private let time = ManualTimeSource()
    private let cut = ModelError(.connection, "cut")

    private func orchestrator(
        _ provider: ScriptedProvider? = nil,
        _ change: (inout OrchestratorConfiguration) -> Void = { _ in }
    ) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        change(&configuration)
        return ModelOrchestrator(
            providers: [provider ?? self.provider],
            configuration: configuration,
            time: time,
            random: FixedRandomSource()
        )
    }

    /// What a caller of the library sees in the end.
    private func outcome(
        _ request: ModelRequest,
        of orchestrator: ModelOrchestrator
    ) async throws -> (response: ModelResponse, failure: ModelError?) {
        let stream = try await orchestrator.stream(request)
        do throws(ModelError) {
            while try await stream.next() != nil {}
            return (stream.response, nil)
        } catch {
            return (stream.response, error)
        }
    }

    /// The first events of an answer: its role and some of its words.
    private func beginning(_ text: String, words: Int) throws -> [ProviderEvent] {
        Array(try ScriptedAnswer.events(text).prefix(1 + words))
    }

    @Test(
        "a cut, stalled or damaged stream goes on exactly where it broke, by the same model",
        arguments: [ModelError.Category.connection, .timeout, .upstream],
        [1, 2, 3]
    )
    func sameModel(category: ModelError.Category, words: Int) async throws {
        let broken = try beginning("one two three four", words: words)
        provider.script(.gpt4o, .events(broken, ending: ModelError(category, "broke")), .text("one two three four"))
        let (response, failure) = try await outcome(ModelRequest("x", model: .gpt4o), of: orchestrator())
        #expect(failure == nil)
        #expect(response.content == "one two three four")
        #expect(response.finishReason == .stop)
        #expect(response.usage == TokenUsage(prompt: 7, completion: 4))
        #expect(response.trace.attempts.map(\.purpose) == [.answer, .resume])
        #expect(response.trace.attempts.map(\.failure) == [category, nil])
        #expect(response.trace.attempts[0].reason == "broke off: broke")
    }

    @Test("another model may continue when fallbacks are allowed, and is named")
    func otherModel() async throws {
        let broken = try beginning("one two three", words: 2)
        provider.script(.codestral2501, .events(broken, ending: cut), .failure(ModelError(.timeout, "silent")))
        provider.script(.gpt4o, .text("one two three"))
        let (response, failure) = try await outcome(ModelRequest("x", task: .codeGeneration), of: orchestrator())
        #expect(failure == nil)
        #expect(response.content == "one two three")
        #expect(response.modelUsed == .gpt4o)
        #expect(response.attempts == 3)
    }

    @Test("after a silence the others are asked first")
    func stalled() async throws {
        let broken = try beginning("one two three", words: 2)
        provider.script(.codestral2501, .events(broken, ending: ModelError(.timeout, "stalled")))
        provider.script(.gpt4o, .text("one two three"))
        let (response, _) = try await outcome(ModelRequest("x", task: .codeGeneration), of: orchestrator())
        #expect(provider.attempts.map(\.model.id) == [.codestral2501, .gpt4o])
        #expect(response.content == "one two three")
    }

    @Test("another answer is never mixed in: the stream ends in an error that says what was tried")
    func diverged() async throws {
        provider.script(.gpt4o, .events(try beginning("one two three", words: 2), ending: cut), .text("one 2 3"))
        let (response, failure) = try await outcome(ModelRequest("x", model: .gpt4o), of: orchestrator())
        #expect(response.content == "one two")
        #expect(response.finishReason == nil)
        #expect(failure?.category == .connection)
        #expect(failure?.message == "the answer broke off: cut; nobody could continue it")
        #expect(failure?.trace?.attempts.map(\.failure?.rawValue) == ["connection", "diverged"])
    }

    @Test("a model that takes the beginning of an answer goes on from it", arguments: AssistantPrefill.allCases)
    func prefill(style: AssistantPrefill) async throws {
        let provider = ScriptedProvider(serving: [ProviderModel(id: "m", wireName: "m", prefill: style)])
        provider.script(
            "m",
            .events(try beginning("one two three", words: 2), ending: cut),
            .text("something else"),
            .text(style == .repeats ? "one two 3 4" : " 3 4")
        )
        let (response, failure) = try await outcome(ModelRequest("x", model: "m"), of: orchestrator(provider))
        #expect(failure == nil)
        #expect(response.content == "one two 3 4")
        #expect(provider.attempts.map(\.prefill) == [nil, nil, "one two"])
        #expect(response.trace.attempts.map(\.purpose) == [.answer, .resume, .prefill])
    }

    @Test("a prefill that is refused is nothing the caller sees")
    func refusedPrefill() async throws {
        let provider = ScriptedProvider(serving: [ProviderModel(id: "m", wireName: "m", prefill: .continues)])
        provider.script(
            "m",
            .events(try beginning("one two three", words: 2), ending: cut),
            .text("something else"),
            .failure(ModelError(.invalidRequest, "the last message must be the user's"))
        )
        let (response, failure) = try await outcome(ModelRequest("x", model: "m"), of: orchestrator(provider))
        #expect(response.content == "one two")
        #expect(failure?.category == .connection)
        #expect(failure?.message.contains("user's") == false)
    }

    @Test("an answer begins again only for a caller who allows it", arguments: [false, true])
    func restart(allowed: Bool) async throws {
        provider.script(
            .gpt4o,
            .events(try beginning("one two three", words: 2), ending: cut),
            .text("x"),
            .text("y z")
        )
        var request = ModelRequest("x", model: .gpt4o)
        request.allowsRestart = allowed
        let (response, failure) = try await outcome(request, of: orchestrator())
        #expect(response.content == (allowed ? "y z" : "one two"))
        #expect((failure == nil) == allowed)
    }

    @Test("tool calls and several choices are not continued, and the error says so")
    func refused() async throws {
        let call = try ScriptedAnswer.event(
            Array(#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c"}]}}]}"#.utf8)
        )
        provider.script(.gpt4o, .events([call], ending: cut))
        let (_, tools) = try await outcome(ModelRequest("x", model: .gpt4o), of: orchestrator())
        #expect(tools?.message.contains("because it calls tools") == true)
        let second = try ScriptedAnswer.event(Array(#"{"choices":[{"index":1,"delta":{"content":"b"}}]}"#.utf8))
        provider.script(.gpt4oMini, .events(try beginning("one two", words: 1) + [second], ending: cut))
        let (_, choices) = try await outcome(ModelRequest("x", model: .gpt4oMini), of: orchestrator())
        #expect(choices?.message.contains("because it has several choices") == true)
        #expect(provider.attempts.count == 2)
    }

    @Test("a stream that breaks again is continued again, within the attempts of the request")
    func breaksAgain() async throws {
        let text = "one two three four five six seven eight nine ten"
        for words in 1...7 { provider.script(.gpt4o, .events(try beginning(text, words: words), ending: cut)) }
        provider.script(.gpt4o, .text(text))
        let (response, failure) = try await outcome(ModelRequest("x", model: .gpt4o), of: orchestrator())
        #expect(failure == nil)
        #expect(response.content == text)
        #expect(response.attempts == 8)
    }

    @Test("what fails after the finish reason takes nothing from the answer")
    func brokenEnd() async throws {
        let events = Array(try ScriptedAnswer.events("one two").dropLast(2))
        provider.script(.gpt4o, .events(events, ending: cut))
        let (response, failure) = try await outcome(ModelRequest("x", model: .gpt4o), of: orchestrator())
        #expect(failure == nil)
        #expect(response.content == "one two")
        #expect(provider.attempts.count == 1)
    }

    @Test("a stream whose continuation is switched off ends in its own error")
    func switchedOff() async throws {
        provider.script(.gpt4o, .events(try beginning("one two", words: 1), ending: cut))
        let orchestrator = orchestrator { $0.resumesStreams = false }
        let (_, failure) = try await outcome(ModelRequest("x", model: .gpt4o), of: orchestrator)
        #expect(failure?.message == "cut")
        #expect(provider.attempts.count == 1)
    }

    @Test("a stream has the first-token limit for its first content, or what is left of the request's time")
    func firstTokenLimit() async throws {
        _ = try await outcome(ModelRequest("x", model: .gpt4o), of: orchestrator())
        var hurried = ModelRequest("x", model: .gpt4o)
        hurried.timeout = .seconds(4)
        _ = try await outcome(hurried, of: orchestrator())
        #expect(provider.attempts.map(\.timeout) == [.seconds(15), .seconds(4)])
    }

    @Test("comments without content count as a silence, however many come")
    func onlyComments() async throws {
        let comment = ProviderEvent(raw: Array(": working\n\n".utf8), chunk: nil)
        provider.script(.gpt4o, .events(try beginning("one two", words: 1) + [comment, comment]), .text("one two"))
        let stream = try await orchestrator().stream(ModelRequest("x", model: .gpt4o))
        #expect(try await stream.next()?.content == "one")
        time.advance(by: .seconds(46))
        #expect(try await stream.next()?.content == " two")
        #expect(try await stream.next() == nil)
        #expect(stream.response.trace.attempts.map(\.failure) == [.timeout, nil])
    }

    @Test("empty lists of tool calls are no tool calls")
    func emptyToolCalls() async throws {
        let empty = try ScriptedAnswer.event(
            Array(#"{"choices":[{"index":0,"delta":{"content":"one","tool_calls":[],"refusal":""}}]}"#.utf8)
        )
        provider.script(.gpt4o, .events([empty], ending: cut), .text("one two"))
        let (response, failure) = try await outcome(ModelRequest("x", model: .gpt4o), of: orchestrator())
        #expect(failure == nil)
        #expect(response.content == "one two")
    }

    @Test("the caller who leaves while a continuation is sought ends the search")
    func cancelled() async throws {
        provider.script(.gpt4o, .events(try beginning("one two", words: 1), ending: cut), .silence)
        let orchestrator = orchestrator()
        let outcome = await withTaskGroup(of: ModelError.Category?.self) { group in
            group.addTask {
                do throws(ModelError) {
                    let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
                    while try await stream.next() != nil {}
                    return nil
                } catch {
                    return error.category
                }
            }
            await provider.attempts(atLeast: 2)
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(outcome == .cancelled)
        #expect(provider.cancellations == 1)
        #expect(provider.attempts.count == 2)
    }
}
