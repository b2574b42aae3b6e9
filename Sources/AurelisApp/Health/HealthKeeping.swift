internal import Aurelis
internal import AurelisTransport
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// Watches over the health of a gateway while it runs: looks again and again, and at once when something new stands
/// against a provider; tells who wants to know; probes where that is wanted.
struct HealthKeeping: Service {
    /// What changes with a reload.
    private struct Rules: Equatable {
        var health: Configuration.Health
        var alerts: [Configuration.Alert]

        init(_ configuration: Configuration) {
            health = configuration.health
            alerts = configuration.alerts
        }
    }

    /// How long several pieces of news are gathered for one look.
    private static let gathering: Duration = .seconds(1)

    let desk: HealthDesk
    private let engine: Engine
    private let factory: AlertFactory
    private let client: HTTPClient
    private let first: [AlertReceiver]
    /// What looks and attempts to tell somebody wait by: the system's clock, as everything does that is of no request.
    private let ticks: any TimeSource = SystemTimeSource()
    private let logger: Logger

    /// - Throws: `ConfigurationError` when somebody who is to be told cannot be.
    init(
        _ configuration: Configuration,
        _ engine: Engine,
        environment: [String: String],
        eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) throws(ConfigurationError) {
        var transport = try HTTPClientConfiguration(configuration, environment: environment)
        transport.maximumConnections = 16
        transport.shutdownGrace = .zero
        client = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: transport)
        factory = AlertFactory(environment: environment, client: client, clock: engine.clock, logger: logger)
        first = try factory.receivers(configuration)
        desk = HealthDesk(engine, configuration, logger: logger)
        self.engine = engine
        self.logger = logger
    }

    func run() async {
        await cancelWhenGracefulShutdown { await keep() }
        desk.flush()
        await client.shutdown()
    }

    private func keep() async {
        var receivers = first
        var outboxes: [AlertOutbox] = []
        var rules = Rules(engine.currentConfiguration)
        var told = rules
        while !Task.isCancelled {
            // Whoever is told as before keeps what he has yet to be told.
            if outboxes.isEmpty || told.alerts != rules.alerts {
                outboxes = receivers.map { AlertOutbox($0, time: ticks, logger: logger) }
            }
            told = rules
            await keep(rules, outboxes)
            let configuration = engine.currentConfiguration
            rules = Rules(configuration)
            do throws(ConfigurationError) { receivers = try factory.receivers(configuration) } catch {
                logger.error("alerts go on as before: \(error)")
                rules.alerts = told.alerts
            }
        }
    }

    /// Watches until the rules change, or the task is cancelled.
    private func keep(_ rules: Rules, _ outboxes: [AlertOutbox]) async {
        let (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (engine, desk, time) = (engine, desk, ticks)
        await withTaskGroup { group in
            group.addTask {
                waker.yield()
                while !Task.isCancelled {
                    do { try await time.sleep(until: time.now.advanced(by: rules.health.interval)) } catch { break }
                    waker.yield()
                }
            }
            group.addTask {
                for await _ in engine.history.evidence.news() {
                    waker.yield()
                    do { try await time.sleep(until: time.now.advanced(by: Self.gathering)) } catch { break }
                }
            }
            for outbox in outboxes { group.addTask { await outbox.run() } }
            if let probes = rules.health.probes {
                let probing = HealthProbing(engine: engine, probes: probes, ticks: time, logger: logger)
                group.addTask { await probing.run() }
            }
            for await _ in wakes {
                let (transitions, report) = await desk.look()
                for outbox in outboxes { outbox.take(transitions, report, from: desk.sender) }
                if Task.isCancelled || Rules(engine.currentConfiguration) != rules { break }
            }
            group.cancelAll()
        }
    }
}
