package import Aurelis
internal import AurelisStorage
internal import AurelisTracing
internal import AurelisTransport
package import Logging
package import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// Providers and orchestrator without any listener: what `ask` works with, and what the servers serve.
///
///     let engine = try await Engine.build(configuration, environment: environment, logger: logger, eventLoopGroup: group)
///     let response = try await engine.orchestrator.respond(to: request)
///     await engine.shutdown()
package final class Engine: Sendable {
    private let factory: OrchestratorFactory
    private let current: Mutex<ModelOrchestrator>
    private let configuration: Mutex<Configuration>

    /// What has been learnt of every route.
    package var health: RouteHealth { factory.health }
    /// What was used of the quotas.
    package var quota: any QuotaLedger { factory.quota }
    /// What became of the requests.
    package var history: RequestHistory { factory.history }
    /// What is counted for a scrape.
    package var metrics: EngineMetrics? { factory.metrics }
    /// What makes and sends the spans of requests; nil: nobody.
    package var tracing: EngineTracing? { factory.tracing }
    /// The connections to providers.
    var client: HTTPClient { factory.client }
    /// What is told to the audit log.
    package var trail: AuditTrail { factory.trail }
    /// The cache and the stores behind it.
    var layers: CacheLayers { factory.layers }
    /// What waits and deadlines go by.
    var time: any TimeSource { factory.time }
    /// The time of day that goes with it.
    var clock: WallClock { factory.clock }
    /// What runs beside the servers.
    var services: [any Service] {
        var services: [any Service] = layers.services
        if quota is DatabaseQuotaLedger { services.append(QuotaKeeping(engine: self)) }
        if let tracing { services.append(tracing.exporter) }
        return services
    }
    /// The answers that are kept, under the rules in effect now.
    package var cache: AnswerCache { orchestrator.cache ?? factory.layers.cache }

    private init(_ factory: OrchestratorFactory, _ orchestrator: ModelOrchestrator, _ configuration: Configuration) {
        self.factory = factory
        self.current = Mutex(orchestrator)
        self.configuration = Mutex(configuration)
    }

    /// Puts the parts together, and starts the embedded simulator if it is to answer.
    ///
    /// - Parameters:
    ///   - defaultConcurrency: how many requests one provider gets at once when the configuration does not say; nil: as
    ///     many as there are connections.
    ///   - cassette: records what providers answer, or answers in their place.
    ///   - isBrief: whether the process works for a moment only.
    ///   - time: what waits and deadlines go by.
    /// - Throws: `ConfigurationError` when a provider cannot be made from its settings.
    package static func build(
        _ configuration: Configuration,
        environment: [String: String],
        defaultConcurrency: Int? = 10,
        cassette: CassetteMode? = nil,
        isBrief: Bool = true,
        time: any TimeSource = SystemTimeSource(),
        logger: Logger,
        eventLoopGroup: any EventLoopGroup
    ) async throws -> Engine {
        let logger = logger.redacting
        let scale = configuration.simulator.timeScale
        let time = scale > 1 ? ScaledTimeSource(scale, of: time) : time
        // The time of day is the system's, which every process has, unless this one has a time of its own.
        let clock: WallClock = time is SystemTimeSource ? .system : .following(time)
        let layers = try CacheFactory(
            environment: environment,
            clock: clock,
            logger: logger,
            eventLoopGroup: eventLoopGroup
        ).layers(configuration)
        let transport = try HTTPClientConfiguration(configuration, environment: environment)
        let audit = try AuditFactory(environment: environment, clock: clock, time: time, logger: logger)
            .log(configuration, isBrief: isBrief)
        let client = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: transport)
        // A process of a moment has no time to send spans.
        let tracing: EngineTracing?
        do {
            tracing =
                isBrief
                ? nil
                : try EngineTracing.make(configuration, environment: environment, client: client, logger: logger)
        } catch {
            await client.shutdown()
            throw error
        }
        // What a cassette answers uses nothing of anybody's.
        let isPlayed = if case .play = cassette { true } else { false }
        let simulator = configuration.simulates ? try await EmbeddedSimulator.start(configuration.simulator) : nil
        // A process of a moment is never asked.
        let metrics = isBrief ? nil : EngineMetrics()
        let factory = OrchestratorFactory(
            client: client,
            simulator: simulator,
            environment: environment,
            defaultConcurrency: defaultConcurrency,
            health: RouteHealth(time: time),
            history: RequestHistory(
                directory: configuration.dataDirectory,
                simulated: configuration.simulates || isPlayed,
                evidence: HealthEvidence(time: time),
                metrics: metrics?.requests,
                time: time,
                clock: clock,
                logger: logger
            ),
            metrics: metrics,
            tracing: tracing,
            trail: AuditTrail(audit, clock: clock),
            layers: layers,
            quota: quota(configuration, isPlayed: isPlayed, clock, logger: logger),
            cassette: cassette,
            time: time,
            clock: clock,
            logger: logger
        )
        do {
            return Engine(factory, try factory.orchestrator(configuration), configuration)
        } catch {
            await simulator?.shutdown()
            await client.shutdown()
            throw error
        }
    }

    /// What every process of the data directory has used; of the simulator, whose quotas are its own, what this one has.
    private static func quota(
        _ configuration: Configuration,
        isPlayed: Bool,
        _ clock: WallClock,
        logger: Logger
    ) -> any QuotaLedger {
        guard !configuration.simulates, !isPlayed, !configuration.dataDirectory.isEmpty else {
            return MemoryQuotaLedger(clock: clock)
        }
        return DatabaseQuotaLedger(directory: configuration.dataDirectory, clock: clock, logger: logger)
    }

    /// The rules and providers in effect now.
    package var orchestrator: ModelOrchestrator { current.withLock { $0 } }

    /// The configuration in effect now.
    var currentConfiguration: Configuration { configuration.withLock { $0 } }

    /// Puts another configuration's providers and rules into effect for the requests to come. Connections, listeners,
    /// the simulator and what is known of the routes stay as they are.
    ///
    /// - Throws: `ConfigurationError`; then nothing has changed.
    package func reload(_ configuration: Configuration) throws(ConfigurationError) {
        let next = try factory.orchestrator(configuration)
        current.withLock { $0 = next }
        let old = self.configuration.withLock { present in
            defer { present = configuration }
            return present
        }
        trail.reloaded(configuration, instead: old)
    }

    /// Tells other processes, until the task is cancelled, which requests are under way. Servers have a service for it.
    package func keepQuota() async { await (quota as? DatabaseQuotaLedger)?.run() }

    /// Ends the connections and the simulator; history and answers are where they are kept afterwards.
    package func shutdown() async {
        factory.history.flush()
        factory.trail.log?.close()
        await (factory.quota as? DatabaseQuotaLedger)?.flush()
        await factory.layers.shutdown()
        await factory.client.shutdown()
        await factory.simulator?.shutdown()
    }
}

/// Tells other processes, as long as the servers run, which requests are under way.
private struct QuotaKeeping: Service {
    let engine: Engine

    func run() async { await cancelWhenGracefulShutdown { await engine.keepQuota() } }
}
