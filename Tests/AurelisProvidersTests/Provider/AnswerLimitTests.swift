import Aurelis
import AurelisProviders
import Testing

@Suite("The limit of an answer")
struct AnswerLimitTests {
    @Test(
        "who knows only its older name is told by that, and all others as the caller has it",
        arguments: [
            ("mistral", #"{"model":"m","max_completion_tokens": 7,"x":1}"#, #"{"model":"m","x":1,"max_tokens":7}"#),
            ("mistral", #"{"model":"m","max_tokens":7}"#, #"{"model":"m","max_tokens":7}"#),
            // Who says both has meant something by it.
            (
                "mistral", #"{"model":"m","max_tokens":7,"max_completion_tokens":8}"#,
                #"{"model":"m","max_tokens":7,"max_completion_tokens":8}"#
            ),
            ("ollama", #"{"max_completion_tokens":7,"model":"m"}"#, #"{"model":"m","max_tokens":7}"#),
            ("openai", #"{"model":"m","max_completion_tokens":7}"#, #"{"model":"m","max_completion_tokens":7}"#),
            ("custom", #"{"model":"m","max_completion_tokens":7}"#, #"{"model":"m","max_completion_tokens":7}"#),
        ]
    )
    func sent(preset: String, body: String, expected: String) async throws {
        try await ProviderHarness.run(
            preset: preset,
            explicit: Secret("k-for-this-test"),
            respond: { _, _ in [.response(200, #"{"choices":[{"message":{}}]}"#)] }
        ) { harness in
            _ = try await harness.send(body, model: "m", stream: false)
            #expect(String(decoding: try #require(harness.server.requests.first).body, as: UTF8.self) == expected)
        }
    }
}
