import Aurelis
import Testing

@testable import AurelisProviders

@Suite("What is known of a model")
struct ModelFactsTests {
    private func model(
        _ id: ModelID,
        at preset: String,
        for operation: ModelOperation = .chatCompletion,
        _ change: (inout ProviderSettings) -> Void = { _ in }
    ) throws -> ProviderModel {
        var settings = ProviderSettings(id: "test", preset: try .named(preset))
        change(&settings)
        return try #require(ModelNames(settings).model(id, for: operation))
    }

    @Test("the preset's facts are the model's, by each of its names", arguments: ["gpt-4o", "openai/gpt-4o", "GPT-4O"])
    func preset(_ spelling: String) throws {
        let model = try model(ModelID(spelling), at: "github-models")
        #expect(model.capabilities == [.streaming, .tools, .vision, .jsonSchema])
        #expect(model.inputLimit == 131_072)
        #expect(model.outputLimit == 16_384)
        #expect(model.price == TokenPrice(input: 2_500_000, cachedInput: 1_250_000, output: 10_000_000))
        #expect(model.prefill == nil)
    }

    @Test(
        "a plan allows what it says, or the model's own limit where that is less",
        arguments: [
            (.gpt4o, .chatCompletion, nil, 131_072, 16_384), (.gpt4o, .chatCompletion, "free", 8_000, 4_000),
            (.gpt4o, .chatCompletion, "enterprise", 16_000, 8_000),
            (.gpt4oMini, .chatCompletion, "enterprise", 8_000, 4_096),
            (.codestral2501, .chatCompletion, nil, 256_000, 4_096),
            ("text-embedding-3-small", .embedding, nil, nil, nil),
            ("text-embedding-3-small", .embedding, "pro", 64_000, nil),
            ("openai/gpt-4.1", .chatCompletion, "free", nil, nil),
        ] as [(ModelID, ModelOperation, String?, Int?, Int?)]
    )
    func plan(_ id: ModelID, _ operation: ModelOperation, _ plan: String?, _ input: Int?, _ output: Int?) throws {
        let model = try model(id, at: "github-models", for: operation) { $0.plan = plan }
        #expect(model.inputLimit == input)
        #expect(model.outputLimit == output)
    }

    @Test("what a configuration does not say of a model, the preset does")
    func inherited() throws {
        let renamed = try model(.gpt4o, at: "openai") { $0.models = [.gpt4o: "my-deployment"] }
        var expected = try model(.gpt4o, at: "openai")
        expected.wireName = "my-deployment"
        #expect(renamed == expected)

        let price = TokenPrice(input: 1, output: 2)
        let changed = try model(.gpt4o, at: "openai") {
            $0.models = [.gpt4o: ModelSettings(capabilities: .streaming, inputLimit: 9, outputLimit: 8, price: price)]
        }
        #expect(
            changed
                == ProviderModel(
                    id: .gpt4o,
                    wireName: "gpt-4o",
                    capabilities: .streaming,
                    inputLimit: 9,
                    outputLimit: 8,
                    price: price
                )
        )
    }

    @Test("a model that only the configuration knows has only its facts")
    func configured() throws {
        let bare = try model("Own", at: "openai") { $0.models = ["Own": ModelSettings()] }
        #expect(bare == ProviderModel(id: "own", wireName: "Own"))
        // Whoever calls it as the provider does means the same model, with its rules.
        for name: ModelID in ["own", "own-1"] {
            let known = try model(name, at: "custom") {
                $0.models = ["own": ModelSettings(wireName: "Own-1", capabilities: [.tools])]
            }
            #expect(known == ProviderModel(id: "own", wireName: "Own-1", capabilities: [.tools]))
        }
    }

    @Test(
        "a provider that goes on with answers does so with all its chat models",
        arguments: [
            ("vllm", "Qwen/Qwen3-0.6B", .chatCompletion, .continues), ("vllm", "bge-m3", .embedding, nil),
            ("ollama", "llama-3.1-70b", .chatCompletion, .continues),
            ("mistral", "mistral-nemo", .chatCompletion, .repeats),
            ("mistral", "mistral-small-latest", .chatCompletion, .repeats),
            ("mistral", "mistral-embed", .embedding, nil),
            ("openai", "gpt-4o", .chatCompletion, nil), ("custom", "any", .chatCompletion, nil),
        ] as [(String, ModelID, ModelOperation, AssistantPrefill?)]
    )
    func prefill(
        _ preset: String,
        _ id: ModelID,
        _ operation: ModelOperation,
        _ expected: AssistantPrefill?
    ) throws {
        #expect(try model(id, at: preset, for: operation).prefill == expected)
    }

    @Test("a configuration says it of a provider; of one model only what comes back")
    func configuredPrefill() throws {
        let custom = try model("any", at: "custom") { $0.prefill = .init(style: .plain, answer: .repeats) }
        #expect(custom.prefill == .repeats)
        let other = try model("any", at: "vllm") { $0.models = ["any": ModelSettings(prefill: .repeats)] }
        #expect(other.prefill == .repeats)
        let unknown = try model("any", at: "custom") { $0.models = ["any": ModelSettings(prefill: .repeats)] }
        #expect(unknown.prefill == nil)
    }
}
