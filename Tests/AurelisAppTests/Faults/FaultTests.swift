import Aurelis
import AurelisApp
import AurelisJSON
import AurelisSimulator
import AurelisTesting
import AurelisTransport
import Testing

@Suite("Faults: whole answers")
struct FaultTests {
    private let time = ManualTimeSource(autoAdvancing: true)

    @Test("a Retry-After is waited out, to the second")
    func retryAfter() async throws {
        let faults = #""openai/gpt-4o":[{"kind":"status","error":"minute_limit","retry_after":2}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            #expect(try await provider.ask("gpt-4o").status == 200)
            #expect(provider.seen == ["gpt-4o:429", "gpt-4o:200"])
        }
        #expect(time.waits == [.seconds(2)])
    }

    @Test("a rate limit without a time to wait is backed off from, doubling, a bounded number of times")
    func persistentRateLimit() async throws {
        let faults = #""openai/gpt-4o":[{"kind":"status","status":429,"body":"{}","times":"always"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            let answer = try await provider.ask("gpt-4o")
            #expect(answer.status == 429)
            #expect(answer.attempts == 6)
            #expect(provider.attempts(on: .gpt4o) == 6)
        }
        #expect(time.waits.count == 5)
        for (wait, base) in zip(time.waits, [1.0, 2, 4, 8, 16]) {
            #expect((base * 0.75...base * 1.25).contains(wait.seconds))
        }
    }

    @Test("one failure of the service is asked again on the same route")
    func once() async throws {
        let faults = #""openai/gpt-4o":[{"kind":"status","error":"server_error"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            #expect(try await provider.ask("gpt-4o").status == 200)
            #expect(provider.seen == ["gpt-4o:500", "gpt-4o:200"])
        }
        #expect(time.waits == [.milliseconds(100)])
    }

    @Test("a persistent failure falls back after three attempts, and the answer tells how it was found")
    func persistent() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"status","status":503,"times":"always"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            let answer = try await provider.ask("auto/codeGeneration")
            #expect(
                provider.seen.map(\.description) == [
                    "codestral-2501:503", "codestral-2501:503", "codestral-2501:503", "gpt-4o:200",
                ]
            )
            #expect(answer.model == "gpt-4o")
            #expect(answer.attempts == 4)
            #expect(
                answer.headers["x-aurelis-route"]
                    == "codestral-2501:upstream>codestral-2501:upstream>codestral-2501:upstream>gpt-4o:ok"
            )
            #expect(answer.document?["model"]?.string?.contains("gpt-4o") == true)
            #expect(answer.document?["usage"]?["total_tokens"]?.int.map { $0 > 0 } == true)
            let record = try #require(try await provider.app.engine.history.latest(1).first)
            #expect(record.modelUsed == "gpt-4o")
            #expect(record.usage?.completion == answer.document?["usage"]?["completion_tokens"]?.int)
        }
    }

    @Test("a reset before the headers is asked again on the same route")
    func reset() async throws {
        try await FaultyProvider.run(#""openai/gpt-4o":[{"kind":"reset_before_headers"}]"#, time: time) {
            provider async throws in
            #expect(try await provider.ask("gpt-4o").status == 200)
            #expect(provider.attempts(on: .gpt4o) == 2)
        }
        #expect((0.375...0.625).contains(time.waits.first?.seconds ?? 0))
    }

    @Test("a provider that never answers is asked once, and the next model answers")
    func silent() async throws {
        try await FaultyProvider.run(
            #""mistral-ai/codestral-2501":[{"kind":"silent","times":"always"}]"#,
            settings: "    time_limits: { between_bytes: 150ms, first_byte: 150ms }",
            time: time
        ) { provider async throws in
            let answer = try await provider.ask("auto/codeGeneration")
            #expect(answer.model == "gpt-4o")
            #expect(provider.attempts(on: .codestral2501) == 1)
        }
        #expect(time.waits.isEmpty)
    }

    @Test("a prompt that is too long is not sent to the model again, but to a larger window")
    func contextLength() async throws {
        try await FaultyProvider.run(
            #""openai/gpt-4o":[{"kind":"status","error":"tokens_limit_reached"}]"#,
            configuration:
                "routing: { tasks: { general: [gpt-4o, llama-3.1-70b, codestral-2501] }, global_fallback: null }",
            time: time
        ) { provider async throws in
            #expect(try await provider.ask("auto").model == "codestral-2501")
            #expect(provider.seen == ["gpt-4o:413", "codestral-2501:200"])
        }
    }

    @Test("a content filter's refusal goes to the caller as it is, after one attempt")
    func contentFilter() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"status","error":"content_filter"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            let answer = try await provider.ask("auto/codeGeneration")
            #expect(answer.status == 400)
            #expect(answer.errorCode == "content_filter")
            #expect(answer.body.contains("content_filter_result"))
            #expect(provider.seen == ["codestral-2501:400"])
        }
    }

    @Test("a fallback that is down too gives way to the next; when all are, the error lists the way, within the budget")
    func allDown() async throws {
        let down = #"[{"kind":"status","status":503,"times":"always"}]"#
        let two = #""mistral-ai/codestral-2501":\#(down),"openai/gpt-4o":\#(down)"#
        try await FaultyProvider.run(two, time: time) { provider async throws in
            let answer = try await provider.ask("auto/codeGeneration")
            #expect(answer.model == "llama-3.1-70b")
            #expect(answer.attempts == 7)
        }
        try await FaultyProvider.run(#""*":\#(down)"#, time: time) { provider async throws in
            let answer = try await provider.ask("auto/codeGeneration")
            #expect(answer.status == 503)
            #expect(answer.attempts == 8)
            #expect(provider.seen.count == 8)
        }
    }

    @Test(
        "a host that cannot be found, or that speaks no TLS, gives way to another provider",
        arguments: [
            "http://nowhere.invalid", "https://127.0.0.1:PORT",
        ]
    )
    func unreachable(address: String) async throws {
        try await FaultyProvider.run(
            configuration:
                "routing: { tasks: { general: [first, gpt-4o] }, global_fallback: null }\nretry: { connection: { retries: 0 } }",
            providers: "  - { id: broken, base_url: \"\(address)\", models: { first: first } }",
            time: time
        ) { provider async throws in
            let answer = try await provider.ask("auto")
            #expect(answer.model == "gpt-4o")
            #expect(answer.headers["x-aurelis-route"] == "first:connection>gpt-4o:ok")
        }
    }

    @Test("a credential that is refused in the middle of a run is told at once, and nobody else is asked")
    func refusedCredential() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"pass"},{"kind":"status","error":"bad_credentials"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            #expect(try await provider.ask("auto/codeGeneration").status == 200)
            let answer = try await provider.ask("auto/codeGeneration")
            #expect(answer.status == 401)
            #expect(provider.seen == ["codestral-2501:200", "codestral-2501:401"])
            #expect(try await provider.ask("auto/codeGeneration").status == 200)
        }
    }

    @Test("a model that has retired is asked once, and others answer from then on")
    func retired() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"retired","times":"always"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            for _ in 0..<4 { #expect(try await provider.ask("auto/codeGeneration").model == "gpt-4o") }
            #expect(provider.attempts(on: .codestral2501) == 1)
            let named = try await provider.ask("codestral-2501")
            #expect(named.status == 410)
            #expect(provider.attempts(on: .codestral2501) == 1)
        }
    }

    @Test(
        "what comes with status 200 and is no answer is asked for again",
        arguments: ["empty_choices", "wrong_content_type"]
    )
    func noAnswer(kind: String) async throws {
        try await FaultyProvider.run(#""openai/gpt-4o":[{"kind":"\#(kind)"}]"#, time: time) { provider async throws in
            let answer = try await provider.ask("gpt-4o")
            #expect(answer.status == 200)
            #expect(answer.document?["choices"]?[0] != nil)
            #expect(provider.attempts(on: .gpt4o) == 2)
        }
    }

    @Test("an answer without end is given up at its bound, once, and the next model answers")
    func endless() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"endless_body","times":"always"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            #expect(try await provider.ask("auto/codeGeneration").model == "gpt-4o")
            #expect(provider.attempts(on: .codestral2501) == 1)
        }
    }

    @Test("a caller in more of a hurry than the first wait gets the next model, or the reason, at once")
    func hurried() async throws {
        let faults =
            #""mistral-ai/codestral-2501":[{"kind":"status","error":"minute_limit","retry_after":30,"times":"always"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            let hurry = [("x-aurelis-timeout", "20s")]
            #expect(try await provider.ask("auto/codeGeneration", headers: hurry).model == "gpt-4o")
            let named = try await provider.ask("codestral-2501", headers: hurry)
            #expect(named.status == 429)
            #expect(named.headers["retry-after"] == "30")
            #expect(provider.attempts(on: .codestral2501) == 1)
        }
        #expect(time.waits.isEmpty)
    }

    @Test("a caller who leaves during a wait ends it, and nothing more is sent")
    func gone() async throws {
        let time = ManualTimeSource()
        let faults = #""openai/gpt-4o":[{"kind":"status","error":"minute_limit","retry_after":30,"times":"always"}]"#
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await provider.ask("gpt-4o") }
                await time.sleepers(atLeast: 1)
                group.cancelAll()
            }
            while try await provider.app.engine.history.latest(1).isEmpty { await Task.yield() }
            let record = try await provider.app.engine.history.latest(1).first
            #expect(record?.outcome == .failed(.cancelled))
            #expect(provider.attempts(on: .gpt4o) == 1)
        }
    }
}
