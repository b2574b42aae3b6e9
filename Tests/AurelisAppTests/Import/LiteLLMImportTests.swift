import Aurelis
import AurelisProviders
import AurelisTransport
import Testing

@testable import AurelisApp

@Suite("Configurations of LiteLLM")
struct LiteLLMImportTests {
    private struct Read {
        var yaml: String
        var configuration: Configuration
        var imported: LiteLLMImport.Imported
    }

    private func read(_ text: String) throws -> Read {
        let imported = try LiteLLMImport.imported(text, file: "litellm.yaml")
        var warnings: [String] = []
        let tree = try ConfigurationTree.parsing(imported.yaml, file: "aurelis.yaml")
        let configuration = try Configuration(decoding: tree, log: SettingsLog(), warnings: &warnings)
        #expect(warnings.isEmpty)
        return Read(yaml: imported.yaml, configuration: configuration, imported: imported)
    }

    @Test("a first file: names, providers, keys in variables")
    func simple() throws {
        let read = try read(
            """
            model_list:
              - model_name: gpt-4o
                litellm_params:
                  model: openai/gpt-4o
                  api_key: os.environ/OPENAI_API_KEY
              - model_name: fast
                litellm_params:
                  model: groq/llama-3.1-8b-instant
                  api_key: os.environ/GROQ_KEY
            """
        )
        let providers = read.configuration.providers
        #expect(providers.map(\.id) == ["openai", "groq"])
        #expect(providers.map(\.apiKey) == [.environment("OPENAI_API_KEY"), .environment("GROQ_KEY")])
        #expect(providers[0].models["gpt-4o"]?.wireName == "gpt-4o")
        #expect(providers[1].models["fast"]?.wireName == "llama-3.1-8b-instant")
        #expect(
            providers.map(\.unlistedModels) == [ProviderPreset.UnlistedModels.none, ProviderPreset.UnlistedModels.none]
        )
        #expect(read.imported.models == 2 && read.imported.providers == 2 && read.imported.notes == 0)
    }

    @Test("several deployments of one name are several providers of one model, each with its limits")
    func balanced() throws {
        let read = try read(
            """
            model_list:
              - model_name: gpt-4o
                litellm_params:
                  model: azure/gpt-4o-eu
                  api_base: https://my-eu.openai.azure.com/
                  api_key: os.environ/AZURE_EU
                  api_version: "2024-02-01"
                  rpm: 6
              - model_name: gpt-4o
                litellm_params:
                  model: azure/gpt-4o-us
                  api_base: https://my-us.openai.azure.com
                  api_key: os.environ/AZURE_US
                  rpm: 600
                  tpm: 100000
              - model_name: gpt-4o
                litellm_params: { model: azure/gpt-4o-us-2, api_base: "https://my-us.openai.azure.com", api_key: os.environ/AZURE_US }
            router_settings:
              routing_strategy: usage-based-routing-v2
              num_retries: 2
              timeout: 30
            """
        )
        let providers = read.configuration.providers
        #expect(providers.map(\.id) == ["foundry", "foundry-2", "foundry-3"])
        #expect(providers.map(\.placeholders) == [["resource": "my-eu"], ["resource": "my-us"], ["resource": "my-us"]])
        #expect(providers.map { $0.models["gpt-4o"]?.wireName } == ["gpt-4o-eu", "gpt-4o-us", "gpt-4o-us-2"])
        #expect(providers[1].models["gpt-4o"]?.quota?.limits.count == 2)
        #expect(read.configuration.orchestrator.strategy == .quota)
        #expect(read.configuration.orchestrator.requestTimeout == .seconds(30))
        #expect(read.configuration.orchestrator.retry.rules[.connection]?.retries == 2)
        #expect(
            read.yaml.contains(
                "# - line 7: model_list[0].litellm_params.api_version: 2024-02-01: the v1 address needs no version"
            )
        )
    }

    @Test("a key that stands in the file gets a variable that holds no other, though that one is named only later")
    func freeVariable() throws {
        let read = try read(
            """
            model_list:
              - model_name: a
                litellm_params: { model: openai/gpt-4o, api_key: sk-proj-very-secret-1 }
              - model_name: b
                litellm_params: { model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY }
            """
        )
        #expect(
            read.configuration.providers.map(\.apiKey) == [
                .environment("OPENAI_API_KEY_2"), .environment("OPENAI_API_KEY"),
            ]
        )
        #expect(read.imported.keys == [.init(variable: "OPENAI_API_KEY_2", other: "OPENAI_API_KEY")])
        // With the preset's own address the preset's variable would be looked into first.
        #expect(read.configuration.providers.map(\.baseURL) == ["https://api.openai.com/v1", nil])
    }

    @Test("a key that stands in the file is not copied, wherever it stands")
    func literalKeys() throws {
        let read = try read(
            """
            model_list:
              - model_name: a
                litellm_params: { model: openai/gpt-4o, api_key: sk-proj-very-secret-1 }
              - model_name: b
                litellm_params: { model: openai/gpt-4o, api_key: sk-proj-very-secret-2, aws_secret_access_key: very-secret-3 }
            general_settings:
              master_key: sk-very-secret-4
              database_url: "postgresql://user:very-secret-5@host/db"
            environment_variables:
              LANGFUSE_SECRET: very-secret-6
            litellm_settings:
              cache: true
              cache_params: { type: redis, host: cache.internal, port: 6380, password: very-secret-7, ttl: 600, namespace: llm }
              langfuse_token: very-secret-8
            """
        )
        #expect(!read.yaml.contains("very-secret"))
        #expect(
            read.configuration.providers.map(\.apiKey) == [
                .environment("OPENAI_API_KEY"), .environment("OPENAI_2_API_KEY"),
            ]
        )
        #expect(read.imported.keys.map(\.variable) == ["OPENAI_API_KEY", "OPENAI_2_API_KEY"])
        #expect(read.configuration.gateway.keys == .required)
        #expect(read.configuration.cache.redis?.url == "redis://cache.internal:6380")
        #expect(read.configuration.cache.redis?.prefix == "llm")
        #expect(read.configuration.cache.rules.lifetime == .seconds(600))
        for word in [
            "master_key", "database_url", "LANGFUSE_SECRET", "cache_params.password", "langfuse_token", "aws_secret",
        ] {
            #expect(read.yaml.contains(word), "\(word)")
        }
    }

    @Test("fallbacks and aliases become names with several models")
    func fallbacks() throws {
        let read = try read(
            """
            model_list:
              - { model_name: big, litellm_params: { model: openai/gpt-4o } }
              - { model_name: small, litellm_params: { model: openai/gpt-4o-mini } }
              - { model_name: wide, litellm_params: { model: gemini/gemini-2.0-flash } }
            litellm_settings:
              fallbacks: [{ big: [small] }]
              context_window_fallbacks: [{ big: [wide] }]
              content_policy_fallbacks: [{ big: [small] }]
              default_fallbacks: [small]
            router_settings:
              model_group_alias: { gpt-4: big, hidden-one: { model: small, hidden: true } }
            """
        )
        let aliases = read.configuration.orchestrator.routing.aliases
        #expect(aliases["big"] == ["big", "small", "wide"])
        #expect(aliases["wide"] == ["wide", "small"])
        #expect(aliases["small"] == nil)
        #expect(aliases["gpt-4"] == ["big", "small", "wide"])
        #expect(aliases["hidden-one"] == ["small"])
        #expect(read.configuration.orchestrator.routing.globalFallback == "big")
        #expect(read.yaml.contains("content_policy_fallbacks: what a content filter refuses is asked nowhere else"))
    }

    @Test("prices, windows and servers of one's own are taken over")
    func facts() throws {
        let read = try read(
            """
            model_list:
              - model_name: local
                litellm_params: { model: ollama_chat/llama3.1, api_base: "http://gpu-box:11434" }
                model_info: { input_cost_per_token: 2.5e-06, output_cost_per_token: 0.00001, max_input_tokens: 8192, id: x }
              - model_name: own
                litellm_params: { model: openai/qwen, api_base: "http://10.0.0.7:8000/v1/", api_key: none }
              - model_name: claude
                litellm_params: { model: anthropic/claude-sonnet-4-5, api_key: os.environ/ANTHROPIC_API_KEY }
              - model_name: elsewhere
                litellm_params: { model: openai/x, api_base: os.environ/SOME_BASE }
              - model_name: "openai/*"
                litellm_params: { model: "openai/*", api_key: os.environ/OPENAI_API_KEY }
              - model_name: aws
                litellm_params: { model: bedrock/anthropic.claude-v2, aws_region_name: us-east-1 }
            litellm_settings: { request_timeout: 600, drop_params: true }
            """
        )
        let providers = read.configuration.providers
        #expect(providers.map(\.id) == ["ollama", "10.0.0.7-8000", "anthropic", "custom", "openai"])
        #expect(providers[0].baseURL == "http://gpu-box:11434/v1")
        let model = try #require(providers[0].models["local"])
        #expect(model.price == TokenPrice(input: 2_500_000, output: 10_000_000))
        #expect(model.inputLimit == 8_192)
        #expect(providers[1].apiKey == .environment("P_10_0_0_7_8000_API_KEY"))
        #expect(providers[2].baseURL == "https://api.anthropic.com/v1")
        #expect(read.yaml.contains("TODO: the address in $SOME_BASE"))
        #expect(read.yaml.contains("# openai/*: models that are not listed go here"))
        #expect(read.yaml.contains("the model aws (bedrock/anthropic.claude-v2): is left out"))
        #expect(providers.last?.unlistedModels == nil)
        #expect(providers[0].timeouts.total == .seconds(600))
    }

    @Test("nothing is dropped without a word: every key of the file is used or told", arguments: [1, 2, 3])
    func complete(seed: Int) throws {
        let keys = [
            "alpha_\(seed)", "beta_\(seed)", "gamma_\(seed)", "delta_\(seed)", "epsilon_\(seed)", "zeta_\(seed)",
        ]
        let read = try read(
            """
            model_list:
              - model_name: a
                \(keys[0]): 1
                litellm_params: { model: openai/gpt-4o, \(keys[1]): 2 }
                model_info: { \(keys[2]): 3 }
            litellm_settings: { \(keys[3]): true }
            router_settings: { \(keys[4]): { nested: 1 } }
            \(keys[5]): [1]
            """
        )
        for key in keys { #expect(read.yaml.contains(key), "\(key)") }
        #expect(read.imported.notes == keys.count)
    }

    @Test("maps that are merged by an anchor are read")
    func anchors() throws {
        let read = try read(
            """
            common: &common { api_key: os.environ/KEY, rpm: 5 }
            model_list:
              - model_name: a
                litellm_params: { <<: *common, model: openai/gpt-4o }
            """
        )
        #expect(read.configuration.providers.first?.apiKey == .environment("KEY"))
    }

    static let wrong: [(String, String)] = [
        ("providers: []\n", "has no model_list"),
        (
            "model_list:\n  - model_name: x\n",
            "litellm.yaml:2:5: model_list[0]: needs a model_name and litellm_params.model"
        ),
        ("model_list: [\n", "is no YAML"),
    ]

    @Test("what is no such file is refused, with its line", arguments: wrong)
    func refused(text: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try LiteLLMImport.imported(text, file: "litellm.yaml")
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("texts that would break out of a comment or a value stay in them")
    func hostile() throws {
        let read = try read(
            """
            model_list:
              - model_name: "a\\nsimulate: true"
                litellm_params: { model: "openai/x\\"} #\\u2028y: z" }
            "evil\\nsimulate: true": 1
            """
        )
        #expect(!read.configuration.simulates)
        #expect(read.configuration.providers.first?.models.values.first?.wireName == "x\"} #\u{2028}y: z")
    }
}
