internal import Aurelis
internal import AurelisApp
internal import Logging
internal import NIOPosix

/// What a command works with once its configuration is read.
struct Session: Sendable {
    /// The configuration and where it came from.
    let loaded: LoadedConfiguration
    /// The environment that credentials are read from.
    let environment: [String: String]
    /// Logs to standard error.
    let logger: Logger

    /// The decoded configuration.
    var configuration: Configuration { loaded.configuration }

    /// Reads the configuration as this command line and environment say; warnings go to standard error.
    ///
    /// - Parameters:
    ///   - logLevel: what the command line says; it wins over the configuration.
    ///   - defaultLogLevel: what is logged when neither says anything.
    ///   - isServing: whether a server starts from it, which tells of its files itself.
    /// - Throws: `ConfigurationError`.
    static func load(
        _ overrides: ConfigurationOverrides,
        logLevel: Logger.Level?,
        console: Console,
        defaultLogLevel: Logger.Level = .warning,
        isServing: Bool = false,
        environment: [String: String] = ProcessEnvironment.current
    ) throws -> Session {
        let loaded = try read(overrides, environment: environment)
        for warning in loaded.warnings { console.warn(warning) }
        if let open = loaded.openSecrets(environment, isServing: isServing) { console.warn(open) }
        var logger = Logger(label: "aurelis") { RedactingLogHandler(StreamLogHandler.standardError(label: $0)) }
        logger.logLevel = logLevel ?? loaded.configuration.logLevel ?? defaultLogLevel
        return Session(loaded: loaded, environment: environment, logger: logger)
    }

    /// Reads the configuration, without a word.
    static func read(
        _ overrides: ConfigurationOverrides,
        environment: [String: String]
    ) throws(ConfigurationError) -> LoadedConfiguration {
        try ConfigurationLoader.load(
            overrides,
            environment: environment,
            workingDirectory: ProcessEnvironment.workingDirectory,
            homeDirectory: ProcessEnvironment.homeDirectory(environment)
        )
    }

    /// What the command says to the audit log of its data directory; to be closed.
    func trail() throws(ConfigurationError) -> AuditTrail {
        try .ofCommand(configuration, environment: environment, logger: logger)
    }

    /// Lends the providers and the orchestrator, without any listener.
    ///
    /// - Parameter defaultConcurrency: how many requests one provider gets at once when the configuration does not say;
    ///   nil: as many as there are connections.
    func withEngine<Value: Sendable>(
        defaultConcurrency: Int? = 10,
        _ body: (Engine) async throws -> Value
    ) async throws -> Value {
        let engine = try await Engine.build(
            configuration,
            environment: environment,
            defaultConcurrency: defaultConcurrency,
            logger: logger,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton
        )
        do {
            let value = try await Self.recording(engine, body)
            await engine.shutdown()
            return value
        } catch {
            await engine.shutdown()
            throw error
        }
    }

    /// What was used and what became of requests is written while they are made, for a command may be killed; and other
    /// processes are told which are under way, for that may take minutes.
    private static func recording<Value: Sendable>(
        _ engine: Engine,
        _ body: (Engine) async throws -> Value
    ) async throws -> Value {
        async let _ = engine.history.write()
        async let _ = engine.keepQuota()
        return try await body(engine)
    }
}
