internal import AurelisJSON
package import AurelisTLS
internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The control plane: what operators and their tools ask, on a port of its own.
///
///     let admin = AdminServer(host: "127.0.0.1", port: 8788, resources: resources, logger: logger)
///     try await admin.run()
///
/// - `GET /health/live` touches nothing; `GET /health/ready` tells whether requests would be served now.
/// - `GET /metrics` is what Prometheus fetches.
/// - `GET /admin/circuits` lists the routes with their circuits; `POST /admin/circuits/reset` closes them, all or those
///   of `?provider=` and `?model=`.
/// - `GET /admin/cache` counts the kept answers, `GET /admin/cache/entries` lists them (`?layer=`, `task`, `tag`, `model`,
///   `tenant`, `key_prefix`, `limit`), `GET /admin/cache/entries/{key}` shows one; `POST /admin/cache/invalidate` drops
///   those of `?event=` or of such a selection, or `?all=true`.
/// - `GET /admin/quota` tells what is used of the quotas, `GET /admin/usage` what was used, day by day.
/// - `GET /admin/requests` lists the latest requests (`?limit=`), `GET /admin/requests/{id}` tells all about one.
package struct AdminServer: Service {
    private let host: String
    private let port: Int
    private let security: TLSListener?
    private let resources: AdminResources
    private let access: AdminAccess?
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// A server that has not begun to listen.
    ///
    /// - Parameters:
    ///   - port: the TCP port; 0: any free one.
    ///   - security: TLS for every connection; nil: they are not encrypted.
    ///   - resources: what it reads and steers.
    ///   - access: who may; nil: whoever reaches it.
    ///   - onListening: told once which port was bound.
    package init(
        host: String,
        port: Int,
        security: TLSListener? = nil,
        resources: AdminResources,
        access: AdminAccess? = nil,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.resources = resources
        self.access = access
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
            server: .http1(behind: security),
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
        router.get("/health/ready") { [resources] _, _ in
            resources.isReady()
                ? Self.status("ready", .ok) : Self.status("no provider is configured", .serviceUnavailable)
        }
        MetricsRoutes(page: resources.metrics, access: access).add(to: router)
        let admin = router.group("admin").add(middleware: LocalOnly(isExposed: access?.isExposed ?? false))
        if let access { admin.add(middleware: OperatorsOnly(access: access)) }
        CircuitRoutes(health: resources.health).add(to: admin)
        QuotaRoutes(report: resources.quota).add(to: admin)
        UsageRoutes(report: resources.usage).add(to: admin)
        RequestRoutes(resources: resources).add(to: admin)
        CacheRoutes(resources: resources).add(to: admin)
        return router
    }

    private static func status(_ status: String, _ code: HTTPResponse.Status) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.field("status", status)
        json.endObject()
        return Response(status: code, json: json)
    }
}
