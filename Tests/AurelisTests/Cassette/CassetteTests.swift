import Aurelis
import AurelisJSON
import AurelisTesting
import Synchronization
import Testing

@Suite("Cassettes")
struct CassetteTests {
    /// A file in memory.
    private final class Lines: Sendable {
        let bytes = Mutex(Cassette.header)
        var cassette: Cassette { get throws { try Cassette(contentsOf: bytes.withLock { $0 }) } }
    }

    private func recorded(
        redact: @escaping @Sendable (String) -> String = { $0 },
        time: any TimeSource = ManualTimeSource(),
        script: (ScriptedProvider) throws -> Void = { _ in },
        during session: (ModelOrchestrator) async throws -> Void
    ) async throws -> Cassette {
        let lines = Lines()
        let provider = ScriptedProvider("openai")
        try script(provider)
        let recorder = CassetteRecorder(of: provider, time: time, redact: redact) { line in
            lines.bytes.withLock { $0 += line }
        }
        try await session(orchestrator([recorder], time: time))
        return try lines.cassette
    }

    private func orchestrator(
        _ providers: [any ModelProvider],
        time: any TimeSource = ManualTimeSource()
    ) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        configuration.retry = RetryPolicy(rules: [:])
        configuration.resumesStreams = false
        return ModelOrchestrator(providers: providers, configuration: configuration, time: time)
    }

    private func raw(_ orchestrator: ModelOrchestrator, _ request: ModelRequest) async throws -> [String] {
        let reply = try await orchestrator.answer(ModelCall(request, stream: true))
        guard case .stream(let stream) = reply.answer else { return [] }
        var events: [String] = []
        while let event = try await stream.next() { events.append(String(decoding: event.raw, as: UTF8.self)) }
        return events
    }

    @Test("what was recorded is answered so again, byte for byte, whole and streamed")
    func roundTrip() async throws {
        let request = ModelRequest("hi", model: .gpt4o)
        let original = Mutex<[String]>([])
        let cassette = try await recorded(script: { $0.script(.gpt4o, .text("whole"), .text("one two")) }) {
            orchestrator in
            _ = try await orchestrator.respond(to: request)
            let events = try await raw(orchestrator, request)
            original.withLock { $0 = events }
        }
        #expect(cassette.exchanges.map(\.stream) == [false, true])
        let replayed = orchestrator(cassette.players())
        #expect(try await replayed.respond(to: request).content == "whole")
        #expect(try await raw(replayed, request) == original.withLock { $0 })
        #expect(try Cassette(contentsOf: cassette.contents).contents == cassette.contents)
    }

    @Test("the time between pieces is kept, and can be left out")
    func delays() async throws {
        let time = ManualTimeSource()
        let events = try ScriptedAnswer.events("one two")
        let gate = ScriptedGate()
        let lines = Lines()
        let provider = ScriptedProvider("openai")
        provider.script(.gpt4o, .paused(gate, after: Array(events.prefix(2)), then: Array(events.dropFirst(2))))
        let recorder = CassetteRecorder(of: provider, time: time, redact: { $0 }) { line in
            lines.bytes.withLock { $0 += line }
        }
        let stream = try await orchestrator([recorder], time: time).stream(ModelRequest("hi", model: .gpt4o))
        #expect(try await stream.next()?.content == "one")
        time.advance(by: .milliseconds(250))
        gate.open()
        while try await stream.next() != nil {}
        let cassette = try lines.cassette
        #expect(cassette.exchanges[0].pieces.map(\.delay).max() == .milliseconds(250))

        let clock = ManualTimeSource(autoAdvancing: true)
        let start = clock.now
        _ = try await raw(orchestrator(cassette.players(time: clock), time: clock), ModelRequest("hi", model: .gpt4o))
        #expect(start.duration(to: clock.now) == .milliseconds(250))
        var options = CassettePlayer.Options()
        options.keepsDelays = false
        let still = ManualTimeSource()
        _ = try await raw(
            orchestrator(cassette.players(options: options, time: still), time: still),
            ModelRequest("hi", model: .gpt4o)
        )
    }

    @Test("failures and broken streams are recorded as what they are")
    func failures() async throws {
        let cut = Array(try ScriptedAnswer.events("one two three").prefix(3))
        let cassette = try await recorded(script: { provider in
            var limit = ModelError(.rateLimit, "slow down", code: "rate_limited")
            limit.status = 429
            limit.retryAfter = .seconds(7)
            provider.script(.gpt4o, .failure(limit));
            provider.script(.gpt4oMini, .events(cut, ending: ModelError(.connection, "cut")))
        }) { orchestrator in
            _ = try? await orchestrator.respond(to: ModelRequest("a", model: .gpt4o))
            _ = try? await raw(orchestrator, ModelRequest("b", model: .gpt4oMini))
        }
        let replayed = orchestrator(cassette.players())
        let failure = await #expect(throws: ModelError.self) { () async throws in
            _ = try await replayed.respond(to: ModelRequest("a", model: .gpt4o))
        }
        #expect(failure?.category == .rateLimit && failure?.status == 429 && failure?.retryAfter == .seconds(7))
        let broken = try await replayed.stream(ModelRequest("b", model: .gpt4oMini))
        let cutOff = await #expect(throws: ModelError.self) { () async throws in while try await broken.next() != nil {}
        }
        #expect(cutOff?.category == .connection)
        #expect(broken.response.content == "one two")
    }

    @Test("a request that was not recorded fails, says in what it differs, and is asked of nobody else")
    func unrecorded() async throws {
        let cassette = try await recorded { orchestrator in
            _ = try await orchestrator.respond(to: ModelRequest("recorded", model: .gpt4o))
        }
        let replayed = orchestrator(cassette.players())
        for (request, words) in [
            (ModelRequest("another", model: .gpt4o), "differs in messages"),
            (ModelRequest("recorded", model: .gpt4o, temperature: 0), "differs in temperature"),
            (ModelRequest("recorded", model: .gpt4oMini), "no request to gpt-4o-mini was recorded, only to gpt-4o"),
        ] {
            var lenient = request
            lenient.fallback = .byTask
            let failure = await #expect(throws: ModelError.self) { () async throws in
                _ = try await replayed.respond(to: lenient)
            }
            #expect(
                failure?.code == "not_recorded" && failure?.message.contains(words) == true,
                "\(failure?.message ?? "")"
            )
            #expect(failure?.trace?.attempts.count == 1)
        }
        let streamed = await #expect(throws: ModelError.self) { () async throws in
            _ = try await replayed.stream(ModelRequest("recorded", model: .gpt4o))
        }
        #expect(streamed?.message.contains("differs in stream") == true)
    }

    @Test("takes of one request come in their order; then the last again, or a failure")
    func takes() async throws {
        let request = ModelRequest("hi", model: .gpt4o)
        let cassette = try await recorded(script: { $0.script(.gpt4o, .text("first"), .text("second")) }) {
            orchestrator in
            for _ in 0..<2 { _ = try await orchestrator.respond(to: request) }
        }
        let replayed = orchestrator(cassette.players())
        for expected in ["first", "second", "second"] {
            #expect(try await replayed.respond(to: request).content == expected)
        }
        var options = CassettePlayer.Options()
        options.repeatsLast = false
        let strict = orchestrator(cassette.players(options: options))
        for _ in 0..<2 { _ = try await strict.respond(to: request) }
        let failure = await #expect(throws: ModelError.self) { () async throws in
            _ = try await strict.respond(to: request)
        }
        #expect(failure?.message.contains("recorded 2 times") == true)
    }

    @Test("a secret that came in pieces is not in it, wherever it was cut", arguments: 1...9)
    func secretInPieces(length: Int) async throws {
        let text = "it is sk-verysecret, I say: sk-verysecret \u{1F600} end"
        let scalars = Array(text.unicodeScalars)
        let pieces = stride(from: 0, to: scalars.count, by: length).map { start in
            String(String.UnicodeScalarView(scalars[start..<min(scalars.count, start + length)]))
        }
        var events = try pieces.map { piece in
            let content = JSONFragment.string(piece)
            let token = #"{"content":[{"token":\#(content),"bytes":[1],"logprob":-1}]}"#
            let call = #"[{"index":1,"function":{"arguments":\#(content)}}]"#
            let delta = #"{"content":\#(content),"x_unknown":\#(content),"tool_calls":\#(call)}"#
            return try ScriptedAnswer.event(
                Array(#"{"choices":[{"index":0,"delta":\#(delta),"logprobs":\#(token),"finish_reason":null}]}"#.utf8)
            )
        }
        events.append(try ScriptedAnswer.chunk(finishReason: "stop") { _ in })
        events.append(.done)
        let script = events
        let cassette = try await recorded(
            redact: { $0.replacing("sk-verysecret", with: "[redacted]") },
            script: { $0.script(.gpt4o, .events(script)) }
        ) { orchestrator in _ = try await raw(orchestrator, ModelRequest("hi", model: .gpt4o)) }
        let kept = cassette.exchanges[0].pieces.map(\.document)
        #expect(kept.count == pieces.count + 1)
        func whole(_ field: (JSONValue) -> JSONValue?) -> String {
            kept.compactMap { $0["choices"]?[0]?["delta"].flatMap(field)?.string }.joined()
        }
        let expected = text.replacing("sk-verysecret", with: "[redacted]")
        #expect(whole { $0["content"] } == expected)
        #expect(whole { $0["x_unknown"] } == expected)
        #expect(whole { $0["tool_calls"]?[0]?["function"]?["arguments"] } == expected)
        #expect(kept.allSatisfy { $0["choices"]?[0]?["logprobs"]?.isNull ?? true })
    }

    @Test("what is blanked out of the file still finds its answer")
    func redaction() async throws {
        let request = ModelRequest("my key is sk-verysecret", model: .gpt4o)
        let cassette = try await recorded(redact: { $0.replacing("sk-verysecret", with: "[redacted]") }) {
            orchestrator in
            _ = try await orchestrator.respond(to: request)
        }
        #expect(!String(decoding: cassette.contents, as: UTF8.self).contains("verysecret"))
        #expect(try await orchestrator(cassette.players()).respond(to: request).content == "gpt-4o")
    }

    static let broken: [(String, String)] = [
        ("", "line 1 is missing"), ("{\"x\":1}", "line 1 does not begin a cassette"),
        ("{\"cassette\":2}", "line 1 is of version 2"), ("{\"cassette\":1}\n{", "line 2 is no JSON"),
        ("{\"cassette\":1}\n\n{}", "line 3 has no provider"),
        (
            "{\"cassette\":1}\n{\"provider\":\"p\",\"model\":\"m\",\"wire_name\":\"m\",\"operation\":\"sing\"}",
            "line 2 has an unknown operation"
        ),
    ]

    @Test("a file that is none says in which line", arguments: broken)
    func mistakes(text: String, expected: String) {
        let error = #expect(throws: CassetteError.self) { try Cassette(contentsOf: Array(text.utf8)) }
        #expect(error.map { "\($0)".hasPrefix(expected) } == true, "\(error.map { "\($0)" } ?? "")")
    }
}
