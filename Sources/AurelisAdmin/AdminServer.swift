internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The control plane: what operators and their tools ask, on a port of its own.
///
///     let admin = AdminServer(host: "127.0.0.1", port: 8788, isReady: { true }, logger: logger)
///     try await admin.run()
///
/// `GET /health/live` touches nothing; `GET /health/ready` tells whether requests would be served now.
package struct AdminServer: Service {
    private let host: String
    private let port: Int
    private let isReady: @Sendable () -> Bool
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// A server that has not begun to listen.
    ///
    /// - Parameters:
    ///   - port: the TCP port; 0: any free one.
    ///   - isReady: whether requests would be served now.
    ///   - onListening: told once which port was bound.
    package init(
        host: String,
        port: Int,
        isReady: @escaping @Sendable () -> Bool,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.isReady = isReady
        // Hummingbird logs every connection that a shutdown cuts as an error; what matters is thrown.
        self.logger = logger.logLevel <= .debug ? logger : Logger(label: logger.label) { _ in SwiftLogNoOpLogHandler() }
        self.onListening = onListening
    }

    /// Serves until a graceful shutdown or cancellation.
    ///
    /// - Throws: `AdminError` when it cannot listen.
    package func run() async throws {
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { [onListening, port] channel in onListening(channel.localAddress?.port ?? port) },
            logger: logger
        )
        do {
            try await application.run()
        } catch let error as IOError {
            throw AdminError(host: host, port: port, error)
        }
    }

    private var router: Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorsAsJSON())
        router.get("/health/live") { _, _ in Self.status("live", .ok) }
        router.get("/health/ready") { [isReady] _, _ in
            isReady() ? Self.status("ready", .ok) : Self.status("no provider is configured", .serviceUnavailable)
        }
        return router
    }

    private static func status(_ status: String, _ code: HTTPResponse.Status) -> Response {
        Response(
            status: code,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"status\":\"\(status)\"}"))
        )
    }
}
