import Aurelis
import AurelisJSON
import AurelisTesting
import Testing

@Suite("Routing")
struct RoutingTests {
    @Test("a model that nobody serves is told with the one that was probably meant")
    func mistypedModel() async throws {
        let orchestrator = ModelOrchestrator(providers: [ScriptedProvider(models: [.gpt4o, .gpt4oMini])])
        for (name, hint) in [("gpt4o", #"did you mean "gpt-4o"?"#), ("something else", "`aurelis models` lists")] {
            var request = ModelRequest("x", model: ModelID(name))
            request.fallback = .never
            let error = await #expect(throws: ModelError.self) { _ = try await orchestrator.respond(to: request) }
            #expect(error?.hint?.hasPrefix(hint) == true, "\(error?.hint ?? "")")
        }
    }

    @Test("every task has models, and no model twice", arguments: TaskType.allCases)
    func total(task: TaskType) {
        let row = RoutingTable.standard[task]
        #expect(!row.isEmpty)
        #expect(Set(row).count == row.count)
    }

    @Test("a replaced row leaves the others")
    func replacing() {
        let table = RoutingTable(replacing: [.testing: ["my-model"]])
        #expect(table[.testing] == ["my-model"])
        #expect(table[.debugging] == RoutingTable.standard[.debugging])
    }

    @Test("a task goes to its first model that a provider serves")
    func preference() async throws {
        let provider = ScriptedProvider(models: [.gpt4o, .llama31x70B])
        let orchestrator = ModelOrchestrator(providers: [provider])
        let response = try await orchestrator.respond(to: ModelRequest("x", task: .codeGeneration))
        #expect(response.modelUsed == .gpt4o)
        #expect(response.modelRequested == nil)
        #expect(response.trace.candidates.first?.model == .codestral2501)
        #expect(response.trace.candidates.first?.rejection == "no configured provider serves it")
    }

    @Test("the global fallback closes every row")
    func globalFallback() async throws {
        let orchestrator = ModelOrchestrator(providers: [ScriptedProvider(models: [.gpt4oMini])])
        let response = try await orchestrator.respond(to: ModelRequest("x", task: .refactoring))
        #expect(response.modelUsed == .gpt4oMini)
    }

    @Test("no eligible model is an error that names every candidate")
    func noCandidate() async {
        let orchestrator = ModelOrchestrator(providers: [ScriptedProvider(models: ["other"])])
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator.respond(to: ModelRequest("x", task: .documentation))
        }
        #expect(error?.category == .modelUnavailable)
        for model in ["command-r", "command-r-plus", "gpt-4o-mini"] {
            #expect(error?.message.contains(model) == true)
        }
    }

    @Test("a named model that nobody serves is an error, not another model")
    func unknownModel() async {
        let provider = ScriptedProvider(models: [.gpt4oMini])
        let orchestrator = ModelOrchestrator(providers: [provider])
        let error = await #expect(throws: ModelError.self) {
            try await orchestrator.respond(to: ModelRequest("x", model: "gpt-9"))
        }
        #expect(error?.category == .modelUnavailable)
        #expect(provider.attempts.isEmpty)
    }

    @Test("the first provider that serves a model is preferred, the next one is its fallback")
    func twoProviders() async throws {
        let first = ScriptedProvider("first", models: [.gpt4o])
        let second = ScriptedProvider("second", models: [.gpt4o])
        first.script(.gpt4o, .failure(ModelError(.timeout, "silent")))
        let orchestrator = ModelOrchestrator(providers: [first, second])
        let response = try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o))
        #expect(response.provider == "second")
        #expect(first.attempts.count == 1)
    }
}
