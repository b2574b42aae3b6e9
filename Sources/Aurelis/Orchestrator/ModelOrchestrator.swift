public import Logging

/// Finds an answer for each request: the way of a request, top to bottom.
///
///     let orchestrator = ModelOrchestrator(providers: [provider])
///     let response = try await orchestrator.respond(to: ModelRequest("Write a tokenizer in Swift", task: .codeGeneration))
///     print(response.content, response.modelUsed)
///
/// It holds rules, providers and the circuits of the routes, but nothing of a request: one instance serves every
/// connection.
public final class ModelOrchestrator: Sendable {
    private let router: Router
    private let configuration: OrchestratorConfiguration
    let time: any TimeSource
    private let random: any RandomSource
    private let circuits: CircuitBreakers
    private let logger: Logger

    /// An orchestrator over some providers, the preferred one first.
    public init(
        providers: [any ModelProvider],
        configuration: OrchestratorConfiguration = OrchestratorConfiguration(),
        time: any TimeSource = SystemTimeSource(),
        random: any RandomSource = SystemRandomSource(),
        logger: Logger = Logger(label: "aurelis.orchestrator")
    ) {
        self.router = Router(
            table: configuration.routing,
            providers: providers,
            replacesNamedModels: configuration.replacesNamedModels
        )
        self.configuration = configuration
        self.time = time
        self.random = random
        self.circuits = CircuitBreakers()
        self.logger = logger
    }

    /// Every model that can be asked, in the order of the providers.
    public var models: [(model: ProviderModel, provider: ProviderID)] {
        router.providers.flatMap { provider in provider.models.map { ($0, provider.id) } }
    }

    /// Whether there is anybody to ask.
    public var isReady: Bool { !router.providers.isEmpty }

    /// Who would be asked for a call, best first, and who was ruled out and why; sends nothing.
    ///
    /// - Throws: `modelUnavailable`, with the same list in its trace, when nobody is left.
    public func candidates(for call: ModelCall) throws(ModelError) -> [RouteTrace.Candidate] {
        var journey = Journey(call: call, configuration: configuration, start: time.now)
        for candidate in try router.candidates(for: call, journey: &journey) {
            guard let until = circuits.openUntil(candidate.route, at: time.now) else { continue }
            journey.reject(candidate, reason: ModelError.circuitOpen(for: time.now.duration(to: until)).message)
        }
        return journey.trace.candidates
    }

    /// Answers one call: routes it, then asks candidate after candidate within one deadline and one attempt budget.
    ///
    /// - Throws: the most telling failure, with the whole trace, when no candidate answered.
    public func answer(_ call: ModelCall) async throws(ModelError) -> ModelReply {
        var journey = Journey(call: call, configuration: configuration, start: time.now)
        var failure: ModelError?
        for candidate in try router.candidates(for: call, journey: &journey) {
            do {
                return try await answer(call, from: candidate, journey: &journey)
            } catch {
                failure = error.moreTelling(than: failure)
                guard error.category.allowsFallback, journey.mayContinue(at: time.now) else { break }
                logger.debug("falling back", metadata: ["request": "\(call.id)", "failure": "\(error)"])
            }
        }
        var final = failure ?? ModelError(.modelUnavailable, "no candidate was asked")
        final.trace = journey.trace
        throw final
    }

    /// Asks one candidate until it answers, its retries are used up, or the request has no time or attempts left.
    private func answer(
        _ call: ModelCall,
        from candidate: Router.Candidate,
        journey: inout Journey
    ) async throws(ModelError) -> ModelReply {
        for retry in 0... {
            let start = time.now
            let permit = try admit(candidate, at: start, journey: &journey)
            do {
                let answer = try await attempt(call, on: candidate, timeout: journey.remaining(at: start))
                let now = time.now
                circuits.settle(permit, of: candidate.route, .success, at: now)
                journey.record(candidate, failure: nil, duration: start.duration(to: now))
                return ModelReply(answer, from: candidate, trace: journey.trace)
            } catch {
                let failure = error.at(candidate)
                let now = time.now
                circuits.settle(permit, of: candidate.route, journey.lesson(of: failure, at: now), at: now)
                journey.record(candidate, failure: failure, duration: start.duration(to: now))
                let wait = configuration.retry.wait(after: failure, retry: retry, chance: random.nextUnit())
                guard let wait, journey.admits(wait: wait, at: now) else { throw failure }
                journey.recordWait(wait)
                do { try await time.sleep(until: now.advanced(by: wait)) } catch { throw .callerGone }
            }
        }
        throw .callerGone
    }

    /// Asks the candidate's circuit for the right to send.
    private func admit(
        _ candidate: Router.Candidate,
        at now: ContinuousClock.Instant,
        journey: inout Journey
    ) throws(ModelError) -> CircuitBreaker.Permit {
        switch circuits.admit(candidate.route, at: now) {
        case .admitted(let permit): return permit
        case .rejected(let until):
            let failure = ModelError.circuitOpen(for: now.duration(to: until)).at(candidate)
            journey.reject(candidate, reason: failure.message)
            throw failure
        }
    }

    /// One attempt: sent, and its answer checked to be one.
    private func attempt(
        _ call: ModelCall,
        on candidate: Router.Candidate,
        timeout: Duration
    ) async throws(ModelError) -> ModelReply.Answer {
        let attempt = ProviderAttempt(
            operation: call.operation,
            model: candidate.model,
            body: call.body,
            stream: call.stream,
            requestID: call.id,
            timeout: timeout
        )
        switch try await candidate.provider.send(attempt) {
        case .whole(let document) where !call.stream:
            try AnswerValidator.validate(document, of: call.operation)
            return .whole(document)
        case .stream(let events) where call.stream:
            let stream = ReplyStream(events)
            try await stream.awaitContent()
            return .stream(stream)
        case .whole:
            throw .wrongShape
        case .stream(let events):
            events.cancel()
            throw .wrongShape
        }
    }
}

extension ModelError {
    /// A stream came where a whole answer was asked for, or the reverse.
    static var wrongShape: ModelError {
        ModelError(.upstream, "the provider answered in another form than was asked for", code: "invalid_answer")
    }

    /// The circuit of a route is open, or its probes are under way.
    static func circuitOpen(for remaining: Duration) -> ModelError {
        let wait = max(remaining, .seconds(1))
        var error = ModelError(
            .modelUnavailable,
            "not asked: it failed too often just now, the next probe is due in \(wait.milliseconds / 1_000) s",
            code: "circuit_open"
        )
        error.retryAfter = wait
        return error
    }

    /// This failure, with the place where it happened.
    func at(_ candidate: Router.Candidate) -> ModelError {
        var error = self
        error.provider = provider ?? candidate.provider.id
        error.model = model ?? candidate.model.id
        return error
    }

    /// The task was cancelled: nobody waits for the answer any more.
    static var callerGone: ModelError { ModelError(.cancelled, "the caller went away") }
}
