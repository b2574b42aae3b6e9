import Aurelis
import AurelisJSON
import Testing

@testable import AurelisProviders

@Suite("Lists of models")
struct CatalogTests {
    private static let gitHub = """
        [{"id":"mistral-ai/codestral-2501","name":"Codestral 25.01","publisher":"Mistral AI","registry":"azureml-mistral",
        "summary":"Codes.\\nWell.","html_url":"https://github.com","version":"2","capabilities":["streaming","agents"],
        "limits":{"max_input_tokens":256000,"max_output_tokens":4096},"rate_limit_tier":"low",
        "supported_input_modalities":["text"],"supported_output_modalities":["text"],"tags":["low latency"]},
        {"id":"","name":""},{"name":7}]
        """

    @Test("GitHub's bare array is asked for and read")
    func array() async throws {
        try await ProviderHarness.run(
            preset: "github-models",
            environment: ["GITHUB_TOKEN": "gh-token-for-tests"],
            respond: { _, _ in [.response(200, Self.gitHub)] }
        ) { harness in
            let models = try await harness.provider.fetchCatalog()
            let request = harness.server.requests[0]
            #expect(request.method == "GET")
            #expect(request.target == "/catalog/models")
            #expect(request.header("authorization") == "Bearer gh-token-for-tests")
            #expect(request.header("content-type") == nil)
            #expect(models.count == 1)
            #expect(models[0].model.id == .codestral2501)
            #expect(models[0].model.wireName == "mistral-ai/codestral-2501")
            #expect(models[0].displayName == "Codestral 25.01")
            #expect(models[0].summary == "Codes. Well.")
            #expect(models[0].inputTokens == 256_000)
            #expect(models[0].outputTokens == 4_096)
            #expect(models[0].rateTier == "low")
            #expect(models[0].capabilities == ["streaming", "agents"])
        }
    }

    @Test(
        "lists of other providers",
        arguments: [
            (#"{"object":"list","data":[{"id":"gpt-4o","object":"model","owned_by":"openai"}]}"#, "gpt-4o", nil),
            (#"{"data":[{"id":"models/gemini-2.5-pro"}]}"#, "gemini-2.5-pro", nil),
            (
                #"{"data":[{"id":"a/b","context_length":32768,"top_provider":{"max_completion_tokens":9}}]}"#, "a/b",
                32_768
            ),
            (#"{"data":[{"id":"llama","context_window":8192}]}"#, "llama", 8_192),
            (#"{"data":[{"id":"qwen","max_model_len":1024}]}"#, "qwen", 1_024),
            (#"{"data":[{"id":"m","max_context_length":5,"capabilities":{"vision":true,"fim":false}}]}"#, "m", 5),
            (#"[{"id":"azureml://registries/azure-openai/models/gpt-4o/versions/2","name":"gpt-4o"}]"#, "gpt-4o", nil),
        ] as [(String, String, Int?)]
    )
    func lists(_ text: String, _ wireName: String, _ window: Int?) throws {
        let models = try Catalog.models(in: JSONDocument(text), shape: .list)
        #expect(models.map(\.model.wireName) == [wireName])
        #expect(models.map(\.inputTokens) == [window])
    }

    @Test("what is no list is told as such", arguments: ["{}", #"{"data":{}}"#, "3", #""x""#])
    func noList(_ text: String) throws {
        let error = try #require(throws: ModelError.self) { try Catalog.models(in: JSONDocument(text), shape: .list) }
        #expect(error.category == .upstream)
        #expect(error.code == "malformed_catalog")
    }

    @Test("a refusal of the list is a refusal")
    func refused() async throws {
        try await ProviderHarness.run(respond: { _, _ in [.response(410, "")] }) { harness in
            let error = await #expect(throws: ModelError.self) { try await harness.provider.fetchCatalog() }
            #expect(error?.category == .retired)
        }
    }
}
