/// Turns a call into its candidates: who could answer, best first, and why others could not.
struct Router: Sendable {
    let table: RoutingTable
    let providers: [any ModelProvider]
    /// Whether a model that the caller named may be replaced when it fails, if the caller does not say.
    let replacesNamedModels: Bool
    let strategy: RoutingStrategy
    let health: RouteHealth
    /// Whose tokens are counted exactly.
    let tokenizers: ModelTokenizers

    /// The eligible candidates, best first; everything considered is noted in `journey`.
    ///
    /// - Throws: `modelUnavailable`, naming every candidate and why it was ruled out, when none is left; `retired` when
    ///   that is the reason for all of them.
    func candidates(
        for call: ModelCall,
        journey: inout Journey,
        at now: ContinuousClock.Instant
    ) throws(ModelError) -> [Candidate] {
        if let candidate = onlyCandidate(for: call) {
            journey.consider(candidate.model.id, provider: candidate.provider.id, nil)
            return [candidate]
        }
        if let grant = call.grant { try checkScope(of: grant, call, journey: &journey) }
        let ranking = RouteRanking(strategy: call.strategy ?? strategy, health: health)
        var screening = Screening(call: call, tokenizers: tokenizers)
        var seen: [ModelID] = []
        var eligible: [Candidate] = []
        for group in groups(for: call) {
            var admitted: [Candidate] = []
            for id in group where !seen.contains(id) {
                seen.append(id)
                let serving = serving(id, for: call.operation)
                if serving.isEmpty { journey.consider(id, provider: nil, "no configured provider serves it") }
                for candidate in serving where screening.admits(candidate, journey: &journey) {
                    admitted.append(candidate)
                }
            }
            for candidate in ranking.ranked(admitted, stream: call.stream, at: now) {
                // Another provider of the same model is no fallback.
                let isRefused =
                    call.fallback == .never && eligible.first.map { $0.model.id != candidate.model.id } ?? false
                let rejection = isRefused ? "the request allows no fallback" : nil
                journey.consider(candidate.model.id, provider: candidate.provider.id, rejection)
                if !isRefused { eligible.append(candidate) }
            }
        }
        if eligible.isEmpty { throw noCandidate(for: call, screening.cause, trace: journey.trace) }
        return eligible
    }

    /// The one who serves a named model that nobody may stand in for, when nothing needs to be checked or compared:
    /// what most requests come to, without the lists that the others need.
    func onlyCandidate(for call: ModelCall) -> Candidate? {
        guard let named = call.model, !(replacesNamedModels && call.fallback == nil),
            call.fallback == nil || call.fallback == .never, table.aliases.isEmpty, providers.count == 1,
            providers[0].outage == nil, let model = providers[0].model(named, for: call.operation),
            model.capabilities == nil, model.inputLimit == nil,
            call.grant.map({ $0.scope.allows(call.task) && $0.obstacle(to: model) == nil }) ?? true
        else { return nil }
        return Candidate(provider: providers[0], model: model)
    }

    /// The models that may answer, in groups of falling preference; a strategy puts each group in order.
    func groups(for call: ModelCall) -> [[ModelID]] {
        // Vectors of two models cannot be compared, so embeddings go to the named model only.
        guard call.operation == .chatCompletion else { return call.model.map { [table.resolve($0)] } ?? [] }
        let last = table.globalFallback.map { [$0] } ?? []
        guard let named = call.model else {
            let row = table[call.task].flatMap(table.resolve)
            guard case .models(let models) = call.fallback else { return [row, last] }
            return [row, models.flatMap(table.resolve)]
        }
        let first = table.resolve(named)
        switch call.fallback ?? (replacesNamedModels ? .byTask : .never) {
        case .never: return [first]
        case .byTask: return [first, table.equivalents(of: first), table[call.task].flatMap(table.resolve), last]
        case .models(let models): return [first, table.equivalents(of: first), models.flatMap(table.resolve)]
        }
    }

    func serving(_ id: ModelID, for operation: ModelOperation) -> [Candidate] {
        providers.compactMap { provider in
            provider.model(id, for: operation).map { Candidate(provider: provider, model: $0) }
        }
    }

    /// The same candidates: whom a provider has asked to leave alone comes after everybody else, the shortest pause first: nobody waits while
    /// another may answer.
    func pausedLast(
        _ candidates: [Candidate],
        journey: inout Journey,
        at now: ContinuousClock.Instant
    ) -> [Candidate] {
        guard candidates.count > 1 else { return candidates }
        var free: [Candidate] = []
        var paused: [(candidate: Candidate, until: ContinuousClock.Instant)] = []
        for candidate in candidates {
            if case .paused(let until, let cause) = health.obstacle(on: candidate.route, at: now) {
                paused.append((candidate, until))
                let reason = cause == .rateLimit ? "rate-limited" : "retired"
                journey.deferred(candidate, reason: "\(reason), for \(now.duration(to: until).briefly) asked last")
            } else {
                free.append(candidate)
            }
        }
        return free + paused.sorted { $0.until < $1.until }.map(\.candidate)
    }

