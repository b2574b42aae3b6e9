import Aurelis
import AurelisApp
import AurelisJSON
import AurelisSimulator
import AurelisTransport
import Testing

@Suite("Faults: streams")
struct StreamFaultTests {
    /// Waits that pass in real time, but short ones.
    private static let quick = """
        routing: { first_token_timeout: 400ms }
        retry: { upstream: { base: 1ms }, connection: { base: 1ms } }
        """
    private static let limits = "    time_limits: { between_bytes: 300ms, first_byte: 400ms }"

    private func run(
        _ faults: String,
        settings: String = limits,
        configuration: String = quick,
        _ body: @escaping @Sendable (FaultyProvider) async throws -> Void
    ) async throws {
        try await FaultyProvider.run(
            faults,
            settings: settings,
            configuration: configuration,
            time: SystemTimeSource(),
            body
        )
    }

    /// What a model answers when nothing goes wrong.
    private func undisturbed(_ model: String) async throws -> FaultyProvider.Answer {
        let box = Box<FaultyProvider.Answer>()
        try await run("") { provider in box.value = try await provider.stream(model) }
        return try #require(box.value)
    }

    @Test("headers at once and the first token late: the next model answers, and nobody sees the first")
    func slowFirstToken() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"slow_first_token","seconds":20,"times":"always"}]"#
        try await run(faults) { provider async throws in
            let answer = try await provider.stream("auto/codeGeneration")
            #expect(answer.model == "gpt-4o")
            #expect(answer.isDone)
            #expect(!answer.body.contains("codestral"))
            #expect(provider.attempts(on: .codestral2501) == 1)
        }
    }

    @Test("the first-token limit ends with the first token: a long answer may take longer")
    func slowAnswer() async throws {
        let whole = try await undisturbed("gpt-4o")
        try await run(#""openai/gpt-4o":[{"kind":"slow_body","bytes":1500,"every_seconds":0.1}]"#) {
            provider async throws in
            let start = ContinuousClock.now
            let answer = try await provider.stream("gpt-4o")
            #expect(start.duration(to: .now) > .milliseconds(400))
            #expect(answer.text == whole.text)
            #expect(provider.attempts(on: .gpt4o) == 1)
        }
    }

    @Test(
        "cut, reset, silent or damaged in the middle: the caller gets the whole answer, each word once, and its usage",
        arguments: [
            #"{"kind":"cut","after_fraction":0.66}"#, #"{"kind":"cut","after_fraction":0.66,"reset":true}"#,
            #"{"kind":"stall","after_fraction":0.5,"seconds":30}"#, #"{"kind":"malformed_chunk","after_fraction":0.5}"#,
        ]
    )
    func broken(fault: String) async throws {
        let whole = try await undisturbed("gpt-4o")
        try await run(#""openai/gpt-4o":[\#(fault)]"#) { provider async throws in
            let answer = try await provider.stream("gpt-4o")
            #expect(answer.text == whole.text)
            #expect(answer.isDone)
            #expect(answer.completionTokens == whole.completionTokens)
            #expect(answer.streamError == nil)
            #expect(Set(answer.chunks.compactMap { $0["id"]?.string }.filter { !$0.isEmpty }).count == 1)
            #expect(answer.body.contains(": continued by gpt-4o@github-models\n\n"))
            #expect(provider.attempts(on: .gpt4o) == 2)
            let record = try #require(try await provider.app.engine.history.latest(1).first)
            #expect(record.outcome == .answered)
            #expect(record.trace.attempts.map(\.purpose) == [.answer, .resume])
            #expect(record.usage?.completion == whole.completionTokens)
        }
    }

    @Test("three breaks in a row are mended one after the other")
    func threeBreaks() async throws {
        let whole = try await undisturbed("gpt-4o")
        let faults =
            #"{"kind":"cut","after_fraction":0.3},{"kind":"malformed_chunk","after_fraction":0.5},{"kind":"cut","after_fraction":0.8}"#
        try await run(#""openai/gpt-4o":[\#(faults)]"#) { provider async throws in
            let answer = try await provider.stream("gpt-4o")
            #expect(answer.text == whole.text)
            #expect(answer.isDone)
            #expect(provider.attempts(on: .gpt4o) == 4)
        }
    }

    @Test("an end without [DONE] is a normal end, with usage and [DONE], after one attempt")
    func missingDone() async throws {
        try await run(#""openai/gpt-4o":[{"kind":"missing_done"}]"#) { provider async throws in
            let answer = try await provider.stream("gpt-4o")
            #expect(answer.isDone)
            #expect(answer.completionTokens.map { $0 > 0 } == true)
            #expect(provider.attempts(on: .gpt4o) == 1)
        }
    }

    @Test("another model goes on from the text itself where it can, and the whole is one answer")
    func prefill() async throws {
        // The primary breaks and is gone; the fallback tells another answer, but takes the beginning of one.
        let faults =
            #""openai/gpt-4o":[{"kind":"cut","after_fraction":0.5},{"kind":"status","status":503,"times":"always"}]"#
        let prefill = Self.limits + "\n    prefill: { style: plain, answer: continues }"
        try await run(faults, settings: prefill) { provider async throws in
            let answer = try await provider.stream("gpt-4o", headers: [("x-aurelis-fallback", "codestral-2501")])
            #expect(answer.streamError == nil)
            #expect(answer.isDone)
            #expect(answer.body.contains(": continued by codestral-2501@github-models"))
            let record = try #require(try await provider.app.engine.history.latest(1).first)
            #expect(record.modelUsed == "codestral-2501")
            #expect(record.trace.attempts.last?.purpose == .prefill)
            let sent = try #require(provider.simulator.requestLog.last?.body)
            let last = try JSONDocument(sent)["messages"]?[1]
            #expect(last?["role"]?.string == "assistant")
            #expect(last?["content"]?.string.map { answer.text.hasPrefix($0) && answer.text.count > $0.count } == true)
        }
    }

    @Test("a fallback that refuses the beginning of an answer: the caller sees the break, never that refusal")
    func refusedPrefill() async throws {
        let faults =
            #""openai/gpt-4o":[{"kind":"cut","after_fraction":0.5},{"kind":"status","status":503,"times":"always"}]"#
        let prefill = Self.limits + "\n    prefill: { style: plain, answer: continues }"
        try await run(faults, settings: prefill) { provider async throws in
            let answer = try await provider.stream("gpt-4o", headers: [("x-aurelis-fallback", "gpt-4o-mini")])
            #expect(!answer.isDone)
            #expect(answer.streamError?.contains("broke off") == true)
            #expect(answer.body.contains("prefill") == false)
            #expect(provider.seen.contains { $0.model == .gpt4oMini && $0.status == 400 })
            let record = try #require(try await provider.app.engine.history.latest(1).first)
            #expect(record.outcome == .interrupted)
        }
    }

    @Test("an answer begins again only for a caller who allows it, and says so")
    func restart() async throws {
        let faults =
            #""openai/gpt-4o":[{"kind":"cut","after_fraction":0.5},{"kind":"status","status":503,"times":"always"}]"#
        let whole = try await undisturbed("gpt-4o-mini")
        try await run(faults) { provider async throws in
            let headers = [("x-aurelis-fallback", "gpt-4o-mini"), ("x-aurelis-restart", "true")]
            let answer = try await provider.stream("gpt-4o", headers: headers)
            #expect(answer.isDone)
            #expect(answer.chunks.contains { $0["aurelis"]?["restart"]?.bool == true })
            #expect(answer.text.hasSuffix(whole.text))
        }
    }

    @Test("an error before the first content is an error with its status, not a stream")
    func earlyError() async throws {
        try await run(#""openai/gpt-4o":[{"kind":"status","error":"content_filter"}]"#) { provider async throws in
            let answer = try await provider.stream("gpt-4o")
            #expect(answer.status == 400)
            #expect(answer.errorCode == "content_filter")
        }
    }

    @Test(
        "a caller who did not ask for usage gets it on the finish chunk; one who did gets it as the provider sends it"
    )
    func usage() async throws {
        try await run("") { provider async throws in
            let plain = try await provider.stream("gpt-4o")
            #expect(plain.chunks.last?["usage"]?["completion_tokens"]?.int != nil)
            #expect(plain.chunks.last?["choices"]?[0]?["finish_reason"]?.string == "stop")
            let asking = try await provider.app.send(
                "POST",
                "/v1/chat/completions",
                body:
                    #"{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}"#
            )
            let events = asking.body.split(separator: "\n\n")
            #expect(events.dropLast().last?.contains(#""choices":[]"#) == true)
        }
    }
}
