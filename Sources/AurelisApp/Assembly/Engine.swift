package import Aurelis
internal import AurelisTransport
package import Logging
package import NIOCore
internal import Synchronization

/// Providers and orchestrator without any listener: what `ask` works with, and what the servers serve.
///
///     let engine = try await Engine.build(configuration, environment: environment, logger: logger, eventLoopGroup: group)
///     let response = try await engine.orchestrator.respond(to: request)
///     await engine.shutdown()
package final class Engine: Sendable {
    private let client: HTTPClient
    private let simulator: EmbeddedSimulator?
    private let environment: [String: String]
    private let logger: Logger
    private let current: Mutex<ModelOrchestrator>

    private init(
        client: HTTPClient,
        simulator: EmbeddedSimulator?,
        environment: [String: String],
        logger: Logger,
        orchestrator: ModelOrchestrator
    ) {
        self.client = client
        self.simulator = simulator
        self.environment = environment
        self.logger = logger
        self.current = Mutex(orchestrator)
    }

    /// Puts the parts together, and starts the embedded simulator if it is to answer.
    ///
    /// - Throws: `ConfigurationError` when a provider cannot be made from its settings.
    package static func build(
        _ configuration: Configuration,
        environment: [String: String],
        logger: Logger,
        eventLoopGroup: any EventLoopGroup
    ) async throws -> Engine {
        let client = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: .init(configuration.transport))
        let simulator = configuration.simulates ? try await EmbeddedSimulator.start(configuration.simulator) : nil
        do {
            return Engine(
                client: client,
                simulator: simulator,
                environment: environment,
                logger: logger,
                orchestrator: try orchestrator(configuration, client, simulator, environment, logger)
            )
        } catch {
            await simulator?.shutdown()
            await client.shutdown()
            throw error
        }
    }

    /// The rules and providers in effect now.
    package var orchestrator: ModelOrchestrator { current.withLock { $0 } }

    /// Puts another configuration's providers and rules into effect for the requests to come. Connections, listeners and
    /// the simulator stay as they are; circuits start closed.
    ///
    /// - Throws: `ConfigurationError`; then nothing has changed.
    package func reload(_ configuration: Configuration) throws(ConfigurationError) {
        let next = try Self.orchestrator(configuration, client, simulator, environment, logger)
        current.withLock { $0 = next }
    }

    /// Ends the connections and the simulator.
    package func shutdown() async {
        await client.shutdown()
        await simulator?.shutdown()
    }

    private static func orchestrator(
        _ configuration: Configuration,
        _ client: HTTPClient,
        _ simulator: EmbeddedSimulator?,
        _ environment: [String: String],
        _ logger: Logger
    ) throws(ConfigurationError) -> ModelOrchestrator {
        let own = simulator?.environment ?? [:]
        let factory = ProviderFactory(
            client: client,
            environment: environment.merging(own) { _, new in new },
            logger: logger
        )
        let providers: [any ModelProvider] =
            if let simulator { [try factory.provider(simulator.provider)] } else {
                try factory.providers(configuration)
            }
        return ModelOrchestrator(
            providers: providers,
            configuration: OrchestratorConfiguration(configuration),
            logger: logger
        )
    }
}

extension OrchestratorConfiguration {
    fileprivate init(_ configuration: Configuration) {
        self.init()
        routing = configuration.routing
        replacesNamedModels = configuration.replacesNamedModels
        retry = configuration.retry
        maximumAttempts = configuration.maximumAttempts
        requestTimeout = configuration.requestTimeout
    }
}

extension HTTPClientConfiguration {
    fileprivate init(_ transport: Configuration.Transport) {
        self.init()
        maximumConnections = transport.totalConnections
        maximumConnectionsPerOrigin = transport.connectionsPerHost
        idleTimeout = transport.idleTimeout
        userAgent = "Aurelis/\(Version.current)"
        tls = transport.tls
    }
}
