package import Aurelis
internal import AurelisAdmin
internal import AurelisGateway
package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

/// Where the two servers listen.
package struct ListeningAddresses: Sendable, Hashable {
    /// The data plane, such as `http://127.0.0.1:8787`.
    package var gateway: String
    /// The control plane, such as `http://127.0.0.1:8788`.
    package var admin: String
}

/// Puts the gateway together from its configuration: the same app for production and for tests.
///
///     let app = try await buildApp(configuration, environment: environment, logger: logger) { addresses in
///         print("listening on \(addresses.gateway)")
///     }
///     try await app.run()
///
/// - Parameters:
///   - cassette: records what providers answer, or answers in their place.
///   - time: what waits and deadlines go by; time limits of connections go by the system's clock.
///   - openFiles: how many descriptors there may be, connections included; nil: nobody knows.
///   - onListening: told once, when both servers listen.
///   - reload: reads the configuration again; asked by the control plane, and on SIGHUP when signals are handled.
/// - Throws: `ConfigurationError`; nothing runs then.
package func buildApp(
    _ configuration: Configuration,
    environment: [String: String],
    cassette: CassetteMode? = nil,
    time: any TimeSource = SystemTimeSource(),
    openFiles: Int? = OpenFileLimit.current?.soft,
    logger: Logger,
    onListening: @escaping @Sendable (ListeningAddresses) -> Void = { _ in },
    reload: (@Sendable () throws -> Configuration)? = nil
) async throws -> App {
    let logger = logger.redacting
    let limits = ConnectionLimits(configuration, openFiles: openFiles)
    limits.tell(configuration, openFiles: openFiles, logger)
    try DataDirectory.prepare(configuration.dataDirectory)
    for file in SecretFiles.open(configuration, environment: environment) {
        logger.warning("\(file.problem): \(file.advice)")
    }
    let access = try AccessControl.open(configuration, time: time, logger: logger)
    let security = try ServerSecurity(configuration, environment: environment, logger: logger)
    let threads = configuration.gateway.threads == 0 ? System.coreCount : configuration.gateway.threads
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    let engine: Engine
    let health: HealthKeeping
    do {
        engine = try await Engine.build(
            configuration,
            environment: environment,
            // The pool bounds what the gateway sends; a second bound would only hold requests back.
            defaultConcurrency: nil,
            cassette: cassette,
            isBrief: false,
            time: time,
            logger: logger,
            eventLoopGroup: group
        )
        do {
            health = try HealthKeeping(
                configuration,
                engine,
                environment: environment,
                eventLoopGroup: group,
                logger: logger
            )
        } catch {
            await engine.shutdown()
            throw error
        }
        engine.trail.started(configuration)
        security.report(to: engine.trail)
    } catch {
        try? await group.shutdownGracefully()
        throw error
    }
    let isReplay = if case .play = cassette { true } else { false }
    let batches = BatchParts(configuration, engine, access, limits, isReplay: isReplay, logger: logger)
    let reloading = ConfigurationReload(
        configuration,
        engine: engine,
        security: security,
        logger: logger,
        read: reload
    )
    let announcement = Announcement(onListening)
    let gateway = GatewayServer(
        configuration: GatewayConfiguration(configuration, limits),
        orchestrator: { engine.orchestrator },
        access: access.gateway,
        security: security.gateway,
        signatures: { security.signatures },
        refusals: engine.trail,
        stored: batches?.objects,
        eventLoopGroup: group,
        logger: logger,
        onListening: { announcement.gateway("\($0)") }
    )
    let scrape = MetricsScrape(
        engine: engine,
        gateway: { gateway.load },
        metered: { access.metered },
        process: ProcessReadings(start: WallClock.system.millisecondsSinceEpoch)
    )
    var resources = AdminResources(
        isReady: { engine.orchestrator.isReady },
        health: engine.health,
        cache: { engine.cache },
        quota: { await engine.orchestrator.quotaReport(keys: access.metered) },
        usage: { selection, grouping in try await engine.history.usage(of: selection, by: grouping) },
        live: LiveSources(statistics: engine.history.statistics, recent: engine.history.recent),
        dataDirectory: configuration.dataDirectory,
        latestRequests: { limit in try await engine.history.latest(limit) },
        request: { id in try await engine.history.find(id) },
        obstacle: { engine.orchestrator.obstacle }
    )
    resources.board = health.desk.board
    resources.metrics = { await scrape.page(accepting: $0) }
    let admin = AdminServer(
        host: configuration.admin.host,
        port: configuration.admin.port,
        security: security.admin,
        maximumConnections: limits.admin,
        resources: resources,
        steering: AdminSteering(
            keys: configuration.dataDirectory.isEmpty ? nil : access.administration(engine.trail),
            configuration: reloading,
            requests: { selection in try await engine.history.page(selection) },
            batches: batches?.open
        ),
        access: access.admin,
        refusals: engine.trail,
        logger: logger,
        onListening: { port in
            let isSecure = security.admin != nil
            let address = ListeningAddress(host: configuration.admin.host, port: port, isSecure: isSecure)
            announcement.admin("\(address)")
        }
    )
    return App(
        engine: engine,
        access: access,
        health: health,
        dataPlane: DataPlane(gateway: gateway, batches: batches?.service),
        admin: admin,
        group: group,
        logger: logger,
        reload: reload == nil ? nil : reloading
    )
}

