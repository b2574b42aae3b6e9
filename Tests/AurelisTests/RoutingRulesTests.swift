import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Routing: strategies, capabilities, aliases and fallbacks")
struct RoutingRulesTests {
    private let time = ManualTimeSource(autoAdvancing: true)

    private func orchestrator(
        _ providers: [any ModelProvider],
        _ change: (inout OrchestratorConfiguration) -> Void = { _ in }
    ) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        change(&configuration)
        return ModelOrchestrator(
            providers: providers,
            configuration: configuration,
            time: time,
            random: FixedRandomSource()
        )
    }

    private func model(
        _ id: ModelID,
        _ capabilities: ModelCapabilities? = nil,
        input: Int? = nil,
        price: Int64? = nil
    ) -> ProviderModel {
        ProviderModel(
            id: id,
            wireName: id.canonical,
            capabilities: capabilities,
            inputLimit: input,
            price: price.map { TokenPrice(input: $0, output: $0) }
        )
    }

    private func names(_ candidates: [RouteTrace.Candidate]) -> [String] {
        candidates.filter { $0.rejection == nil }.map { "\($0.model)" }
    }

    // MARK: Strategies

    @Test("by cost the cheapest comes first, unknown prices last")
    func cost() throws {
        let provider = ScriptedProvider(serving: [model("a", price: 30), model("b"), model("c", price: 10)])
        let orchestrator = orchestrator([provider]) {
            $0.routing = RoutingTable(replacing: [.general: ["a", "b", "c"]], globalFallback: nil)
            $0.strategy = .cost
        }
        #expect(names(try orchestrator.candidates(for: ModelRequest("x"))) == ["c", "a", "b"])
        var request = ModelRequest("x")
        request.strategy = .preference
        #expect(names(try orchestrator.candidates(for: request)) == ["a", "b", "c"])
    }

    @Test(
        "by performance the route that answers faster and more reliably comes first, and the unmeasured get their chance"
    )
    func performance() throws {
        let provider = ScriptedProvider(models: ["slow", "new", "fast", "flaky"])
        let orchestrator = orchestrator([provider]) {
            $0.routing = RoutingTable(replacing: [.general: ["slow", "new", "flaky", "fast"]], globalFallback: nil)
            $0.strategy = .performance
        }
        func observe(_ model: ModelID, _ outcome: CircuitBreaker.Outcome, _ duration: Duration) {
            let route = Route(provider: "scripted", model: model)
            guard case .admitted(let permit) = orchestrator.health.admit(route, at: time.now) else { return }
            let lesson = RouteHealth.Lesson(outcome: outcome, duration: duration, isStream: false, pause: nil)
            orchestrator.health.settle(permit, of: route, lesson, at: time.now)
        }
        observe("slow", .success, .seconds(5))
        observe("fast", .success, .seconds(1))
        observe("flaky", .success, .milliseconds(500))
        for _ in 0..<3 { observe("flaky", .fault, .milliseconds(500)) }
        #expect(names(try orchestrator.candidates(for: ModelRequest("x"))) == ["new", "fast", "flaky", "slow"])
    }

    @Test("by quota the provider that has most left comes first")
    func quota() throws {
        let providers = [HeadroomProvider("tight", 0.1), HeadroomProvider("roomy", 0.9)]
        let orchestrator = orchestrator(providers) { $0.strategy = .quota }
        let candidates = try orchestrator.candidates(for: ModelRequest("x", model: .gpt4o))
        #expect(candidates.map(\.provider) == ["roomy", "tight"])
    }

    @Test("the global fallback stays the last resort under every strategy", arguments: RoutingStrategy.allCases)
    func lastResort(strategy: RoutingStrategy) throws {
        let provider = ScriptedProvider(serving: [model("dear", price: 90), model("last", price: 1)])
        let orchestrator = orchestrator([provider]) {
            $0.routing = RoutingTable(replacing: [.general: ["dear"]], globalFallback: "last")
            $0.strategy = strategy
        }
        #expect(names(try orchestrator.candidates(for: ModelRequest("x"))) == ["dear", "last"])
    }

    // MARK: Eligibility

    @Test(
        "a model that is known to lack what the request needs is ruled out, and the reason is told",
        arguments: [
            (#""tools":[{"type":"function"}]"#, "it cannot do tools"),
            (#""response_format":{"type":"json_schema"}"#, "it cannot do json_schema"),
            (#""messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]"#, "it cannot do vision"),
            (#""stream":true"#, "it cannot do streaming"),
            (#""tools":[]"#, nil), (#""response_format":{"type":"json_object"}"#, nil),
        ]
    )
    func capabilities(member: String, reason: String?) throws {
        let provider = ScriptedProvider(serving: [
            model("poor", []), model("rich", [.streaming, .tools, .vision, .jsonSchema]), model("unknown"),
        ])
        let orchestrator = orchestrator([provider]) {
            $0.routing = RoutingTable(replacing: [.general: ["poor", "rich", "unknown"]], globalFallback: nil)
        }
        let messages = member.contains("messages") ? "" : #","messages":[{"role":"user","content":"x"}]"#
        let body = try JSONDocument(Array(#"{"model":"auto",\#(member)\#(messages)}"#.utf8))
        let call = try ModelCall(reading: body, operation: .chatCompletion, options: .init(task: .general))
        let candidates = try orchestrator.candidates(for: call)
        #expect(candidates.first { $0.model == "poor" }?.rejection == reason)
        #expect(names(candidates).suffix(2) == ["rich", "unknown"])
    }

    @Test("a prompt that cannot fit is not sent, and a larger window is taken instead")
    func inputLimit() async throws {
        let provider = ScriptedProvider(serving: [model("small", input: 16), model("large", input: 10_000)])
        let orchestrator = orchestrator([provider]) {
            $0.routing = RoutingTable(replacing: [.general: ["small", "large"]], globalFallback: nil)
        }
        #expect(try await orchestrator.respond(to: ModelRequest("short")).modelUsed == "small")
        let long = String(repeating: "abcdefgh", count: 11)
        #expect(try await orchestrator.respond(to: ModelRequest(long)).modelUsed == "large")
        #expect(provider.attempts.count == 2)
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator.respond(to: ModelRequest(long, model: "small"))
        }
        #expect(error?.category == .contextLength)
        #expect(error?.message == "the prompt has at least 17 tokens, and it takes 16: nothing was sent")
    }

    @Test("a model whose vocabulary is known is refused by what the prompt has, not by the least it may have")
    func exactInputLimit() throws {
        var tokenizers = ModelTokenizers()
        let vocabulary = try BytePairVocabulary(tiktoken: BytePairTokenizerTests.file([Array("aa".utf8)]))
        tokenizers.add(BytePairTokenizer(vocabulary, pattern: .o200k), for: ["exact"])
        let orchestrator = ModelOrchestrator(
            providers: [ScriptedProvider(serving: [model("exact", input: 20), model("other", input: 20)])],
            tokenizers: tokenizers
        )
        func rejection(_ length: Int, _ name: String) throws -> String? {
            let prompt = String(repeating: "a", count: length)
            let body = #"{"model":"\#(name)","messages":[{"role":"user","content":"\#(prompt)"}]}"#
            let call = try ModelCall(reading: JSONDocument(Array(body.utf8)), operation: .chatCompletion)
            do throws(ModelError) {
                _ = try orchestrator.candidates(for: call)
                return nil
            } catch { return error.message }
        }
        // Seven tokens go to the message itself.
        #expect(try rejection(26, "exact") == nil)
        #expect(try rejection(28, "exact") == "the prompt has 21 tokens, and it takes 20: nothing was sent")
        #expect(try rejection(28, "other") == nil)
    }

    @Test("after a context overflow only larger or unknown windows are asked")
    func contextLength() async throws {
        let provider = ScriptedProvider(
            serving: [model("a", input: 8_000), model("b", input: 4_000), model("c", input: 16_000)]
        )
        provider.script("a", .failure(ModelError(.contextLength, "too long")))
        let orchestrator = orchestrator([provider]) {
            $0.routing = RoutingTable(replacing: [.general: ["a", "b", "c"]], globalFallback: nil)
        }
        let response = try await orchestrator.respond(to: ModelRequest("x"))
        #expect(provider.attempts.map(\.model.id) == ["a", "c"])
        #expect(response.trace.candidates[1].rejection == "its window is no larger than the one that was too small")
    }

    @Test("a provider that has retired is never asked; when nobody else is left, the error says so and costs nothing")
    func retired() async throws {
        let gone = RetiredProvider()
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator([gone]).respond(to: ModelRequest("x", task: .codeGeneration))
        }
        #expect(error?.category == .retired)
        #expect(error?.hint == "go elsewhere")
        #expect(error?.trace?.attempts.isEmpty == true)
        let response = try await orchestrator([gone, ScriptedProvider()]).respond(to: ModelRequest("x", model: .gpt4o))
        #expect(response.provider == "scripted")
        #expect(response.trace.candidates.first?.rejection == "gone for good")
    }

    // MARK: Names

    @Test("an alias stands for a model, or for several in the order of preference")
    func aliases() throws {
        let orchestrator = orchestrator([ScriptedProvider()]) {
            $0.routing.aliases = ["fast": [.gpt4oMini, .mistralNemo], "gpt-4o": [.gpt4o, .mistralLarge]]
        }
        #expect(
            names(try orchestrator.candidates(for: ModelRequest("x", model: "fast"))) == [
                "gpt-4o-mini", "mistral-nemo",
            ]
        )
        #expect(
            names(try orchestrator.candidates(for: ModelRequest("x", model: .gpt4o))) == ["gpt-4o", "mistral-large"]
        )
        #expect(
            names(try orchestrator.candidates(for: ModelRequest("x", task: .complexReasoning)))
                == ["gpt-4o", "mistral-large", "llama-3.1-405b", "gpt-4o-mini"]
        )
    }

    @Test("fallbacks of a named model: its equivalents, then those of the request, or else of the task")
    func fallbacks() throws {
        let orchestrator = orchestrator([ScriptedProvider()]) { $0.routing.equivalents = [[.gpt4o, .mistralLarge]] }
        var request = ModelRequest("x", task: .documentation, model: .gpt4o)
        #expect(names(try orchestrator.candidates(for: request)) == ["gpt-4o"])
        request.fallback = .byTask
        #expect(
            names(try orchestrator.candidates(for: request))
                == ["gpt-4o", "mistral-large", "command-r", "command-r-plus", "gpt-4o-mini"]
        )
        request.fallback = .models([.mistralNemo])
        #expect(names(try orchestrator.candidates(for: request)) == ["gpt-4o", "mistral-large", "mistral-nemo"])
        request.model = nil
        request.fallback = .never
        #expect(names(try orchestrator.candidates(for: request)) == ["command-r"])
    }

    // MARK: Pauses

    @Test("a model that asked for a pause is left alone by every request, and others answer meanwhile")
    func pausedForAll() async throws {
        let provider = ScriptedProvider()
        let time = ManualTimeSource()
        let orchestrator = ModelOrchestrator(providers: [provider], time: time, random: FixedRandomSource())
        var limited = ModelError(.rateLimit, "slow down")
        limited.retryAfter = .seconds(90)
        provider.script(.codestral2501, .failure(limited))
        let request = ModelRequest("x", task: .codeGeneration)
        for _ in 0..<4 { #expect(try await orchestrator.respond(to: request).modelUsed == .gpt4o) }
        #expect(provider.attempts.filter { $0.model.id == .codestral2501 }.count == 1)
        let candidates = try orchestrator.candidates(for: request)
        #expect(candidates.first?.deferral == "rate-limited, for 90 s asked last")
        time.advance(by: .seconds(90))
        #expect(try await orchestrator.respond(to: request).modelUsed == .codestral2501)
    }

    @Test("a request with nobody else to ask waits the pause out, never less, and costs one attempt")
    func waitsForPause() async throws {
        let provider = ScriptedProvider()
        let orchestrator = orchestrator([provider])
        var limited = ModelError(.rateLimit, "slow down")
        limited.retryAfter = .seconds(8)
        provider.script(.gpt4o, .failure(limited))
        var request = ModelRequest("x", model: .gpt4o)
        request.timeout = .seconds(5)
        await #expect(throws: ModelError.self) { try await orchestrator.respond(to: request) }
        request.timeout = nil
        let response = try await orchestrator.respond(to: request)
        #expect(response.attempts == 1)
        #expect(time.waits == [.seconds(9)])
        #expect(provider.attempts.count == 2)
    }

    @Test("a pause beyond the request's time is refused at once with the time that is left")
    func pauseTooLong() async throws {
        let provider = ScriptedProvider()
        let orchestrator = orchestrator([provider])
        var limited = ModelError(.rateLimit, "tomorrow")
        limited.retryAfter = .seconds(7_200)
        provider.script(.gpt4o, .failure(limited))
        for _ in 0..<3 {
            let error = await #expect(throws: ModelError.self) {
                try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o))
            }
            #expect(error?.category == .rateLimit)
            #expect(error?.retryAfter == .seconds(7_200))
        }
        #expect(provider.attempts.count == 1)
    }
}

/// A provider that reports how much is left.
private struct HeadroomProvider: ModelProvider {
    let id: ProviderID
    let share: Double
    let models: [ProviderModel] = []

    init(_ id: ProviderID, _ share: Double) {
        self.id = id
        self.share = share
    }

    func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        ProviderModel(id: id, wireName: id.canonical)
    }

    func headroom(of model: ProviderModel) -> Double? { share }

    func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer { throw ModelError(.upstream, "") }
}

/// A provider that is no more.
private struct RetiredProvider: ModelProvider {
    let id: ProviderID = "gone"
    let models: [ProviderModel] = []
    let outage: ModelError? = ModelError(.retired, "gone for good", hint: "go elsewhere")

    func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        ProviderModel(id: id, wireName: id.canonical)
    }

    func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer { throw ModelError(.upstream, "") }
}
