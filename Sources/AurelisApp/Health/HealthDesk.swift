internal import Aurelis
internal import AurelisRedis
internal import AurelisStorage
internal import Logging
internal import Synchronization

/// Watches over a running process: looks at what its parts know, remembers, and tells of changes.
final class HealthDesk: Sendable {
    private struct State {
        var monitor: HealthMonitor
        /// The latest transitions, the oldest first.
        var history: [HealthTransition] = []
        var isStorageAsked = false
        var storage: HealthReadings.Storage?
        var failedWrites = 0
    }

    /// How many transitions are remembered.
    private static let historyLimit = 500
    /// How long a disk may take to say whether it can be written.
    private static let diskPatience: Duration = .seconds(2)

    private let engine: Engine
    private let log: HealthLog?
    private let state: Mutex<State>
    let sender: HealthAlert.Sender

    init(_ engine: Engine, _ configuration: Configuration, logger: Logger, rules: HealthRules = HealthRules()) {
        self.engine = engine
        // What is simulated is nobody's outage.
        let isKept = !configuration.simulates && !configuration.dataDirectory.isEmpty
        log = isKept ? HealthLog(directory: configuration.dataDirectory, logger: logger) : nil
        sender = HealthAlert.Sender(instance: Instance.name(configuration.admin), version: Version.current)
        let (now, time) = (engine.time.now, engine.clock.millisecondsSinceEpoch)
        var state = State(monitor: HealthMonitor(rules: rules, time: time))
        state.history = log?.latest(Self.historyLimit) ?? []
        state.monitor.resume(from: state.history, at: now, time: time)
        self.state = Mutex(state)
    }

    /// What may be read by others.
    var board: HealthBoard {
        HealthBoard(
            version: sender.version,
            instance: sender.instance,
            report: { [self] in state.withLock(\.monitor.report) },
            history: { [self] limit in state.withLock { Array($0.history.suffix(max(0, limit)).reversed()) } }
        )
    }

    /// Looks at everything once. One look at a time.
    ///
    /// - Returns: what has changed, and how everything is.
    @discardableResult
    func look() async -> (transitions: [HealthTransition], report: HealthReport) {
        await lookAtStorage()
        let readings = await readings()
        let (now, time) = (engine.time.now, engine.clock.millisecondsSinceEpoch)
        let observations = readings.observations(at: now)
        let configured = readings.providers.map { "@\($0.id)" }
        let (transitions, report) = state.withLock { state in
            let transitions = state.monitor.evaluate(
                observations,
                keeping: { subject in
                    [.models, .quota].contains(subject.component) && configured.contains { subject.name.hasSuffix($0) }
                },
                at: now,
                time: time
            )
            state.history += transitions
            state.history.removeFirst(max(0, state.history.count - Self.historyLimit))
            return (transitions, state.monitor.report)
        }
        log?.append(transitions)
        return (transitions, report)
    }

    /// Returns when what has changed is on the disk.
    func flush() { log?.flush() }
}

extension HealthDesk {
    /// A disk that hangs is asked once, and not again before it has answered.
    private func lookAtStorage() async {
        let path = engine.currentConfiguration.dataDirectory
        guard !path.isEmpty else { return }
        let isFree = state.withLock { state in
            defer { state.isStorageAsked = true }
            return !state.isStorageAsked
        }
        guard isFree else { return }
        let answer = await Blocking.value(within: Self.diskPatience) { [self] in
            let look = DirectoryLook.storage(path)
            state.withLock { state in
                state.storage = look
                state.isStorageAsked = false
            }
            return true
        }
        guard answer == nil else { return }
        state.withLock { state in
            // It may have answered in this very moment.
            guard state.isStorageAsked else { return }
            state.storage = .init(failure: "\(path) does not answer")
        }
    }

    private func readings() async -> HealthReadings {
        let orchestrator = engine.orchestrator
        let evidence = engine.history.evidence
        var readings = HealthReadings()
        readings.routes = engine.health.statuses()
        readings.providers = orchestrator.outages
        readings.evidence = evidence.providers
        readings.failures = evidence.failures
        readings.layers = layers()
        readings.audit = engine.trail.log.map { log in
            .init(failure: log.condition.failure, blocks: log.settings.onFailure == .block)
        }
        readings.storage = state.withLock(\.storage)
        readings.quota = await orchestrator.knownQuotaReport()
        return readings
    }

    private func layers() -> [HealthReadings.Layer] {
        var layers = [HealthReadings.Layer(CacheLayer.memory.rawValue, .healthy)]
        if let redis = engine.layers.redis?.store.statistics {
            let state: HealthState = redis.isCircuitOpen ? .unhealthy : redis.isListening ? .healthy : .degraded
            let reason = redis.isCircuitOpen ? "it is left alone after failures" : "it hears of no invalidations"
            let told = [reason, redis.lastError].compactMap(\.self).joined(separator: ": ")
            layers.append(.init(CacheLayer.redis.rawValue, state, state.isTrouble ? told : nil))
        }
        if let database = engine.layers.database?.statistics {
            let isWorse = state.withLock { state in
                defer { state.failedWrites = database.failures }
                return database.failures > state.failedWrites
            }
            let told = isWorse ? database.lastError ?? "it fails" : nil
            layers.append(.init(CacheLayer.database.rawValue, isWorse ? .unhealthy : .healthy, told))
        }
        return layers
    }
}
