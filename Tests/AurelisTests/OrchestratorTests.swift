import Aurelis
import AurelisTesting
import Testing

@Suite("Orchestrator: retries and fallbacks")
struct OrchestratorTests {
    private let provider = ScriptedProvider()
    private let time = ManualTimeSource(autoAdvancing: true)

    private func orchestrator(_ change: (inout OrchestratorConfiguration) -> Void = { _ in }) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        change(&configuration)
        return ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            time: time,
            random: FixedRandomSource()
        )
    }

    @Test("a single failure of the service is retried on the same model")
    func retriesOnce() async throws {
        provider.script(.gpt4o, .failure(ModelError(.upstream, "500")), .text("hello"))
        let response = try await orchestrator().respond(to: ModelRequest("x", model: .gpt4o))
        #expect(response.content == "hello")
        #expect(response.attempts == 2)
        #expect(time.waits == [.milliseconds(100)])
        #expect(response.trace.attempts[0].waitAfter == .milliseconds(100))
    }

    @Test("a persistent failure falls back after three attempts")
    func fallsBack() async throws {
        let failure = ScriptedProvider.Step.failure(ModelError(.upstream, "503"))
        provider.script(.codestral2501, failure, failure, failure, failure)
        let response = try await orchestrator().respond(to: ModelRequest("x", task: .codeGeneration))
        #expect(response.modelUsed == .gpt4o)
        #expect(provider.attempts.map(\.model.id) == [.codestral2501, .codestral2501, .codestral2501, .gpt4o])
    }

    @Test("a silent model is not asked twice")
    func timeoutFallsBack() async throws {
        provider.script(.codestral2501, .failure(ModelError(.timeout, "silent")))
        let response = try await orchestrator().respond(to: ModelRequest("x", task: .codeGeneration))
        #expect(provider.attempts.map(\.model.id) == [.codestral2501, .gpt4o])
        #expect(response.modelUsed == .gpt4o)
    }

    @Test(
        "what the caller caused is neither retried nor sent elsewhere",
        arguments: [
            ModelError.Category.authentication, .permission, .contentFilter, .invalidRequest, .security, .cancelled,
        ]
    )
    func terminal(category: ModelError.Category) async {
        provider.script(.codestral2501, .failure(ModelError(category, "no")))
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator().respond(to: ModelRequest("x", task: .codeGeneration))
        }
        #expect(error?.category == category)
        #expect(error?.model == .codestral2501)
        #expect(provider.attempts.count == 1)
    }

    @Test("Retry-After is waited out, never undercut")
    func retryAfter() async throws {
        var limited = ModelError(.rateLimit, "slow down")
        limited.retryAfter = .seconds(2)
        provider.script(.gpt4o, .failure(limited), .text("hello"))
        let response = try await orchestrator().respond(to: ModelRequest("x", model: .gpt4o))
        #expect(response.content == "hello")
        #expect(time.waits == [.seconds(2)])
    }

    @Test("a wait beyond the deadline means the next model at once")
    func waitBeyondDeadline() async throws {
        var limited = ModelError(.rateLimit, "slow down")
        limited.retryAfter = .seconds(30)
        provider.script(.codestral2501, .failure(limited))
        var request = ModelRequest("x", task: .codeGeneration)
        request.timeout = .seconds(20)
        let response = try await orchestrator().respond(to: request)
        #expect(response.modelUsed == .gpt4o)
        #expect(time.waits.isEmpty)
    }

    @Test("one attempt budget covers retries and fallbacks together")
    func attemptBudget() async {
        let failure = ScriptedProvider.Step.failure(ModelError(.upstream, "503"))
        for model in ModelID.portfolio { provider.script(model, failure, failure, failure) }
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator { $0.maximumAttempts = 5 }.respond(to: ModelRequest("x", task: .codeGeneration))
        }
        #expect(provider.attempts.count == 5)
        #expect(error?.trace?.attempts.count == 5)
    }

    @Test("a named model falls back only when that is allowed", arguments: [nil, false, true])
    func namedModel(allowed: Bool?) async throws {
        provider.script(.gpt4o, .failure(ModelError(.retired, "gone")))
        var request = ModelRequest("x", model: .gpt4o)
        request.fallback = allowed.map { $0 ? .byTask : .never }
        if allowed == true {
            #expect(try await orchestrator().respond(to: request).modelUsed == .gpt4oMini)
        } else {
            let error = await #expect(throws: ModelError.self) { try await orchestrator().respond(to: request) }
            #expect(error?.category == .retired)
        }
    }

    @Test("a model that keeps failing is left alone for a while, and asked again after it")
    func circuit() async throws {
        let time = ManualTimeSource(autoAdvancing: true)
        let orchestrator = ModelOrchestrator(providers: [provider], time: time, random: FixedRandomSource())
        let failure = ScriptedProvider.Step.failure(ModelError(.upstream, "503"))
        provider.script(.codestral2501, failure, failure, failure, failure, failure)
        let request = ModelRequest("x", task: .codeGeneration)
        for _ in 0..<15 { #expect(try await orchestrator.respond(to: request).modelUsed == .gpt4o) }
        #expect(provider.attempts.filter { $0.model.id == .codestral2501 }.count == 5)
        let passedOver = try await orchestrator.respond(to: request)
        #expect(passedOver.trace.candidates.first?.rejection?.hasPrefix("not asked") == true)
        time.advance(by: .seconds(61))
        #expect(try await orchestrator.respond(to: request).modelUsed == .codestral2501)
    }

    @Test("a named model whose circuit is open is refused with the time of the next probe, and costs nothing")
    func circuitOpen() async throws {
        let failure = ScriptedProvider.Step.failure(ModelError(.timeout, "silent"))
        provider.script(.gpt4o, failure, failure, failure, failure, failure)
        let orchestrator = orchestrator()
        for _ in 0..<5 { _ = try? await orchestrator.respond(to: ModelRequest("x", model: .gpt4o)) }
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o))
        }
        #expect(error?.code == "circuit_open")
        #expect(error?.retryAfter == .seconds(60))
        #expect(provider.attempts.count == 5)
    }

    @Test("a fallback that does not know the model does not hide that the first one is busy")
    func tellingFailure() async {
        var limited = ModelError(.rateLimit, "busy")
        limited.retryAfter = .seconds(3_600)
        provider.script(.codestral2501, .failure(limited))
        for model in [ModelID.gpt4o, .llama31x70B, .gpt4oMini] {
            provider.script(model, .failure(ModelError(.modelUnavailable, "unknown")))
        }
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator().respond(to: ModelRequest("x", task: .codeGeneration))
        }
        #expect(error?.category == .rateLimit)
        #expect(error?.retryAfter == .seconds(3_600))
        #expect(error?.trace?.attempts.count == 4)
    }

    @Test("an answer without choices is a failure of the service, not an answer")
    func emptyChoices() async throws {
        let empty = try ScriptedAnswer.document(#"{"choices":[]}"#)
        provider.script(.gpt4o, .document(empty), .text("hello"))
        let response = try await orchestrator().respond(to: ModelRequest("x", model: .gpt4o))
        #expect(response.content == "hello")
        #expect(response.trace.attempts[0].failure == .upstream)
    }

    @Test("a caller who leaves during a wait ends it, and nothing more is sent")
    func cancelledWhileWaiting() async {
        let time = ManualTimeSource()
        provider.script(.gpt4o, .failure(ModelError(.upstream, "503")))
        let orchestrator = ModelOrchestrator(providers: [provider], time: time, random: FixedRandomSource())
        let outcome = await withTaskGroup(of: ModelError.Category?.self) { group in
            group.addTask {
                do throws(ModelError) {
                    _ = try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o))
                    return nil
                } catch {
                    return error.category
                }
            }
            await time.sleepers(atLeast: 1)
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(outcome == .cancelled)
        #expect(provider.attempts.count == 1)
    }

    @Test("a caller who leaves while the provider is silent cancels the attempt")
    func cancelledWhileSilent() async {
        provider.script(.gpt4o, .silence)
        let orchestrator = orchestrator()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await orchestrator.respond(to: ModelRequest("x", model: .gpt4o)) }
            await provider.attempts(atLeast: 1)
            group.cancelAll()
        }
        #expect(provider.cancellations == 1)
        #expect(provider.attempts.count == 1)
    }
}
