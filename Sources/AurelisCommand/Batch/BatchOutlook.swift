internal import Aurelis
internal import Synchronization

/// When a batch can end as far as the quotas allow it: found out while it is already under way.
final class BatchOutlook: Sendable {
    private let state = Mutex<ContinuousClock.Instant?>(nil)

    /// The earliest end; nil: it is not known, or nothing is in the way.
    var end: ContinuousClock.Instant? { state.withLock { $0 } }

    /// Plans the batch, if any model has a quota.
    func look(at input: BatchInput, _ settled: BatchSettled, _ orchestrator: ModelOrchestrator) async {
        let start = ContinuousClock.now
        guard await !orchestrator.quotaReport().rows.isEmpty,
            let plan = try? await PlanCommand.plan(input, orchestrator, settled: settled), plan.end > plan.start
        else { return }
        state.withLock { $0 = start.advanced(by: .milliseconds(plan.end - plan.start)) }
    }
}
