import Aurelis
import AurelisApp
import AurelisTransport
import Foundation
import Logging
import Testing

@Suite("The app, from configuration to answer")
struct AppTests {
    private static let question =
        #"{"model":"auto/codeReview","messages":[{"role":"user","content":"hi"}],"x_unknown":1}"#

    private var simulating: ConfigurationOverrides {
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        return overrides
    }

    @Test("a routed question is answered by the simulator, and the answer says how it was found")
    func answers() async throws {
        try await RunningApp.run(simulating) { app in
            let answer = try await app.send("POST", "/v1/chat/completions", body: Self.question)
            #expect(answer.status == 200)
            #expect(answer.headers["x-aurelis-model"] == "codestral-2501")
            #expect(answer.headers["x-aurelis-attempts"] == "1")
            #expect(answer.body.contains("\"object\":\"chat.completion\""))
        }
    }

    @Test("a streamed question is answered piece by piece to [DONE]")
    func streams() async throws {
        try await RunningApp.run(simulating) { app in
            let question = #"{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
            let answer = try await app.send("POST", "/inference/chat/completions", body: question)
            #expect(answer.headers["content-type"]?.hasPrefix("text/event-stream") == true)
            #expect(answer.body.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("both planes tell their health")
    func health() async throws {
        try await RunningApp.run(simulating) { app in
            for address in [app.addresses.gateway, app.addresses.admin] {
                for path in ["/health/live", "/health/ready"] {
                    #expect(try await app.send("GET", path, to: address).status == 200)
                }
            }
            let unknown = try await app.send("GET", "/nothing", to: app.addresses.admin)
            #expect(unknown.status == 404)
            #expect(unknown.body.contains(#""type":"not_found_error""#))
        }
    }

    @Test("a retired provider is told as such, with the way out, and nothing is sent")
    func retired() async throws {
        var overrides = ConfigurationOverrides()
        overrides.provider = "github-models"
        try await RunningApp.run(overrides, environment: ["GITHUB_TOKEN": "ghp_x"]) { app in
            let answer = try await app.send("POST", "/v1/chat/completions", body: Self.question)
            #expect(answer.status == 410)
            #expect(answer.body.contains("retired"))
            #expect(answer.body.contains("--base-url") || answer.body.contains("config init"))
        }
    }

    @Test("a credential that is not there is told with the variable to set")
    func missingCredential() async throws {
        var overrides = ConfigurationOverrides()
        overrides.provider = "openai"
        overrides.baseURL = "http://127.0.0.1:1/v1"
        overrides.apiKeyEnv = "WORK_KEY"
        try await RunningApp.run(overrides) { app in
            let answer = try await app.send("POST", "/v1/chat/completions", body: Self.question)
            #expect(answer.status == 401)
            #expect(answer.body.contains("WORK_KEY"))
        }
    }

    @Test("a reload puts other rules into effect without a restart")
    func reload() async throws {
        try await RunningApp.run(simulating) { app in
            var configuration = Configuration()
            configuration.simulates = true
            configuration.orchestrator.routing = RoutingTable(replacing: [.codeReview: [.mistralNemo]])
            let (health, places) = (app.engine.orchestrator.health, app.engine.orchestrator.places)
            try app.engine.reload(configuration)
            let answer = try await app.send("POST", "/v1/chat/completions", body: Self.question)
            #expect(answer.headers["x-aurelis-model"] == "mistral-nemo")
            // What is known and who is under way is not forgotten.
            #expect(app.engine.orchestrator.health === health && app.engine.orchestrator.places === places)
        }
    }

    @Test("a port in use is an error that names the port")
    func portInUse() async throws {
        try await RunningApp.run(simulating) { app in
            var configuration = Configuration()
            configuration.simulates = true
            let directory = NSTemporaryDirectory() + "aurelis-port-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: directory) }
            configuration.dataDirectory = directory
            configuration.gateway.listener.port = try HTTPOrigin(parsing: app.addresses.gateway).port
            configuration.admin.port = 0
            let port = configuration.gateway.listener.port
            let second = try await buildApp(configuration, environment: [:], logger: .init(label: "test"))
            let error = await #expect(throws: (any Error).self) { try await second.run() }
            #expect(error.map { "\($0)" }?.contains("port \(port)") == true)
        }
    }

    @Test(
        "what GitHub Models' clients ask works by changing the base URL",
        arguments: ["/inference", "", "/orgs/acme/inference"]
    )
    func platformPaths(prefix: String) async throws {
        try await RunningApp.run(simulating) { app in
            let question = #"{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
            let answer = try await app.send(
                "POST",
                prefix + "/chat/completions?api-version=2024-05-01-preview",
                body: question
            )
            #expect(answer.status == 200)
        }
    }
}
