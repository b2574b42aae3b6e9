import Aurelis
import AurelisGateway
import AurelisTLS
import Logging
import NIOPosix
import ServiceLifecycle

/// A gateway on a free loopback port for the time of a test.
struct TestGateway: Sendable {
    let port: Int
    private let services: ServiceGroup

    /// Runs a gateway around `body`, and stops it at once afterwards.
    static func run(
        _ provider: TestProvider = TestProvider(),
        configuration: GatewayConfiguration = GatewayConfiguration(),
        routing: OrchestratorConfiguration = .withoutRetries,
        store: MemoryStore? = nil,
        _ body: @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let orchestrator = ModelOrchestrator(providers: [provider], configuration: routing)
        try await run(orchestrator, configuration, store: store, body)
    }

    /// - Parameter orchestrator: asked for anew with every request, as after a reload.
    static func run(
        _ orchestrator: @escaping @Sendable @autoclosure () -> ModelOrchestrator,
        _ configuration: GatewayConfiguration = GatewayConfiguration(),
        security: TLSListener? = nil,
        signatures: @escaping @Sendable () -> RequestSignatures? = { nil },
        store: MemoryStore? = nil,
        _ body: @Sendable (TestGateway) async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.port = 0
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = GatewayServer(
            configuration: configuration,
            orchestrator: orchestrator,
            security: security,
            signatures: signatures,
            stored: store.map { StoredObjects(files: $0, batches: $0) },
            eventLoopGroup: .singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { continuation.yield($0.port) }
        )
        let services = ServiceGroup(services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            for await port in ports {
                try await body(TestGateway(port: port, services: services))
                break
            }
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    func connect(reads: Bool = true) async throws -> RawClient { try await RawClient.connect(port, reads: reads) }

    /// Sends a request on a connection of its own and reads the answer.
    func send(_ request: String) async throws -> RawAnswer {
        let client = try await connect()
        try await client.send(request)
        let answer = try await client.readAnswer(toHead: request.hasPrefix("HEAD"))
        await client.close()
        return answer
    }

    func post(_ body: String, to path: String = "/v1/chat/completions", headers: String = "") async throws -> RawAnswer
    {
        try await send(Samples.post(path, body, headers: headers))
    }

    func shutDownGracefully() async { await services.triggerGracefulShutdown() }
}

extension OrchestratorConfiguration {
    static var withoutRetries: OrchestratorConfiguration {
        var configuration = OrchestratorConfiguration()
        configuration.retry = .none
        return configuration
    }
}
