/// Turns a call into its candidates: who could answer, best first, and why others could not.
struct Router: Sendable {
    let table: RoutingTable
    let providers: [any ModelProvider]
    /// Whether a model that the caller named may be replaced when it fails.
    let replacesNamedModels: Bool

    /// A model together with the provider that serves it.
    struct Candidate: Sendable {
        let provider: any ModelProvider
        let model: ProviderModel

        /// The key of its circuit.
        var route: CircuitBreakers.Route { .init(provider: provider.id, model: model.id) }
    }

    /// The eligible candidates, best first; everything considered is noted in `journey`.
    ///
    /// - Throws: `modelUnavailable`, naming every candidate and why it was ruled out, when none is left.
    func candidates(for call: ModelCall, journey: inout Journey) throws(ModelError) -> [Candidate] {
        var eligible: [Candidate] = []
        var considered: [RouteTrace.Candidate] = []
        for id in preferences(for: call) {
            let serving = serving(id, for: call.operation)
            if serving.isEmpty {
                considered.append(.init(model: id, provider: nil, rejection: "no configured provider serves it"))
            }
            for candidate in serving {
                considered.append(.init(model: id, provider: candidate.provider.id))
                eligible.append(candidate)
            }
        }
        journey.consider(considered)
        if eligible.isEmpty { throw noCandidate(for: call, trace: journey.trace) }
        return eligible
    }

    private func preferences(for call: ModelCall) -> [ModelID] {
        guard let named = call.model else { return row(of: call) }
        guard call.allowsFallback ?? replacesNamedModels, call.operation == .chatCompletion else { return [named] }
        return [named] + row(of: call).filter { $0 != named }
    }

    private func row(of call: ModelCall) -> [ModelID] {
        // Vectors of two models cannot be compared, so embeddings are never routed.
        guard call.operation == .chatCompletion else { return [] }
        let row = table[call.task]
        guard let last = table.globalFallback, !row.contains(last) else { return row }
        return row + [last]
    }

    private func serving(_ id: ModelID, for operation: ModelOperation) -> [Candidate] {
        providers.compactMap { provider in
            provider.model(id, for: operation).map { Candidate(provider: provider, model: $0) }
        }
    }

    private func noCandidate(for call: ModelCall, trace: RouteTrace) -> ModelError {
        var error: ModelError
        if let named = call.model {
            error = ModelError(
                .modelUnavailable,
                "no configured provider serves \"\(named.spelling)\"",
                code: "model_not_found",
                hint: "`aurelis models` lists what can be asked"
            )
        } else {
            let rejected = trace.candidates.map { "\($0.model): \($0.rejection ?? "eligible")" }
            error = ModelError(
                .modelUnavailable,
                "no eligible model for the task \(call.task.rawValue) (\(rejected.joined(separator: "; ")))",
                code: "no_eligible_model",
                hint: "name a model that the provider serves, or list models for the task under `routing.tasks`"
            )
        }
        error.model = call.model
        error.trace = trace
        return error
    }
}