    private func noCandidate(for call: ModelCall, _ cause: ModelError?, trace: RouteTrace) -> ModelError {
        let rejected = trace.candidates.map { "\($0.model): \($0.rejection ?? "eligible")" }.joined(separator: "; ")
        var error: ModelError
        if let cause {
            error = cause
        } else if let named = call.model, trace.candidates.allSatisfy({ $0.provider == nil }) {
            error = ModelError(
                .modelUnavailable,
                "no configured provider serves \"\(named.spelling)\"",
                code: "model_not_found",
                hint: nearest(to: named, for: call).map {
                    "did you mean \"\($0)\"? `aurelis models` lists what can be asked"
                }
                    ?? "`aurelis models` lists what can be asked"
            )
        } else {
            let subject = call.model.map { "\"\($0.spelling)\"" } ?? "the task \(call.task.rawValue)"
            error = ModelError(
                .modelUnavailable,
                "no eligible model for \(subject) (\(rejected))",
                code: "no_eligible_model",
                hint: "name a model that the provider serves, list models under `routing.tasks`, or correct what is "
                    + "known of a model under `providers.models`"
            )
        }
        error.model = call.model
        error.trace = trace
        return error
    }

    /// The model that was probably meant, among those that the caller may ask.
    private func nearest(to named: ModelID, for call: ModelCall) -> String? {
        let models = providers.flatMap { provider in
            provider.models.filter { provider.model($0.id, for: call.operation) != nil }
        }.filter { model in call.grant.map { $0.obstacle(to: model) == nil } ?? true }
        return Suggestion.nearest(to: named.spelling, among: models.map(\.id.canonical))
    }
}

/// Rules candidates out for what is known beforehand: a retired provider, a missing capability, a prompt too long.
private struct Screening {
    let call: ModelCall
    let tokenizers: ModelTokenizers
    /// Read when the first candidate has facts to compare with.
    private var needs: RequestNeeds?
    private var rejections: [Rejection] = []
    private var hasAdmitted = false

    private enum Rejection {
        /// The caller's key is not for it.
        case forbidden(ModelError)
        case retired(ModelError)
        case tooLong(String)
        case other
    }

    init(call: ModelCall, tokenizers: ModelTokenizers) {
        self.call = call
        self.tokenizers = tokenizers
    }

    /// What all that serve the model have in common against it, as the failure it is.
    var cause: ModelError? {
        guard !hasAdmitted, !rejections.isEmpty else { return nil }
        var reasons: [String] = []
        var retirement: ModelError?
        var refusal: ModelError?
        for rejection in rejections {
            switch rejection {
            case .forbidden(let error): refusal = refusal ?? error
            case .retired(let error): retirement = retirement ?? error
            case .tooLong(let reason): reasons.append(reason)
            case .other: return nil
            }
        }
        guard let reason = reasons.first else { return retirement ?? refusal }
        return ModelError(
            .contextLength,
            "\(reason): nothing was sent",
            code: "context_length_exceeded",
            hint: "shorten the prompt, or name a model with a larger window"
        )
    }

    mutating func admits(_ candidate: Candidate, journey: inout Journey) -> Bool {
        if let grant = call.grant, let obstacle = grant.obstacle(to: candidate.model) {
            rejections.append(.forbidden(grant.refusal(of: candidate.model.id, obstacle)))
            journey.consider(candidate.model.id, provider: candidate.provider.id, "\(obstacle)")
            return false
        }
        if let outage = candidate.provider.outage {
            rejections.append(.retired(outage))
            journey.consider(candidate.model.id, provider: candidate.provider.id, outage.message)
            return false
        }
        guard let obstacle = obstacle(candidate.model) else {
            hasAdmitted = true
            return true
        }
        if case .tooLong = obstacle { rejections.append(.tooLong("\(obstacle)")) } else { rejections.append(.other) }
        journey.consider(candidate.model.id, provider: candidate.provider.id, "\(obstacle)")
        return false
    }

    private mutating func obstacle(_ model: ProviderModel) -> RequestNeeds.Obstacle? {
        guard model.capabilities != nil || model.inputLimit != nil else { return nil }
        var needs = needs ?? RequestNeeds(of: call, tokenizers: tokenizers)
        defer { self.needs = needs }
        return needs.obstacle(for: model)
    }
}
