import Aurelis
import Testing

@testable import AurelisProviders

@Suite("Names of models on the wire")
struct ModelNamesTests {
    private func names(
        _ preset: String,
        _ change: (inout ProviderSettings) -> Void = { _ in }
    ) throws -> ModelNames {
        var settings = ProviderSettings(id: "test", preset: try .named(preset))
        change(&settings)
        return ModelNames(settings)
    }

    @Test(
        "every spelling of a model reaches the name of the host",
        arguments: ["codestral-2501", "Codestral-2501", "mistral-ai/codestral-2501", "MISTRAL-AI/Codestral-2501"]
    )
    func aliases(_ spelling: String) throws {
        #expect(
            try names("github-models").model(ModelID(spelling), for: .chatCompletion)?.wireName
                == "mistral-ai/codestral-2501"
        )
        #expect(
            try names("github-models-legacy").model(ModelID(spelling), for: .chatCompletion)?.wireName
                == "Codestral-2501"
        )
    }

    @Test(
        "a model that is not listed is asked for as it was spelled, where that can work",
        arguments: [
            ("github-models", "openai/GPT-4.1", "openai/GPT-4.1"), ("github-models", "gpt-4.1", nil),
            ("github-models", "/gpt-4.1", nil), ("github-models-legacy", "gpt-4.1", "gpt-4.1"),
            ("openai", "gpt-5.1", "gpt-5.1"), ("openai", "codestral-2501", nil),
            ("openai", "mistral-ai/mistral-nemo", nil),
            ("gemini", "gemini-2.5-pro", "gemini-2.5-pro"), ("gemini", "gpt-4o", nil),
            ("vllm", "Qwen/Qwen3-0.6B", "Qwen/Qwen3-0.6B"), ("vllm", "gpt-4o", "gpt-4o"), ("custom", "", nil),
            ("ollama", "llama-3.1-70b", "llama3.1:70b"), ("ollama", "qwen3:8b", "qwen3:8b"),
            ("groq", "llama-3.1-70b", "llama-3.3-70b-versatile"), ("mistral", "mistral-nemo", "open-mistral-nemo"),
            ("foundry", "gpt-4o", "gpt-4o"), ("foundry", "my-deployment", "my-deployment"),
        ] as [(String, String, String?)]
    )
    func unlisted(_ preset: String, _ model: String, _ wire: String?) throws {
        #expect(try names(preset).model(ModelID(model), for: .chatCompletion)?.wireName == wire)
    }

    @Test("an embedding model is not asked to chat, nor the reverse")
    func operations() throws {
        let names = try names("openai")
        #expect(names.model("text-embedding-3-small", for: .chatCompletion) == nil)
        #expect(names.model("text-embedding-3-small", for: .embedding)?.wireName == "text-embedding-3-small")
        #expect(names.model(.gpt4o, for: .embedding) == nil)
    }

    @Test("the configuration's names win, and name models that are then served")
    func overrides() throws {
        let names = try names("openai") { $0.models = [.gpt4o: "my-4o", .codestral2501: "my-code", "own": "Own-1"] }
        #expect(names.model("openai/gpt-4o", for: .chatCompletion)?.wireName == "my-4o")
        #expect(names.model(.codestral2501, for: .chatCompletion)?.wireName == "my-code")
        #expect(names.model("OWN", for: .embedding)?.wireName == "Own-1")
        #expect(
            names.served.map(\.wireName) == [
                "gpt-4o-mini", "text-embedding-3-small", "text-embedding-3-large", "my-code", "my-4o", "Own-1",
            ]
        )
    }

    @Test("only models known to be served are listed", arguments: ["ollama", "foundry", "vllm", "custom"])
    func offered(_ preset: String) throws {
        #expect(try names(preset).served.isEmpty)
    }

    @Test("a stand-in is asked for by the model it stands in for, and can be named itself")
    func standIn() throws {
        let names = try names("mistral")
        #expect(names.model(.codestral2501, for: .chatCompletion)?.wireName == "codestral-2508")
        #expect(names.model("codestral-2508", for: .chatCompletion)?.id == "codestral-2508")
    }
}
