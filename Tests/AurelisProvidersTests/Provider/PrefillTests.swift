import Aurelis
import AurelisJSON
import AurelisProviders
import Testing

@Suite("Going on with an answer that somebody else began")
struct PrefillTests {
    private typealias Prefill = ProviderPreset.Prefill

    private static let answer = #"{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}"#

    @Test(
        "each provider's way, all other bytes as they came",
        arguments: [
            (
                .plain, #"{"model":"m", "messages" : [ {"role":"user"} ] ,"x":1.50}"#, "Once\n\"upon\"",
                #"{"model":"m", "messages" : [ {"role":"user"},{"role":"assistant","content":"Once\n\"upon\""} ] ,"x":1.50}"#
            ),
            (
                .prefix, #"{"messages":[{"content":"[]"}],"model":"m"}"#, "a",
                #"{"messages":[{"content":"[]"},{"role":"assistant","content":"a","prefix":true}],"model":"m"}"#
            ),
            (
                .continueFinalMessage, #"{"model":"m","messages":[{"a":"\ud800"}]}"#, "é",
                #"{"model":"m","messages":[{"a":"\ud800"},{"role":"assistant","content":"é"}],"continue_final_message":true,"add_generation_prompt":false}"#
            ),
            (
                .continueFinalMessage,
                #"{"add_generation_prompt":true,"model":"m","continue_final_message":false,"messages":[]}"#, "a",
                #"{"add_generation_prompt":false,"model":"m","continue_final_message":true,"messages":[{"role":"assistant","content":"a"}]}"#
            ),
            (
                .plain, #"{"model":"m","messages":[ ]}"#, "a",
                #"{"model":"m","messages":[{"role":"assistant","content":"a"} ]}"#
            ),
            (.plain, #"{"model":"m","messages":[1]}"#, "", #"{"model":"m","messages":[1]}"#),
        ] as [(ProviderPreset.Prefill.Style, String, String, String)]
    )
    func ways(_ style: ProviderPreset.Prefill.Style, _ body: String, _ beginning: String, _ sent: String) async throws {
        try await ProviderHarness.run(
            configure: { $0.prefill = Prefill(style: style, answer: .continues) },
            respond: { _, _ in [.response(200, Self.answer)] }
        ) { harness in
            let document = try JSONDocument(body, limits: .response)
            _ = try await harness.send(document, model: "m", prefill: beginning)
            #expect(harness.server.requests.map { String(decoding: $0.body, as: UTF8.self) } == [sent])
        }
    }

    @Test("a preset's way is used", arguments: [("mistral", "MISTRAL_API_KEY"), ("vllm", "-"), ("ollama", "-")])
    func presets(_ preset: String, _ variable: String) async throws {
        try await ProviderHarness.run(
            preset: preset,
            environment: [variable: "k-123456789"],
            respond: { _, _ in [.response(200, Self.answer)] }
        ) { harness in
            _ = try await harness.send(
                #"{"messages":[{"role":"user","content":"hi"}]}"#,
                model: .mistralNemo,
                prefill: "a"
            )
            let sent = try JSONDocument(try #require(harness.server.requests.first).body)
            #expect(sent["messages"]?[1]?["content"]?.string == "a")
            #expect(sent["messages"]?[1]?["prefix"]?.bool == (preset == "mistral" ? true : nil))
            #expect(sent["continue_final_message"]?.bool == (preset == "vllm" ? true : nil))
        }
    }

    @Test("who is not known to go on is not asked", arguments: ["custom", "openai", "github-models"])
    func unknown(_ preset: String) async throws {
        try await refused(preset: preset, body: #"{"model":"gpt-4o","messages":[]}"#)
    }

    @Test(
        "nothing is sent of a request that has no messages to go on from",
        arguments: [#"{"model":"m"}"#, #"{"messages":{}}"#, #"{"messages":"[]"}"#]
    )
    func noMessages(_ body: String) async throws {
        try await refused(preset: "vllm", body: body)
    }

    @Test("embeddings are not begun")
    func embeddings() async throws {
        try await refused(preset: "vllm", body: #"{"model":"m","messages":[]}"#, operation: .embedding)
    }

    private func refused(preset: String, body: String, operation: ModelOperation = .chatCompletion) async throws {
        try await ProviderHarness.run(
            preset: preset,
            explicit: Secret("k-for-this-test"),
            respond: { _, _ in [.response(200, Self.answer)] }
        ) { harness in
            let error = await #expect(throws: ModelError.self) {
                try await harness.send(body, operation: operation, prefill: "a")
            }
            #expect(error?.category == .invalidRequest)
            #expect(error?.code == "prefill_unsupported")
            #expect(error?.provider == "test")
            #expect(harness.server.requests.isEmpty)
        }
    }
}
