internal import AurelisSimulator
internal import Foundation
internal import NIOCore

/// The simulator inside the process, on a free port of loopback.
struct EmbeddedSimulator: Sendable {
    private let simulator: Simulator
    /// How to reach it, as a provider like any other.
    let provider: Configuration.Provider
    /// The variable and the made-up token for it.
    let environment: [String: String]

    /// The name that it has as a provider.
    static let providerID = "simulator"
    private static let tokenVariable = "AURELIS_SIMULATOR_TOKEN"

    /// Starts it.
    static func start(_ settings: Configuration.SimulatorSettings) async throws -> EmbeddedSimulator {
        var configuration = SimulatorConfiguration(
            seed: settings.seed,
            tier: SimulatorTier(rawValue: settings.tier) ?? .free,
            timeScale: Double(settings.timeScale)
        )
        if let file = settings.faults { configuration.faults = try faults(file) }
        let simulator = Simulator(configuration: configuration)
        let port = try await simulator.start().port ?? 0
        var provider = Configuration.Provider(id: providerID, preset: "github-models")
        provider.baseURL = "http://127.0.0.1:\(port)"
        provider.apiKey = .environment(tokenVariable)
        provider.plan = settings.tier
        return EmbeddedSimulator(
            simulator: simulator,
            provider: provider,
            environment: [tokenVariable: SimulatorCredentials.exampleToken]
        )
    }

    /// Ends it.
    func shutdown() async {
        // It only tells that it was not running any more.
        try? await simulator.shutdown()
    }

    private static func faults(_ file: String) throws(ConfigurationError) -> FaultScript {
        if let script = FaultScript.named(file) { return script }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationError(
                "\(file) cannot be read",
                path: "simulator.faults",
                suggestion: "a JSON file, or one of \(FaultScript.names.joined(separator: ", "))"
            )
        }
        do {
            return try FaultScript(parsing: Array(data))
        } catch {
            throw ConfigurationError("\(file): \(error)", path: "simulator.faults")
        }
    }
}
