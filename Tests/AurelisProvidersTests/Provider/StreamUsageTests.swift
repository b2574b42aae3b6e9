import Aurelis
import AurelisProviders
import Testing

@Suite("Asking a stream for its usage")
struct StreamUsageTests {
    /// What goes out for a body.
    private func sent(
        _ body: String,
        to preset: String,
        model: ModelID = .gpt4o,
        stream: Bool = true
    ) async throws -> String {
        var sent = ""
        try await ProviderHarness.run(
            preset: preset,
            explicit: Secret("k-for-this-test"),
            respond: { _, _ in [.response(200, #"{"choices":[]}"#)] }
        ) { harness in
            _ = try await harness.send(body, model: model, stream: stream)
            sent = String(decoding: try #require(harness.server.requests.first).body, as: UTF8.self)
        }
        return sent
    }

    @Test(
        "who tells only when asked is asked, unless the caller decided",
        arguments: [
            (
                #"{"model":"gpt-4o", "stream":true }"#,
                #"{"model":"gpt-4o", "stream":true,"stream_options":{"include_usage":true} }"#
            ),
            (
                #"{"stream_options":{ "x": [1.0] },"model":"gpt-4o"}"#,
                #"{"stream_options":{ "x": [1.0],"include_usage":true },"model":"gpt-4o"}"#
            ),
            (
                #"{"model":"gpt-4o","stream_options":{}}"#,
                #"{"model":"gpt-4o","stream_options":{"include_usage":true}}"#
            ),
            (
                #"{"model":"gpt-4o","stream_options":null}"#,
                #"{"model":"gpt-4o","stream_options":{"include_usage":true}}"#
            ),
            (
                #"{"model":"gpt-4o","stream_options":{"include_usage":null,"y":2}}"#,
                #"{"model":"gpt-4o","stream_options":{"include_usage":true,"y":2}}"#
            ),
            (
                #"{"model":"gpt-4o","stream_options":{"include_usage":false}}"#,
                #"{"model":"gpt-4o","stream_options":{"include_usage":false}}"#
            ),
            (
                #"{"model":"gpt-4o","stream_options":{"include_usage": true}}"#,
                #"{"model":"gpt-4o","stream_options":{"include_usage": true}}"#
            ),
            (
                #"{"model":"gpt-4o","stream_options":{"include_usage":"no"}}"#,
                #"{"model":"gpt-4o","stream_options":{"include_usage":"no"}}"#
            ),
            (#"{"model":"gpt-4o","stream_options":[]}"#, #"{"model":"gpt-4o","stream_options":[]}"#),
            (
                #"{"model":"openai/gpt-4o"}"#, #"{"model":"gpt-4o","stream_options":{"include_usage":true}}"#
            ),
        ]
    )
    func asked(_ body: String, _ expected: String) async throws {
        #expect(try await sent(body, to: "openai") == expected)
    }

    @Test(
        "nobody else is asked",
        arguments: [
            ("custom", "own"), ("mistral", "mistral-nemo"), ("openrouter", "gpt-4o"), ("gemini", "gemini-2.5-pro"),
        ] as [(String, ModelID)]
    )
    func unasked(_ preset: String, _ model: ModelID) async throws {
        #expect(try await !sent(#"{"messages":[]}"#, to: preset, model: model).contains("stream_options"))
    }

    @Test("a whole answer tells its usage anyway")
    func whole() async throws {
        let body = #"{"model":"gpt-4o"}"#
        #expect(try await sent(body, to: "openai", stream: false) == body)
    }
}
