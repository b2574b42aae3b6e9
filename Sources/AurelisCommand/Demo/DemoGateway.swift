internal import Aurelis
internal import AurelisApp
internal import AurelisTransport
internal import Logging

/// A gateway of the demo: the app that `aurelis serve` runs.
struct DemoGateway: Sendable {
    /// The defaults, and nothing from the files and variables that happen to be around.
    let configuration: Configuration
    private let environment: [String: String]
    private let logger: Logger

    private static let tokenVariable = "AURELIS_DEMO_TOKEN"

    /// A gateway that asks one provider with one token.
    init(asking provider: HTTPOrigin, token: String, directory: TemporaryDirectory, logLevel: Logger.Level?) throws {
        environment = [DemoGateway.tokenVariable: token]
        var logger = Logger(label: "aurelis.demo") { RedactingLogHandler(StreamLogHandler.standardError(label: $0)) }
        logger.logLevel = logLevel ?? .critical
        self.logger = logger
        var overrides = ConfigurationOverrides()
        overrides.provider = "github-models"
        overrides.baseURL = "\(provider)"
        overrides.apiKeyEnv = DemoGateway.tokenVariable
        overrides.host = "127.0.0.1"
        overrides.port = 0
        overrides.adminPort = 0
        overrides.dataDirectory = directory.path
        configuration = try ConfigurationLoader.load(
            overrides,
            environment: environment,
            workingDirectory: directory.path,
            homeDirectory: directory.path
        ).configuration
    }

    /// Serves while the body works with its address.
    func open<Value: Sendable>(_ body: @Sendable (HTTPOrigin) async throws -> Value) async throws -> Value {
        OpenFileLimit.raise(for: configuration)
        let (addresses, announcement) = AsyncStream.makeStream(of: ListeningAddresses.self)
        let app = try await buildApp(
            configuration,
            environment: environment,
            logger: logger,
            onListening: { announcement.yield($0) }
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                defer { announcement.finish() }
                try await app.run()
            }
            for await address in addresses {
                return try await body(try HTTPOrigin(parsing: address.gateway))
            }
            try await group.waitForAll()
            throw CommandFailure(.failure, "the gateway of the demo ended before it listened")
        }
    }
}
