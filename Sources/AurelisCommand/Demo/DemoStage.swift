internal import Aurelis
internal import AurelisApp
internal import AurelisSimulator
internal import AurelisTransport
internal import Logging

/// What the demo is played on: a simulated provider and two gateways, all on free ports of loopback.
struct DemoStage: Sendable {
    /// The provider.
    let simulator: HTTPOrigin
    /// A gateway as anybody would run it.
    let gateway: HTTPOrigin
    /// A gateway whose credential the provider refuses.
    let gatewayWithBadToken: HTTPOrigin
    /// The rules by which both gateways route.
    let routing: RoutingTable

    /// Starts everything, lends it, and ends it.
    static func open<Value: Sendable>(
        logLevel: Logger.Level?,
        _ body: @Sendable (DemoStage) async throws -> Value
    ) async throws -> Value {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let simulator = Simulator(configuration: try simulatorConfiguration())
        do {
            _ = try await simulator.start()
            let provider = HTTPOrigin(scheme: .http, host: "127.0.0.1", port: simulator.port)
            let good = try DemoGateway(asking: provider, token: token, directory: directory, logLevel: logLevel)
            let bad = try DemoGateway(asking: provider, token: badToken, directory: directory, logLevel: logLevel)
            let value = try await good.open { goodOrigin in
                try await bad.open { badOrigin in
                    let stage = DemoStage(
                        simulator: provider,
                        gateway: goodOrigin,
                        gatewayWithBadToken: badOrigin,
                        routing: good.configuration.orchestrator.routing
                    )
                    return try await body(stage)
                }
            }
            try await simulator.shutdown()
            return value
        } catch {
            try? await simulator.shutdown()
            throw error
        }
    }

    /// How to go on by oneself.
    static func invitation(_ gateway: HTTPOrigin) -> String {
        """

        The gateway stays up. Try it from another terminal:

          curl -s \(gateway)/v1/chat/completions -H 'content-type: application/json' \\
            -d '{"model":"auto/codeReview","messages":[{"role":"user","content":"Review: let x = 1"}]}'

        or point a tool at it: export OPENAI_BASE_URL=\(gateway)/v1 OPENAI_API_KEY=none
        Ctrl-C ends it.

        """
    }

    // The form of a GitHub token, and known to nobody but the simulator of this process.
    private static let token = "ghp_" + String(repeating: "A", count: 36)
    private static let badToken = "ghp_" + String(repeating: "B", count: 36)

    private static func simulatorConfiguration() throws -> SimulatorConfiguration {
        SimulatorConfiguration(
            faults: try FaultScript(parsing: Array(faults.utf8)),
            credentials: .exactly([token]),
            latency: SimulatorLatency(firstToken: .milliseconds(150), perToken: .milliseconds(15))
        )
    }

    /// gpt-4o is down; gpt-4o-mini meets its minute's limit once; command-r's second stream is cut in its middle.
    private static let faults = """
        {
          "models": {
            "openai/gpt-4o": [{"kind": "status", "status": 503, "times": "always"}],
            "openai/gpt-4o-mini": [{"kind": "status", "error": "minute_limit", "retry_after": 2}],
            "cohere/cohere-command-r": [{"kind": "pass"}, {"kind": "cut", "after_fraction": 0.5}]
          }
        }
        """
}
