import Aurelis
import AurelisJSON
import AurelisProviders
import Synchronization
import Testing

@Suite("What a provider receives")
struct RequestTests {
    private static let answer = #"{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}"#

    @Test("the path follows the base URL, as users of the openai package expect")
    func paths() async throws {
        try await ProviderHarness.run(path: "/v1/", respond: { _, _ in [.response(200, Self.answer)] }) { harness in
            _ = try await harness.send()
            _ = try await harness.send(#"{"model":"gpt-4o","input":"x"}"#, operation: .embedding)
            #expect(harness.server.requests.map(\.target) == ["/v1/chat/completions", "/v1/embeddings"])
            #expect(harness.server.requests.map(\.method) == ["POST", "POST"])
        }
    }

    @Test("GitHub's hosts are reached by their own paths, headers and model names, also somewhere else")
    func gitHub() async throws {
        for (preset, target, wire) in [
            ("github-models", "/inference/chat/completions", "cohere/cohere-command-r"),
            ("github-models-legacy", "/chat/completions", "Cohere-command-r"),
        ] {
            try await ProviderHarness.run(
                preset: preset,
                environment: ["GITHUB_TOKEN": "gh-token-for-tests"],
                respond: { _, _ in [.response(200, Self.answer)] }
            ) { harness in
                _ = try await harness.send(#"{"model":"command-r","messages":[]}"#, model: .commandR)
                let request = harness.server.requests[0]
                #expect(request.target == target)
                #expect(request.header("authorization") == "Bearer gh-token-for-tests")
                #expect(try JSONDocument(request.body)["model"]?.string == wire)
                let isCurrent = preset == "github-models"
                #expect(request.header("x-github-api-version") == (isCurrent ? "2022-11-28" : nil))
                #expect(request.header("accept") == (isCurrent ? "application/vnd.github+json" : "application/json"))
            }
        }
    }

    @Test("the body goes out byte for byte, apart from the model's name")
    func body() async throws {
        let body =
            "{ \"messages\" : [ {\"role\":\"user\",\"content\":\"\\u00e9\\n\"} ],\"x\":1.50e1,\n\t\"model\": \"GPT-4o\" , \"y\":[]}"
        try await ProviderHarness.run(
            preset: "openai",
            environment: ["OPENAI_API_KEY": "k-123456789"],
            respond: { _, _ in [.response(200, Self.answer)] }
        ) { harness in
            _ = try await harness.send(body)
            _ = try await harness.send(#"{"model":"gpt-4o" ,"n": 1}"#)
            _ = try await harness.send(#"{"messages":[]}"#)
            let sent = harness.server.requests.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(sent[0] == body.replacing("\"GPT-4o\"", with: "\"gpt-4o\""))
            #expect(sent[1] == #"{"model":"gpt-4o" ,"n": 1}"#)
            #expect(sent[2] == #"{"messages":[],"model":"gpt-4o"}"#)
        }
    }

    @Test("nothing but the provider's own fields goes out")
    func headers() async throws {
        try await ProviderHarness.run(
            configure: {
                $0.headers = [.init(name: "X-Team", value: "a"), .init(name: "accept", value: "application/json")]
                $0.authentication = .header("api-key")
            },
            explicit: Secret("explicit-key"),
            respond: { request, _ in
                request.header("accept")?.contains("event-stream") == true
                    ? [.streamHead, .send("data: [DONE]\n\n"), .close] : [.response(200, Self.answer)]
            }
        ) { harness in
            _ = try await harness.send()
            let names = Set(harness.server.requests[0].headers.map { $0.name.lowercased() })
            #expect(
                names == [
                    "host", "content-length", "content-type", "accept", "accept-encoding", "user-agent", "x-team",
                    "api-key",
                ]
            )
            #expect(harness.server.requests[0].header("api-key") == "explicit-key")
            #expect(harness.server.requests[0].header("content-type") == "application/json")
            _ = try await harness.events()
            #expect(harness.server.requests[1].header("accept") == "text/event-stream, application/json")
        }
    }

    @Test("without a credential there is no field for one")
    func anonymous() async throws {
        try await ProviderHarness.run(respond: { _, _ in [.response(200, Self.answer)] }) { harness in
            _ = try await harness.send()
            #expect(harness.server.requests[0].header("authorization") == nil)
        }
    }

    @Test("a missing credential ends the attempt before anything is sent")
    func missingCredential() async throws {
        try await ProviderHarness.run(preset: "openai", respond: { _, _ in [.response(200, Self.answer)] }) { harness in
            let error = await harness.failure()
            #expect(error?.category == .authentication)
            #expect(error?.provider == "test")
            #expect(harness.server.requests.isEmpty)
        }
    }
}
