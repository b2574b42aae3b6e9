package import Aurelis
internal import AurelisTransport
package import Logging
internal import NIOPosix

/// What would keep a gateway from starting, by the same steps that starting takes: nothing listens, connects or is written.
///
///     let check = StartCheck(configuration, environment: environment, logger: logger)
///     for obstacle in await check.obstacles() { print(obstacle.error) }
package struct StartCheck: Sendable {
    /// One thing that starting would refuse.
    package struct Obstacle: Sendable {
        /// What is wrong.
        package var error: ConfigurationError
        /// Whether it would be right elsewhere: it is about keys, files and variables of this machine, not about the
        /// configuration alone.
        package var isOfThisMachine: Bool
    }

    private let configuration: Configuration
    private let environment: [String: String]
    private let clock: WallClock
    private let logger: Logger

    /// A check.
    package init(
        _ configuration: Configuration,
        environment: [String: String],
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.configuration = configuration
        self.environment = environment
        self.clock = clock
        self.logger = logger
    }

    /// All that is wrong, in the order of starting.
    package func obstacles() async -> [Obstacle] {
        var found: [Obstacle] = []
        func check(ofThisMachine: Bool, _ step: () throws(ConfigurationError) -> Void) {
            do throws(ConfigurationError) { try step() } catch {
                // Two steps that need the same thing miss it once.
                guard !found.contains(where: { $0.error.description == error.description }) else { return }
                found.append(Obstacle(error: error, isOfThisMachine: ofThisMachine))
            }
        }
        check(ofThisMachine: true) { () throws(ConfigurationError) in
            _ = try AccessControl.book(configuration, at: clock.millisecondsSinceEpoch)
        }
        check(ofThisMachine: false) { () throws(ConfigurationError) in
            try configuration.checkSecurity(environment: environment, logger: logger)
        }
        check(ofThisMachine: false) { () throws(ConfigurationError) in
            _ = try ModelTokenizers(configuration.tokenizers)
        }
        if let key = configuration.cache.key, configuration.cache.encrypts {
            check(ofThisMachine: true) { () throws(ConfigurationError) in
                _ = try CacheKeyFile.key(key, environment: environment, dataDirectory: configuration.dataDirectory)
            }
        }
        // What is built here needs a client to send with, and sends nothing.
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let tracing = configuration.tracing.headers.values
        check(ofThisMachine: tracing.contains { !$0.isLiteral }) { () throws(ConfigurationError) in
            _ = try EngineTracing.make(configuration, environment: environment, client: client, logger: logger)
        }
        if !configuration.simulates {
            check(ofThisMachine: false) { () throws(ConfigurationError) in
                let factory = ProviderFactory(client: client, environment: environment, logger: logger)
                _ = try factory.providers(configuration)
            }
        }
        check(ofThisMachine: configuration.alerts.contains { !$0.isLiteral }) { () throws(ConfigurationError) in
            let factory = AlertFactory(environment: environment, client: client, clock: clock, logger: logger)
            _ = try factory.receivers(configuration)
        }
        await client.shutdown()
        return found
    }
}

extension Configuration.APIKey {
    fileprivate var isLiteral: Bool { if case .literal = self { true } else { false } }
}

extension Configuration.Alert {
    /// Whether all that it needs stands in the configuration.
    fileprivate var isLiteral: Bool {
        guard case .webhook(let address, let secret) = target else { return true }
        return address.isLiteral && (secret?.isLiteral ?? true)
    }
}