/// The gateway with everything it needs, as one service.
package struct App: Service {
    /// Providers and orchestrator.
    package let engine: Engine
    private let access: AccessControl
    private let health: HealthKeeping
    private let dataPlane: DataPlane
    private let admin: AdminServer
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let reload: ConfigurationReload?

    fileprivate init(
        engine: Engine,
        access: AccessControl,
        health: HealthKeeping,
        dataPlane: DataPlane,
        admin: AdminServer,
        group: MultiThreadedEventLoopGroup,
        logger: Logger,
        reload: ConfigurationReload?
    ) {
        self.engine = engine
        self.access = access
        self.health = health
        self.dataPlane = dataPlane
        self.admin = admin
        self.group = group
        self.logger = logger
        self.reload = reload
    }

    /// Puts what the command has changed about the keys into effect now, not within a second.
    package func refreshKeys() { access.refresh() }

    /// What the control plane answers, as `GET /admin/circuits`.
    package var adminRoutes: [String] { admin.routes }

    /// Looks at everything's health now, not within the interval.
    package func lookAtHealth() async { await health.desk.look() }

    /// Serves until a graceful shutdown or cancellation.
    package func run() async throws {
        try await run(signals: [])
    }

    /// Serves as a process: SIGTERM and SIGINT let running requests finish, SIGHUP reads the configuration again.
    package func serve() async throws {
        try await run(signals: [.sigterm, .sigint])
    }

    private func run(signals: [UnixSignal]) async throws {
        // Shut down in reverse: the gateway drains first, operators see it until the end.
        var services: [any Service] =
            [HistoryWriting(history: engine.history), access.following, health] + engine.services + [admin, dataPlane]
        if let reload, !signals.isEmpty {
            services.insert(ReloadingOnSignal(reload: reload), at: 0)
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        let configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            gracefulShutdownSignals: signals,
            logger: quiet
        )
        let outcome: Result<Void, any Error>
        do {
            try await ServiceGroup(configuration: configuration).run()
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await engine.shutdown()
        try? await group.shutdownGracefully()
        try outcome.get()
    }
}

/// Gathers the two addresses and tells them once.
private final class Announcement: Sendable {
    private let addresses = Mutex<(gateway: String?, admin: String?)>((nil, nil))
    private let tell: @Sendable (ListeningAddresses) -> Void

    init(_ tell: @escaping @Sendable (ListeningAddresses) -> Void) { self.tell = tell }

    func gateway(_ address: String) { note { $0.gateway = address } }

    func admin(_ address: String) { note { $0.admin = address } }

    private func note(_ change: (inout (gateway: String?, admin: String?)) -> Void) {
        let complete = addresses.withLock { addresses -> ListeningAddresses? in
            change(&addresses)
            guard let gateway = addresses.gateway, let admin = addresses.admin else { return nil }
            return ListeningAddresses(gateway: gateway, admin: admin)
        }
        if let complete { tell(complete) }
    }
}

extension GatewayConfiguration {
    fileprivate init(_ configuration: Configuration, _ connections: ConnectionLimits) {
        self.init()
        let gateway = configuration.gateway
        host = gateway.listener.host
        port = gateway.listener.port
        limits.body = gateway.maximumBody
        limits.file = configuration.files.maximumSize
        // The form around a file is small.
        limits.upload = limits.file + (1 << 20)
        limits.connections = connections.gateway
        timeLimits.drain = gateway.drainTimeout
    }
}
