import Aurelis
import AurelisApp
import AurelisTesting
import Foundation
import Testing

@Suite("The app's traces")
struct TracingTests {
    /// Put together when the test runs, so that no file holds what looks like a key.
    private static let secrets: [String: String] = [
        "prompt": "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh",
        "header": "sk" + "-proj-7hGf2KdLw9Qz4XcVb1NmPo8IuYt6TrEe3WqAs5DfGhJkLz0XcVbNmQ",
        "configuration": "cfg-Literal-4f9a8c2e7b1d",
        "model": "xox" + "b-210987654321-aBcD3fGh1jKlMn0pQrStUvW2",
        "state": "AI" + "zaSyB7kQ2mZx9vLp4RtW1nHcJ8dFgY5sEuX3o",
    ]

    private func run(
        _ yaml: String,
        time: any TimeSource = SystemTimeSource(),
        _ body: @escaping @Sendable (RunningApp) async throws -> Void
    ) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tracing-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(yaml.utf8).write(to: file)
        var overrides = ConfigurationOverrides()
        overrides.configFile = file.path
        try await RunningApp.run(overrides, time: time, body)
    }

    @Test("a request's spans arrive, those of its parts with it")
    func arrives() async throws {
        try await TraceCollector.run { collector in
            let yaml = """
                simulate: true
                tracing: { endpoint: "http://127.0.0.1:\(collector.port)", interval: 20ms }
                """
            try await run(yaml) { app async throws in
                let question = #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#
                for _ in 0..<2 {
                    #expect(try await app.send("POST", "/v1/chat/completions", body: question).status == 200)
                }
                await collector.requests(2)
                #expect(collector.names.count { $0 == "chat openai/gpt-4o" } == 1)
                #expect(collector.names.count { $0 == "aurelis.cache.lookup" } == 2)
                #expect(collector.text.contains(#""stringValue":"hit; layer=memory""#))
                let metrics = try await app.send("GET", "/metrics", to: app.addresses.admin).body
                #expect(metrics.contains(#"aurelis_tracing_spans_total{outcome="dropped"} 0"#))
            }
        }
    }

    @Test("no secret of prompts, headers, settings, names or errors is in a span")
    func leaks() async throws {
        try await EchoingProvider.run { provider in
            try await TraceCollector.run { collector in
                let secrets = Self.secrets
                let yaml = """
                    providers:
                      - id: echo
                        preset: custom
                        base_url: http://127.0.0.1:\(provider.port)/v1
                        api_key: "\(secrets["configuration"] ?? "")"
                    tracing:
                      endpoint: "http://127.0.0.1:\(collector.port)"
                      interval: 20ms
                      headers: { x-key: "\(secrets["configuration"] ?? "")" }
                    """
                try await run(yaml) { app async throws in
                    for model in ["gpt-4o", secrets["model"] ?? ""] {
                        let question =
                            #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(secrets["prompt"] ?? "")"}]}"#
                        _ = try await app.send(
                            "POST",
                            "/v1/chat/completions",
                            body: question,
                            headers: [
                                ("x-other", secrets["header"] ?? ""), ("x-aurelis-cache-tags", secrets["header"] ?? ""),
                                ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                                ("tracestate", "k=\(secrets["state"] ?? "")"),
                            ]
                        )
                    }
                    await collector.requests(2)
                    #expect(collector.text.contains("4bf92f3577b34da6a3ce929d0e0e4736"))
                    for (place, secret) in secrets {
                        let half = secret.dropFirst(secret.count / 4).prefix(max(8, secret.count / 2))
                        #expect(!collector.text.contains(half), "a secret of \(place) is in a span")
                    }
                }
            }
        }
    }

    @Test(
        "a setting that cannot be used is refused with its place",
        arguments: [
            ("endpoint: ftp://x", "tracing.endpoint"), ("endpoint: \"http://x\", sample: 2", "tracing.sample"),
            ("endpoint: \"http://x\", smaple: 1", "tracing.smaple"), ("sample: often", "tracing.sample"),
            ("endpoint: \"http://u:p@x\"", "tracing.endpoint"), ("queue: 0", "tracing.queue"),
            ("endpoint: \"http://x\", headers: { a: { env: NOT_THERE } }", "tracing.headers.a"),
        ]
    )
    func refusals(setting: String, path: String) async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await run("simulate: true\ntracing: { \(setting) }\n") { _ in }
        }
        #expect(error?.path == path)
    }
}
