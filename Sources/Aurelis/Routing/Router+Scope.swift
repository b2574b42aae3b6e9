extension Router {
    /// Refuses what a key is not for before anybody is considered: a task, and a model that was asked for by its name.
    /// That is no failure which others could stand in for. Those who were not named are passed over one by one.
    ///
    /// - Throws: `permission`, naming what is allowed.
    func checkScope(of grant: AccessGrant, _ call: ModelCall, journey: inout Journey) throws(ModelError) {
        if let refusal = grant.refusal(of: call.task) {
            for id in groups(for: call).first ?? [] { journey.consider(id, provider: nil, refusal.message) }
            throw noted(refusal, of: call, journey)
        }
        guard let named = call.model else { return }
        let candidates = table.resolve(named).flatMap { serving($0, for: call.operation) }
        guard let first = candidates.first, let obstacle = grant.obstacle(to: first.model),
            candidates.allSatisfy({ grant.obstacle(to: $0.model) != nil })
        else { return }
        for candidate in candidates {
            let reason = grant.obstacle(to: candidate.model).map { "\($0)" }
            journey.consider(candidate.model.id, provider: candidate.provider.id, reason)
        }
        throw noted(grant.refusal(of: first.model.id, obstacle), of: call, journey)
    }

    private func noted(_ refusal: ModelError, of call: ModelCall, _ journey: Journey) -> ModelError {
        var refusal = refusal
        refusal.model = call.model
        refusal.trace = journey.trace
        return refusal
    }
}
