internal import AurelisJSON
public import Logging

/// Finds an answer for each request: the way of a request, top to bottom.
///
///     let orchestrator = ModelOrchestrator(providers: [provider])
///     let response = try await orchestrator.respond(to: ModelRequest("Write a tokenizer in Swift", task: .codeGeneration))
///     print(response.content, response.modelUsed)
///
/// It holds rules, providers and what was learnt of the routes, but nothing of a request: one instance serves every
/// connection.
public final class ModelOrchestrator: Sendable {
    let router: Router
    let configuration: OrchestratorConfiguration
    let time: any TimeSource
    private let random: any RandomSource
    let limiters: [ProviderID: ConcurrencyLimiter]
    private let recorder: RequestRecording?
    private let logger: Logger

    /// What has been learnt of every route.
    public let health: RouteHealth

    /// An orchestrator over some providers, the preferred one first.
    ///
    /// - Parameters:
    ///   - health: what an earlier orchestrator has learnt; nil: nothing is known yet.
    ///   - recorder: is told what became of every request; nil: nobody is.
    public init(
        providers: [any ModelProvider],
        configuration: OrchestratorConfiguration = OrchestratorConfiguration(),
        health: RouteHealth? = nil,
        recorder: (any RequestRecorder)? = nil,
        time: any TimeSource = SystemTimeSource(),
        wallClock: WallClock = .system,
        random: any RandomSource = SystemRandomSource(),
        logger: Logger = Logger(label: "aurelis.orchestrator")
    ) {
        let health = health ?? RouteHealth(time: time)
        self.router = Router(
            table: configuration.routing,
            providers: providers,
            replacesNamedModels: configuration.replacesNamedModels,
            strategy: configuration.strategy,
            health: health
        )
        self.configuration = configuration
        self.health = health
        self.limiters =
            configuration.concurrency.map { limit in
                Dictionary(providers.map { ($0.id, ConcurrencyLimiter(limit: limit)) }) { first, _ in first }
            } ?? [:]
        self.recorder = recorder.map { RequestRecording(recorder: $0, clock: wallClock) }
        self.time = time
        self.random = random
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
        let now = time.now
        var journey = Journey(call: call, configuration: configuration, start: now)
        for candidate in try router.candidates(for: call, journey: &journey, at: now) {
            guard case .open(let until) = health.obstacle(on: candidate.route, at: now) else { continue }
            journey.reject(candidate, reason: ModelError.circuitOpen(for: now.duration(to: until)).message)
        }
        return journey.trace.candidates
    }

    /// Answers one call: routes it, then asks candidate after candidate within one deadline and one attempt budget.
    ///
    /// - Throws: the most telling failure, with the whole trace, when no candidate answered.
    public func answer(_ call: ModelCall) async throws(ModelError) -> ModelReply {
        let record = recorder?.begin(call, at: time.now)
        var journey = Journey(call: call, configuration: configuration, start: time.now)
        do throws(ModelError) {
            let reply = try await answer(call, journey: &journey, record)
            if case .whole(let document) = reply.answer { record?.answered(reply, document, at: time.now) }
            return reply
        } catch {
            var failure = error
            failure.trace = journey.trace
            record?.failed(failure, at: time.now)
            throw failure
        }
    }

    private func answer(
        _ call: ModelCall,
        journey: inout Journey,
        _ record: OpenRecord?
    ) async throws(ModelError) -> ModelReply {
        var failure: ModelError?
        for candidate in try router.candidates(for: call, journey: &journey, at: time.now) {
            guard journey.fits(candidate) else { continue }
            do {
                let answer = try await ask(candidate, journey: &journey) { timeout throws(ModelError) in
                    try await self.attempt(call, on: candidate, timeout: timeout)
                }
                return reply(answer, to: call, from: candidate, journey: journey, record)
            } catch {
                failure = error.moreTelling(than: failure)
                journey.learn(from: error, of: candidate)
                guard error.category.allowsFallback, journey.mayContinue(at: time.now) else { break }
                logger.debug("falling back", metadata: ["request": "\(call.id)", "failure": "\(error)"])
            }
        }
        throw failure ?? ModelError(.modelUnavailable, "no candidate was asked")
    }

