import Aurelis
import AurelisTransport
import Testing

@testable import AurelisProviders

@Suite("Presets")
struct PresetTests {
    @Test("every preset decodes, and its name is its file's", arguments: ProviderPreset.names)
    func decodes(_ name: String) throws {
        #expect(try ProviderPreset.named(name).id == name)
    }

    @Test("the eleven presets are there")
    func names() throws {
        #expect(
            Set(ProviderPreset.names) == [
                "github-models", "github-models-legacy", "foundry", "openai", "openrouter", "groq", "gemini", "mistral",
                "ollama", "vllm", "custom",
            ]
        )
        #expect(try ProviderPreset.all().count == 11)
    }

    @Test("a preset reaches its own server, encrypted unless it is this machine", arguments: ProviderPreset.names)
    func address(_ name: String) throws {
        let preset = try ProviderPreset.named(name)
        for path in [preset.paths.chat, preset.paths.embeddings, preset.paths.models] { #expect(path.hasPrefix("/")) }
        guard var url = preset.baseURL else {
            #expect(name == "custom")
            return
        }
        for placeholder in preset.placeholders.keys {
            #expect(url.contains("<\(placeholder)>"))
            url.replace("<\(placeholder)>", with: "example")
        }
        let (origin, path) = try HTTPOrigin.split(url)
        #expect(origin.scheme == .https || origin.host == "127.0.0.1")
        #expect(url == "\(origin)\(path)")
    }

    @Test("variables are spelled as environments spell them; who needs a credential names one")
    func variables() throws {
        for preset in try ProviderPreset.all() {
            for variable in preset.credential.environment {
                #expect(variable.utf8.allSatisfy { ASCII.isDigit($0) || $0 == UInt8(ascii: "_") || (65...90) ~= $0 })
            }
            #expect(!preset.credential.isRequired || !preset.credential.environment.isEmpty)
            #expect(preset.documentation.hasPrefix("https://"))
        }
    }

    @Test("both GitHub hosts serve the nine models, each by its own name")
    func gitHubModels() throws {
        let current = try ProviderPreset.named("github-models").models.prefix(9)
        #expect(
            current.map(\.wireName) == [
                "mistral-ai/codestral-2501", "openai/gpt-4o", "openai/gpt-4o-mini", "cohere/cohere-command-r",
                "cohere/cohere-command-r-plus", "meta/meta-llama-3.1-70b-instruct",
                "meta/meta-llama-3.1-405b-instruct", "mistral-ai/mistral-large", "mistral-ai/mistral-nemo",
            ]
        )
        let legacy = try ProviderPreset.named("github-models-legacy").models.prefix(9)
        #expect(
            legacy.map(\.wireName) == [
                "Codestral-2501", "gpt-4o", "gpt-4o-mini", "Cohere-command-r", "Cohere-command-r-plus",
                "Meta-Llama-3.1-70B-Instruct", "Meta-Llama-3.1-405B-Instruct", "Mistral-large", "Mistral-Nemo",
            ]
        )
        #expect(current.map(\.id) == ModelID.portfolio)
        #expect(legacy.map(\.id) == ModelID.portfolio)
        #expect(current.map(\.rateTier) == ["low", "high", "low", "low", "high", "high", "high", "high", "low"])
        #expect(current.map(\.inputTokens) == [256_000] + Array(repeating: 131_072, count: 8))
        #expect(current.filter { $0.successor == nil }.map(\.id) == [.llama31x405B])
    }

    @Test("the quota tiers are those of the platform's table")
    func quotas() throws {
        let tiers = try ProviderPreset.named("github-models").rateTiers
        let plans = ["free", "pro", "business", "enterprise"]
        #expect(plans.map { tiers["low"]?[$0]?.requestsPerMinute } == [15, 15, 15, 20])
        #expect(plans.map { tiers["low"]?[$0]?.requestsPerDay } == [150, 150, 300, 450])
        #expect(plans.map { tiers["low"]?[$0]?.outputTokens } == [4000, 4000, 4000, 8000])
        #expect(plans.map { tiers["high"]?[$0]?.requestsPerMinute } == [10, 10, 10, 15])
        #expect(plans.map { tiers["high"]?[$0]?.requestsPerDay } == [50, 50, 100, 150])
        #expect(plans.map { tiers["high"]?[$0]?.inputTokens } == [8000, 8000, 8000, 16000])
        #expect(plans.map { tiers["high"]?[$0]?.concurrent } == [2, 2, 2, 4])
        #expect(plans.map { tiers["embeddings"]?[$0]?.inputTokens } == [64000, 64000, 64000, 64000])
        #expect(plans.map { tiers["embeddings"]?[$0]?.outputTokens } == [nil, nil, nil, nil])
        #expect(plans.map { tiers["reasoning"]?[$0]?.requestsPerDay } == [nil, 8, 10, 12])
        #expect(plans.map { tiers["reasoning-mini"]?[$0]?.requestsPerDay } == [nil, 12, 15, 20])
        #expect(try ProviderPreset.named("github-models-legacy").rateTiers == tiers)
    }

    @Test("prices are known for the models that had one, and for no other")
    func prices() throws {
        let models = try ProviderPreset.named("github-models").models
        let price = models.first { $0.id == .gpt4o }?.price
        #expect(price == TokenPrice(input: 2_500_000, cachedInput: 1_250_000, output: 10_000_000))
        #expect(models.filter { $0.price != nil }.map(\.id) == [.gpt4o, .gpt4oMini])
    }

    @Test("what a model is said to be able to do is all it can do; of the others nobody says anything")
    func capabilities() throws {
        let all: ModelCapabilities = [.streaming, .tools, .vision, .jsonSchema]
        let known: [String: [ModelID: ModelCapabilities]] = [
            "github-models": [
                .gpt4o: all, .gpt4oMini: all, .llama31x70B: .streaming, .llama31x405B: .streaming,
            ],
            "openai": [.gpt4o: all, .gpt4oMini: all],
            "openrouter": [.gpt4o: all, .gpt4oMini: all],
            "groq": [.llama31x70B: [.streaming, .tools]],
            "mistral": [
                .codestral2501: all.subtracting(.vision), .mistralLarge: all, .mistralNemo: all.subtracting(.vision),
            ],
        ]
        for preset in try ProviderPreset.all() {
            let name = preset.id == "github-models-legacy" ? "github-models" : preset.id
            for model in preset.models { #expect(model.capabilities == known[name]?[model.id], "\(name) \(model.id)") }
        }
    }

    @Test("who goes on with an answer that was begun, and how")
    func prefill() throws {
        let ways: [String: ProviderPreset.Prefill] = [
            "mistral": .init(style: .prefix, answer: .repeats),
            "vllm": .init(style: .continueFinalMessage, answer: .continues),
            "ollama": .init(style: .plain, answer: .continues),
        ]
        for preset in try ProviderPreset.all() { #expect(preset.prefill == ways[preset.id], "\(preset.id)") }
    }

    @Test("who tells a stream's usage only when asked, and who refuses to be asked")
    func streamUsage() throws {
        for preset in try ProviderPreset.all() {
            let expected: ProviderPreset.StreamUsage =
                switch preset.id {
                case "mistral", "openrouter": .always
                case "gemini", "custom": .unknown
                default: .onRequest
                }
            #expect(preset.streamUsage == expected, "\(preset.id)")
        }
    }

    @Test("who knows only the older name of an answer's limit")
    func answerLimit() throws {
        let older = try ProviderPreset.all().filter { $0.answerLimit == .maxTokens }.map(\.id)
        #expect(Set(older) == ["mistral", "ollama"])
    }

    @Test("GitHub's headers tell the limits of its own deployment, and nobody else's do")
    func limitHeaders() throws {
        let silent = try ProviderPreset.all().filter { !$0.reportsLimits }.map(\.id)
        #expect(silent == ["github-models", "github-models-legacy"])
        #expect(try ProviderPreset.named("groq").limitPeriods == [.requests: .day, .tokens: .minute])
        #expect(try ProviderPreset.named("custom").limitPeriods.isEmpty)
    }

    @Test("GitHub Models knows when it ended and what to do")
    func retirement() throws {
        let retirement = try #require(try ProviderPreset.named("github-models").retirement)
        #expect(retirement.date.description == "2026-07-30")
        #expect(retirement.wayOut.contains("aurelis config init --provider openai"))
        #expect(retirement.wayOut.contains("--base-url"))
        #expect(try ProviderPreset.all().filter { $0.retirement != nil }.count == 2)
    }

    @Test(
        "a misspelt preset is refused with the one that was meant",
        arguments: [("opnai", "openai"), ("github", nil), ("github-model", "github-models"), ("Olama", "ollama")]
            as [(String, String?)]
    )
    func suggestion(_ name: String, _ meant: String?) throws {
        let error = try #require(throws: PresetError.self) { try ProviderPreset.named(name) }
        #expect(error.suggestion == meant)
        #expect(error.description.contains("unknown preset \"\(name)\""))
        #expect(error.message.contains("mistral"))
    }

    @Test("the case of a preset's name does not matter")
    func letterCase() throws {
        #expect(try ProviderPreset.named("OpenAI").id == "openai")
        #expect(ProviderPreset.exists("OLLAMA"))
        #expect(!ProviderPreset.exists("olama"))
    }
}
