internal import Aurelis
internal import Logging

/// Asks models, as seldom as it is wanted, whether they answer: only those that nobody else has asked meanwhile.
struct HealthProbing: Sendable {
    let engine: Engine
    let probes: Configuration.Probes
    var ticks: any TimeSource = SystemTimeSource()
    let logger: Logger

    /// Probes until the task is cancelled.
    func run() async {
        for name in probes.models where engine.orchestrator.route(named: name) == nil {
            logger.warning("nobody serves \(name), which health.probes.models names: it is not probed")
        }
        while !Task.isCancelled {
            do { try await ticks.sleep(until: ticks.now.advanced(by: probes.interval)) } catch { return }
            await round()
        }
    }

    /// One round, one model after the other.
    @discardableResult
    func round() async -> [(name: String, outcome: ModelOrchestrator.ProbeOutcome)] {
        var outcomes: [(name: String, outcome: ModelOrchestrator.ProbeOutcome)] = []
        for name in probes.models {
            guard !Task.isCancelled else { break }
            let outcome = await probe(name)
            outcomes.append((name, outcome))
            logger.debug("health probe", metadata: ["model": "\(name)", "outcome": "\(outcome)"])
        }
        return outcomes
    }

    private func probe(_ name: String) async -> ModelOrchestrator.ProbeOutcome {
        let orchestrator = engine.orchestrator
        guard let route = orchestrator.route(named: name) else { return .skipped("nobody serves it") }
        let idle = engine.health.statuses().first { $0.route == route }?.idleFor
        if let idle, idle < probes.interval { return .skipped("it had requests") }
        return await orchestrator.probe(route, leaving: probes.leave, within: probes.timeout)
    }
}
