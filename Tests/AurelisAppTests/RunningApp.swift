import Aurelis
import AurelisApp
import AurelisTransport
import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The app as production runs it, on free ports of loopback, for the length of a test.
struct RunningApp: Sendable {
    let addresses: ListeningAddresses
    let engine: Engine
    let client: HTTPClient
    /// Puts what was changed about the keys into effect, without the half second that the app takes by itself.
    let refreshKeys: @Sendable () -> Void
    /// What the control plane answers, as `GET /admin/circuits`.
    let adminRoutes: [String]
    private let look: @Sendable () async -> Void
    private let shutdown: @Sendable () async -> Void

    /// Starts the app, lends it, and ends it gracefully.
    static func run(
        _ overrides: ConfigurationOverrides,
        environment: [String: String] = [:],
        time: any TimeSource = SystemTimeSource(),
        openFiles: Int? = nil,
        logger told: Logger? = nil,
        _ body: @escaping @Sendable (RunningApp) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("aurelis-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        var overrides = overrides
        overrides.port = 0
        overrides.adminPort = 0
        overrides.threads = 1
        overrides.dataDirectory = overrides.dataDirectory ?? directory.path
        let read = { @Sendable [overrides] () throws -> Configuration in
            try ConfigurationLoader.load(
                overrides,
                environment: environment,
                workingDirectory: directory.path,
                homeDirectory: directory.path
            ).configuration
        }
        let (addresses, announcement) = AsyncStream.makeStream(of: ListeningAddresses.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let app = try await buildApp(
            try read(),
            environment: environment,
            time: time,
            openFiles: openFiles,
            logger: told ?? logger,
            onListening: { announcement.yield($0) },
            reload: read
        )
        let group = ServiceGroup(services: [app], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { announcement.finish() }
                try await group.run()
            }
            for await address in addresses {
                let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
                let running = RunningApp(
                    addresses: address,
                    engine: app.engine,
                    client: client,
                    refreshKeys: { app.refreshKeys() },
                    adminRoutes: app.adminRoutes,
                    look: { await app.lookAtHealth() },
                    shutdown: { await group.triggerGracefulShutdown() }
                )
                do { try await body(running) } catch {
                    await client.shutdown()
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await client.shutdown()
                await group.triggerGracefulShutdown()
                break
            }
            try await tasks.waitForAll()
        }
    }

    /// Looks at everything's health, without the ten seconds that the app takes by itself.
    func lookAtHealth() async { await look() }

    /// Ends the app gracefully.
    func shutDown() async { await shutdown() }

    /// Sends a request; reads the whole answer.
    func send(
        _ method: String,
        _ path: String,
        to address: String? = nil,
        body: String = "",
        headers: [(String, String)] = []
    ) async throws -> (status: Int, headers: HTTPHeaderList, body: String) {
        var fields = HTTPHeaderList()
        if !body.isEmpty { fields.append("content-type", "application/json") }
        for (name, value) in headers { fields.append(name, value) }
        let response = try await client.send(
            HTTPClientRequest(
                method: method,
                origin: try HTTPOrigin(parsing: address ?? addresses.gateway),
                target: path,
                headers: fields,
                body: Array(body.utf8)
            )
        )
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return (response.status, response.headers, String(decoding: bytes, as: UTF8.self))
    }

    /// Sends bytes as they are; returns what comes back first.
    func exchange(_ text: String, with address: String) async throws -> String {
        let origin = try HTTPOrigin(parsing: address)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: origin.host, port: origin.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            for try await bytes in inbound { return String(buffer: bytes) }
            return ""
        }
    }
}
