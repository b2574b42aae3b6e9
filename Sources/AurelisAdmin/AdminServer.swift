package import Aurelis
internal import AurelisJSON
internal import AurelisServing
package import AurelisTLS
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The control plane: what operators and their tools ask, on a port of its own.
///
///     let admin = AdminServer(host: "127.0.0.1", port: 8788, resources: resources, logger: logger)
///     try await admin.run()
///
/// - `GET /health/live` touches nothing; `GET /health/ready` tells whether requests would be served now; `GET /health`
///   tells how the process is, `GET /health/history` what has changed.
/// - `GET /metrics` is what Prometheus fetches. HEAD is answered there and at `/health`, `/health/live` and `/health/ready`.
/// - `GET /admin/circuits` lists the routes with their circuits; `POST /admin/circuits/reset` closes them, all or those
///   of `?provider=` and `?model=`.
/// - `GET /admin/cache` counts the kept answers, `GET /admin/cache/entries` lists them (`?layer=`, `task`, `tag`, `model`,
///   `tenant`, `key_prefix`, `limit`), `GET /admin/cache/entries/{key}` shows one; `POST /admin/cache/invalidate` drops
///   those of `?event=` or of such a selection, or `?all=true`.
/// - `GET /admin/quota` tells what is used of the quotas, `GET /admin/usage` what was used, day by day.
/// - `GET /` is a page for people, of which everything is in this process; `GET /admin/statistics` tells what is under way
///   and how it went, `GET /admin/events` what happens, as it happens.
/// - `GET /admin/requests` lists the latest requests (`?limit=`, `model`, `provider`, `outcome`, `task`, `key`, `since`,
///   `cursor`), `GET /admin/requests/{id}` tells all about one; `GET /admin/batches` lists the batches that have not ended.
/// - `GET /admin/keys` lists the keys (`?all=true`), `GET /admin/keys/{key}` shows one; with an admin key `POST /admin/keys`
///   makes one, `POST /admin/keys/{key}/rotate` and `/revoke` change one.
/// - `GET /admin/configuration` shows the settings in effect, `POST /admin/configuration/reload` reads them again.
/// - `GET /openapi.json` describes all of this.
package struct AdminServer: Service {
    private let host: String
    private let port: Int
    private let security: TLSListener?
    private let maximumConnections: Int
    private let resources: AdminResources
    private let steering: AdminSteering?
    private let access: AdminAccess?
    private let refusals: (any RefusalRecorder)?
    private let logger: Logger
    /// Tells what went wrong while a request was answered, which is never Hummingbird's business.
    private let trouble: Logger
    private let onListening: @Sendable (Int) -> Void

    /// A server that has not begun to listen.
    ///
    /// - Parameters:
    ///   - port: the TCP port; 0: any free one.
    ///   - security: TLS for every connection; nil: they are not encrypted.
    ///   - maximumConnections: how many may be open; the next ones are answered with 503 and closed.
    ///   - resources: what it reads and steers.
    ///   - steering: what else it steers.
    ///   - access: who may; nil: whoever reaches it.
    ///   - refusals: told whom it turned away.
    ///   - onListening: told once which port was bound.
    package init(
        host: String,
        port: Int,
        security: TLSListener? = nil,
        maximumConnections: Int = 256,
        resources: AdminResources,
        steering: AdminSteering? = nil,
        access: AdminAccess? = nil,
        refusals: (any RefusalRecorder)? = nil,
        logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.maximumConnections = maximumConnections
        self.resources = resources
        self.steering = steering
        self.trouble = logger
        self.access = access
        self.refusals = refusals
        // Hummingbird logs every connection that a shutdown cuts as an error; what matters is thrown.
        self.logger = logger.logLevel <= .debug ? logger : Self.silence
        self.onListening = onListening
    }

    private static let silence = Logger(label: "aurelis.admin") { _ in SwiftLogNoOpLogHandler() }

    /// Serves until a graceful shutdown or cancellation.
    ///
    /// - Throws: `AdminError` when it cannot listen.
    package func run() async throws {
        let hub = EventHub(time: resources.live.time)
        let application = Application(
            router: router(hub),
            server: .http1(behind: security, ConnectionCount(limit: maximumConnections)),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    ConnectionCount.ceiling(of: maximumConnections),
                    logger: Self.silence
                )
            ),
            services: [LiveFeed(hub: hub, sources: resources.live, resources: resources)],
            onServerRunning: { [onListening, port] channel in onListening(channel.localAddress?.port ?? port) },
            logger: logger
        )
        do {
            try await application.run()
        } catch let error as IOError {
            throw AdminError(host: host, port: port, error)
        }
    }

    /// What is answered, as `GET /admin/circuits`.
    package var routes: [String] {
        router(EventHub(time: resources.live.time)).routes.map { "\($0.method.rawValue) \($0.path)" }
    }

    private func router(_ hub: EventHub) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorsAsJSON(logger: trouble))
        OpenAPIRoutes().add(to: router)
        router.getAndHead("/health/live") { _, _ in Self.status("live", .ok) }
        router.getAndHead("/health/ready") { [resources] _, _ in
            guard resources.isReady() else { return Self.status("no provider is configured", .serviceUnavailable) }
            // Everybody is told; the paths in the reason are for those with a key, at `/health`.
            return resources.obstacle() == nil
                ? Self.status("ready", .ok) : Self.status("the audit log cannot be written", .serviceUnavailable)
        }
        MetricsRoutes(page: resources.metrics, access: access).add(to: router)
        if let board = resources.board { HealthRoutes(board: board, access: access).add(to: router) }
        DashboardRoutes(isExposed: access?.isExposed ?? false, refusals: refusals).add(to: router)
        let admin = router.group("admin").add(
            middleware: LocalOnly(isExposed: access?.isExposed ?? false, refusals: refusals)
        )
        if let access { admin.add(middleware: OperatorsOnly(access: access, refusals: refusals)) }
        CircuitRoutes(health: resources.health).add(to: admin)
        QuotaRoutes(report: resources.quota).add(to: admin)
        UsageRoutes(report: resources.usage).add(to: admin)
        RequestRoutes(resources: resources, page: steering?.requests, clock: access?.clock ?? .system).add(to: admin)
        CacheRoutes(resources: resources).add(to: admin)
        StatisticsRoutes(statistics: resources.live.statistics).add(to: admin)
        EventRoutes(hub: hub, time: resources.live.time).add(to: admin)
        if let steering { add(steering, to: admin) }
        return router
    }

    private func add(_ steering: AdminSteering, to admin: RouterGroup<BasicRequestContext>) {
        if let keys = steering.keys { KeyRoutes(desk: keys, access: access).add(to: admin) }
        ConfigurationRoutes(desk: steering.configuration).add(to: admin)
        if let batches = steering.batches { BatchRoutes(open: batches).add(to: admin) }
    }

    private static func status(_ status: String, _ code: HTTPResponse.Status) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.field("status", status)
        json.endObject()
        return Response(status: code, json: json)
    }
}
