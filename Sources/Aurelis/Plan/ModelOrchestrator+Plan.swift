extension ModelOrchestrator {
    /// What a batch would take: requests, tokens, money, and time under today's quotas. Nothing is sent.
    ///
    ///     let plan = await orchestrator.plan(batch: items)
    ///     print(plan.requests, "requests,", plan.cached, "answers from the cache")
    public func plan(batch items: [BatchItem]) async -> BatchPlan {
        var planner = BatchPlanner(self)
        for (index, item) in items.enumerated() { await planner.add(BatchLine(number: index + 1, item: item)) }
        return planner.plan
    }
}
