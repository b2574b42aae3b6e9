internal import AurelisJSON

extension ModelOrchestrator {
    /// What came of asking a model only to see whether it answers.
    package enum ProbeOutcome: Sendable, Hashable {
        /// It answered.
        case answered
        /// It did not.
        case failed(ModelError.Category)
        /// Nothing was sent, for this reason.
        case skipped(String)
    }

    /// Whose requests probes are: their label in usage, history and audit log. No key is called so: those begin with
    /// letters.
    package static let probeTenant = "~probe"

    /// Asks a model for one token, once, to see whether it answers: without cache, fallback or retry, behind everybody
    /// else, counted like any request, and not at all when quota is scarce or its circuit is open.
    ///
    /// - Parameters:
    ///   - share: how much of each quota, in percent, is left for others.
    ///   - timeout: how long it may take.
    package func probe(_ route: Route, leaving share: Int, within timeout: Duration) async -> ProbeOutcome {
        guard let candidate = candidate(on: route) else { return .skipped("it is not configured") }
        if let outage = candidate.provider.outage { return .skipped(outage.message) }
        if recording?.refuses == true { return .skipped("the audit log cannot be written") }
        let call: ModelCall
        do throws(ModelError) { call = try Self.probeCall(of: route.model) } catch { return .failed(error.category) }
        let start = time.now
        var journey = Journey(call: call, configuration: configuration, start: start)
        // Who waits for a quota goes first.
        guard turns.isIdle else { return .skipped("requests wait for quotas") }
        let (isFree, hold) = await reserve(call, of: candidate, leaving: share)
        guard isFree else { return .skipped("less than \(share) % of its quota is left") }
        guard case .admitted(let permit) = health.admit(route, at: time.now) else {
            hold?.returned()
            return .skipped("its circuit is open, or it wants no request now")
        }
        do throws(ModelError) {
            guard case .whole(let document) = try await attempt(call, on: candidate, timeout: timeout, hold, nil) else {
                throw .wrongShape
            }
            let now = time.now
            health.settle(permit, of: route, .success(after: start.duration(to: now), stream: false), at: now)
            journey.record(candidate, failure: nil, duration: start.duration(to: now), at: now)
            recording?.answered(call, document, by: candidate, journey.trace, since: start, at: now)
            return .answered
        } catch {
            let failure = error.at(candidate)
            let now = time.now
            let duration = start.duration(to: now)
            health.settle(permit, of: route, journey.lesson(of: failure, after: duration, at: now), at: now)
            journey.record(candidate, failure: failure, duration: duration, at: now)
            hold?.note(failure)
            await learn(from: failure, of: candidate, journey: &journey)
            var told = failure
            told.trace = journey.trace
            recording?.failed(call, told, since: start, at: now)
            return .failed(failure.category)
        }
    }

    /// The routes of models as a configuration names them: `gpt-4o`, wherever it is served first, or `gpt-4o@openai`.
    ///
    /// - Returns: nil for a name that nobody serves.
    package func route(named name: String) -> Route? {
        if let at = name.lastIndex(of: "@") {
            let route = Route(
                provider: ProviderID(rawValue: String(name[name.index(after: at)...])),
                model: ModelID(String(name[..<at]))
            )
            if candidate(on: route) != nil { return route }
        }
        let model = ModelID(name)
        let provider = router.providers.first { $0.model(model, for: .chatCompletion) != nil }
        return provider.map { Route(provider: $0.id, model: model) }
    }

    private func candidate(on route: Route) -> Candidate? {
        guard let provider = router.providers.first(where: { $0.id == route.provider }),
            let model = provider.model(route.model, for: .chatCompletion)
        else { return nil }
        return Candidate(provider: provider, model: model)
    }

    /// - Returns: whether it may be sent; and what it has reserved, when somebody counts.
    private func reserve(_ call: ModelCall, of candidate: Candidate, leaving share: Int) async -> (Bool, QuotaHold?) {
        guard let quota, var demand = await demand(of: call, on: candidate) else { return (true, nil) }
        demand.keeps = max(demand.keeps, share)
        guard case .granted(let ticket) = await quota.reserve(demand) else { return (false, nil) }
        return (true, QuotaHold(ticket, of: candidate, counting: demand, since: time.now, in: quota, turns))
    }

    private static func probeCall(of model: ModelID) throws(ModelError) -> ModelCall {
        var json = JSONWriter()
        json.beginObject()
        json.field("model", model.spelling)
        json.key("messages")
        json.beginArray()
        json.beginObject()
        json.field("role", "user")
        json.field("content", "hi")
        json.endObject()
        json.endArray()
        json.field("max_tokens", 1)
        json.endObject()
        var options = ModelCall.Options(task: .general, fallback: .never)
        options.tenant = probeTenant
        options.cache = .off
        options.priority = .batch
        let body: JSONDocument
        do { body = try JSONDocument(json.bytes) } catch { throw ModelError(.invalidRequest, "\(error)") }
        return try ModelCall(reading: body, operation: .chatCompletion, options: options)
    }
}