    /// Asks one candidate until it answers, its retries are used up, or the request has no time or attempts left.
    func ask<Answer>(
        _ candidate: Candidate,
        journey: inout Journey,
        _ attempt: (_ timeout: Duration) async throws(ModelError) -> Answer
    ) async throws(ModelError) -> Answer {
        for retry in 0... {
            try await waitOutPause(of: candidate, journey: &journey)
            let start = time.now
            let permit = try admit(candidate, at: start, journey: &journey)
            do {
                let answer = try await attempt(journey.remaining(at: start))
                let now = time.now
                let duration = start.duration(to: now)
                health.settle(permit, of: candidate.route, .success(after: duration, stream: journey.isStream), at: now)
                journey.record(candidate, failure: nil, duration: duration)
                return answer
            } catch {
                let failure = error.at(candidate)
                let now = time.now
                let duration = start.duration(to: now)
                health.settle(
                    permit,
                    of: candidate.route,
                    journey.lesson(of: failure, after: duration, at: now),
                    at: now
                )
                journey.record(candidate, failure: failure, duration: duration)
                let wait = configuration.retry.wait(after: failure, retry: retry, chance: random.nextUnit())
                guard let wait, journey.admits(wait: wait, at: now) else { throw failure }
                journey.recordWait(wait)
                do { try await time.sleep(until: now.advanced(by: wait)) } catch { throw .callerGone }
            }
        }
        throw .callerGone
    }

    /// Waits until the provider wants requests for this model again, if the request has the time; nothing is sent before.
    private func waitOutPause(of candidate: Candidate, journey: inout Journey) async throws(ModelError) {
        while case .paused(let until, let cause) = health.obstacle(on: candidate.route, at: time.now) {
            let now = time.now
            let failure = ModelError.paused(for: now.duration(to: until), cause).at(candidate)
            // Those who wait together do not return together.
            let wait = now.duration(to: until) * (1 + random.nextUnit() / 4)
            guard configuration.retry.waitsOut(failure), journey.admits(wait: wait, at: now) else {
                journey.reject(candidate, reason: failure.message)
                throw failure
            }
            journey.recordPause(wait, before: candidate)
            do { try await time.sleep(until: now.advanced(by: wait)) } catch { throw .callerGone }
        }
    }

    /// Asks the candidate's circuit for the right to send.
    private func admit(
        _ candidate: Candidate,
        at now: ContinuousClock.Instant,
        journey: inout Journey
    ) throws(ModelError) -> CircuitBreaker.Permit {
        switch health.admit(candidate.route, at: now) {
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
        on candidate: Candidate,
        timeout: Duration
    ) async throws(ModelError) -> Found {
        guard !call.stream else { return .stream(try await open(call, on: candidate, timeout: timeout)) }
        let slot = try await slot(for: candidate, within: timeout)
        defer { withExtendedLifetime(slot) {} }
        switch try await candidate.provider.send(ProviderAttempt(call, on: candidate, timeout: timeout)) {
        case .whole(let document):
            try AnswerValidator.validate(document, of: call.operation)
            return .whole(document)
        case .stream(let events):
            events.cancel()
            throw .wrongShape
        }
    }

    /// What a candidate came up with.
    private enum Found {
        case whole(JSONDocument)
        case stream(OpenedStream)
    }

    /// The reply that the caller gets; a stream tells what became of it when it has ended.
    private func reply(
        _ found: Found,
        to call: ModelCall,
        from candidate: Candidate,
        journey: Journey,
        _ record: OpenRecord?
    ) -> ModelReply {
        let answer: ModelReply.Answer
        switch found {
        case .whole(let document): answer = .whole(document)
        case .stream(let opened):
            let rescue =
                configuration.resumesStreams ? StreamRescue(self, call: call, from: candidate, journey: journey) : nil
            let onEnd = record.map { record in
                { @Sendable [time] end in record.ended(end, candidate.route, journey.trace, at: time.now) }
            }
            answer = .stream(
                ReplyStream(
                    opened,
                    rescue: rescue,
                    stallTimeout: configuration.stallTimeout,
                    time: time,
                    onEnd: onEnd
                )
            )
        }
        return ModelReply(
            answer: answer,
            model: candidate.model.id,
            provider: candidate.provider.id,
            trace: journey.trace
        )
    }
}
