internal import AurelisJSON
public import Logging
public import Tracing

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
    let wallClock: WallClock
    private let random: any RandomSource
    let limiters: [ProviderID: ConcurrencyLimiter]
    /// Where requests wait for quotas; found in `places`.
    let turns: TurnDesk
    let recording: RequestRecording?
    let tracer: (any RequestTracer)?
    let inspector: CallInspector
    let logger: Logger

    /// Where answers are kept; nil: nowhere.
    public let cache: AnswerCache?

    /// Who counts what quotas are used for; nil: nobody.
    public let quota: (any QuotaLedger)?

    /// What has been learnt of every route.
    public let health: RouteHealth

    /// Who is under way and who waits.
    public let places: RequestPlaces

    /// An orchestrator over some providers, the preferred one first.
    ///
    /// - Parameters:
    ///   - cache: where answers are kept, of this orchestrator and others; nil: every request is asked.
    ///   - quota: counts the requests to models that have a quota, so that none is sent in vain; nil: nobody counts.
    ///   - tokenizers: whose tokens are counted exactly; the others' are estimated.
    ///   - health: what an earlier orchestrator has learnt; nil: nothing is known yet.
    ///   - places: who is under way at an earlier orchestrator, and who waits; nil: nobody.
    ///   - recorder: is told what became of every request; nil: nobody is.
    ///   - tracer: makes the spans of requests; nil: there are none. `InstrumentationSystem.tracer` is that of the process.
    public convenience init(
        providers: [any ModelProvider],
        configuration: OrchestratorConfiguration = OrchestratorConfiguration(),
        cache: AnswerCache? = nil,
        quota: (any QuotaLedger)? = nil,
        tokenizers: ModelTokenizers = ModelTokenizers(),
        health: RouteHealth? = nil,
        places: RequestPlaces? = nil,
        recorder: (any RequestRecorder)? = nil,
        tracer: (any Tracer)? = nil,
        time: any TimeSource = SystemTimeSource(),
        wallClock: WallClock = .system,
        random: any RandomSource = SystemRandomSource(),
        logger: Logger = Logger(label: "aurelis.orchestrator")
    ) {
        self.init(
            providers: providers,
            configuration: configuration,
            cache: cache,
            quota: quota,
            tokenizers: tokenizers,
            health: health,
            places: places,
            recorder: recorder,
            tracing: tracer.map(DistributedTracer.init),
            time: time,
            wallClock: wallClock,
            random: random,
            logger: logger
        )
    }

    /// The same with whatever makes traces.
    package init(
        providers: [any ModelProvider],
        configuration: OrchestratorConfiguration = OrchestratorConfiguration(),
        cache: AnswerCache? = nil,
        quota: (any QuotaLedger)? = nil,
        tokenizers: ModelTokenizers = ModelTokenizers(),
        health: RouteHealth? = nil,
        places: RequestPlaces? = nil,
        recorder: (any RequestRecorder)? = nil,
        tracing tracer: (any RequestTracer)?,
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
            health: health,
            tokenizers: tokenizers
        )
        self.configuration = configuration
        self.inspector = CallInspector(configuration.safety)
        self.cache = cache
        self.quota = quota
        self.health = health
        let places = places ?? RequestPlaces()
        self.places = places
        self.limiters = places.limiters(of: providers.map(\.id), configuration)
        self.turns = places.turns
        self.tracer = tracer
        // A trace ends with the record of its request, whether anybody else wants that or not.
        let listener = recorder ?? (tracer == nil ? nil : NobodyRecords())
        self.recording = listener.map { RequestRecording(recorder: $0, clock: wallClock) }
        self.time = time
        self.wallClock = wallClock
        self.random = random
        self.logger = logger
    }

    /// Every model that can be asked, in the order of the providers.
    public var models: [(model: ProviderModel, provider: ProviderID)] {
        router.providers.flatMap { provider in provider.models.map { ($0, provider.id) } }
    }

    /// Whether there is anybody to ask.
    public var isReady: Bool { !router.providers.isEmpty }

    /// Why requests would not be answered now, for those who send them here only while they are; nil: they would.
    package var obstacle: String? { isReady ? recording?.obstacle : "no provider is configured" }

    /// Who would be asked for a call, best first, and who was ruled out and why; sends nothing.
    ///
    /// - Throws: `modelUnavailable`, with the same list in its trace, when nobody is left.
    public func candidates(for call: ModelCall) throws(ModelError) -> [RouteTrace.Candidate] {
        let now = time.now
        var journey = Journey(call: call, configuration: configuration, start: now)
        let preferred = try router.candidates(for: call, journey: &journey, at: now)
        for candidate in router.pausedLast(preferred, journey: &journey, at: now) {
            guard case .open(let until) = health.obstacle(on: candidate.route, at: now) else { continue }
            journey.reject(candidate, reason: ModelError.circuitOpen(for: now.duration(to: until)).message)
        }
        return journey.trace.candidates
    }

    /// Answers one call: looks at what it holds, routes it, then goes from candidate to candidate within one deadline and one attempt budget,
    /// looking into the cache before it asks.
    ///
    /// - Throws: the most telling failure, with the whole trace, when no candidate answered.
    public func answer(_ call: ModelCall) async throws(ModelError) -> ModelReply {
        if let refusal = recording?.refusal { throw refusal }
        let start = time.now
        var call = call
        trace(&call, since: start)
        call = try inspected(call, since: start)
        recording?.began(call, at: start)
        var journey = Journey(call: call, configuration: configuration, start: start)
        var candidates: [Candidate] = []
        var failure: ModelError?
        do throws(ModelError) {
            let preferred = try router.candidates(for: call, journey: &journey, at: start)
            candidates = router.pausedLast(preferred, journey: &journey, at: start)
            candidates = await withRoomFirst(candidates, call, journey: &journey)
            call.isWithoutAlternative = candidates.count == 1
            if let spans = call.spans { spans.stage("aurelis.route", from: start, to: time.now) }
            if let (found, candidate) = await kept(call, by: preferred, before: candidates, journey: &journey) {
                return reply(found, to: call, from: candidate, journey: journey)
            }
            for candidate in candidates {
                guard journey.fits(candidate) else { continue }
                do {
                    let found = try await find(call, by: candidate, journey: &journey)
                    return reply(found, to: call, from: candidate, journey: journey)
                } catch {
                    failure = error.moreTelling(than: failure)
                    journey.learn(from: error, of: candidate)
                    guard error.allowsFallback, journey.mayContinue(at: time.now) else { break }
                    logger.debug("falling back", metadata: ["request": "\(call.id)", "failure": "\(error)"])
                }
            }
        } catch {
            failure = error
        }
        var final = failure ?? ModelError(.modelUnavailable, "no candidate was asked")
        if let (found, candidate) = await stale(call, by: candidates, after: final, journey: &journey) {
            return reply(found, to: call, from: candidate, journey: journey)
        }
        final.trace = journey.trace
        if call.comesAgain, final.isWait {
            recording?.forgot(call)
            throw final
        }
        recording?.failed(call, final, since: start, at: time.now)
        throw final
    }

    /// Asks one candidate until it answers, its retries are used up, or the request has no time or attempts left.
    func ask<Answer>(
        _ candidate: Candidate,
        for call: ModelCall,
        journey: inout Journey,
        _ attempt: (Duration, QuotaHold?, RequestSpans.Attempt?) async throws(ModelError) -> Answer
    ) async throws(ModelError) -> Answer {
        journey.recordClamp(clamp(call, for: candidate))
        for retry in 0... {
            let hold = try await reserve(call, of: candidate, journey: &journey)
            var start = time.now
            var admission = health.admit(candidate.route, at: start)
            while case .refused(let obstacle) = admission {
                do throws(ModelError) {
                    try await waitOut(obstacle, call, of: candidate, journey: &journey, at: start)
                } catch {
                    hold?.returned()
                    throw error
                }
                start = time.now
                admission = health.admit(candidate.route, at: start)
            }
            guard case .admitted(let permit) = admission else { continue }
            let span = call.spans?.attempt(
                call,
                on: candidate,
                number: journey.trace.upstreamAttempts + 1,
                at: start
            )
            do {
                let answer = try await attempt(journey.remaining(at: start), hold, span)
                let now = time.now
                call.spans?.ended(span, nil, at: now)
                let duration = start.duration(to: now)
                health.settle(permit, of: candidate.route, .success(after: duration, stream: journey.isStream), at: now)
                journey.record(candidate, failure: nil, duration: duration, at: now)
                return answer
            } catch {
                let failure = error.at(candidate)
                let now = time.now
                call.spans?.ended(span, failure, at: now)
                let duration = start.duration(to: now)
                health.settle(
                    permit,
                    of: candidate.route,
                    journey.lesson(of: failure, after: duration, at: now),
                    at: now
                )
                journey.record(candidate, failure: failure, duration: duration, at: now)
                hold?.note(failure)
                await learn(from: failure, of: candidate, journey: &journey)
                // Others need its place while this one waits to be asked again.
                hold?.settle()
                let wait = configuration.retry.wait(after: failure, retry: retry, chance: random.nextUnit())
                guard let wait, journey.admits(wait: wait, at: now) else { throw failure }
                journey.recordWait(wait)
                QuotaWaiting.tell(call, of: candidate, wait, reason: failure.message)
                do { try await time.sleep(until: now.advanced(by: wait)) } catch { throw .callerGone }
                waited(call, since: now, reason: "retry")
            }
        }
        throw .callerGone
    }

    /// Waits until a provider wants requests again, if the request has the time; nothing is sent before.
    ///
    /// - Throws: why the candidate is not asked.
    private func waitOut(
        _ obstacle: RouteHealth.Obstacle,
        _ call: ModelCall,
        of candidate: Candidate,
        journey: inout Journey,
        at now: ContinuousClock.Instant
    ) async throws(ModelError) {
        switch obstacle {
        case .open(let until):
            throw journey.refuse(candidate, .circuitOpen(for: now.duration(to: until)))
        case .paused(let until, let cause):
            let pause = now.duration(to: until)
            // Those who wait together do not return together.
            let wait = pause * (1 + random.nextUnit() / 4)
            guard configuration.retry.waitsOut(pause, after: cause), journey.admits(wait: wait, at: now) else {
                throw journey.refuse(candidate, .paused(for: pause, cause))
            }
            QuotaWaiting.tell(call, of: candidate, wait, reason: cause.rawValue)
            journey.deferred(candidate, reason: "rate-limited, waited \(wait.briefly)")
            do { try await time.sleep(until: now.advanced(by: wait)) } catch { throw .callerGone }
            journey.recordPause(wait)
            waited(call, since: now, reason: "pause")
        }
    }

    /// One attempt: sent, and its answer checked to be one.
    func attempt(
        _ call: ModelCall,
        on candidate: Candidate,
        timeout: Duration,
        _ hold: QuotaHold?,
        _ span: RequestSpans.Attempt?
    ) async throws(ModelError) -> Attempted {
        guard !call.stream else { return .stream(try await open(call, on: candidate, timeout: timeout, hold, span)) }
        let slot = limiters.isEmpty ? nil : try await slot(for: candidate, within: timeout)
        defer { withExtendedLifetime(slot) {} }
        switch try await candidate.provider.send(providerAttempt(call, on: candidate, timeout: timeout, hold, span)) {
        case .whole(let document):
            if let hold, hold.countsUse, let usage = document["usage"].flatMap(TokenUsage.init(reading:)) {
                hold.note(usage)
            }
            try AnswerValidator.validate(document, of: call.operation)
            return .whole(document)
        case .stream(let events):
            events.cancel()
            throw .wrongShape
        }
    }

    /// An answer as one attempt brought it.
    enum Attempted {
        case whole(JSONDocument)
        case stream(OpenedStream)
    }

    /// An answer in the form in which the caller wants it.
    enum Found {
        case whole(JSONDocument)
        case stream(any ReplySource)
    }

    /// The reply that the caller gets; a stream tells what became of it when it has ended.
    func reply(_ found: Found, to call: ModelCall, from candidate: Candidate, journey: Journey) -> ModelReply {
        let restoration = call.inspection?.restoration
        let (start, trace, arrival) = (journey.start, journey.trace, journey.lastMoment)
        let answer: ModelReply.Answer
        switch found {
        case .whole(let document):
            recording?.answered(call, document, by: candidate, trace, since: start, at: arrival)
            answer = .whole(restoration?.restored(document) ?? document)
        case .stream(let events):
            let onEnd = recording.map { recording in
                { @Sendable [time] end in
                    recording.ended(call, end, by: candidate, trace, since: start, firstContent: arrival, at: time.now)
                }
            }
            let source = restoration.map { RestoringStream(events, $0) } ?? events
            answer = .stream(ReplyStream(source, gathersText: recording?.withContent ?? false, onEnd: onEnd))
        }
        return ModelReply(answer: answer, model: candidate.model.id, provider: candidate.provider.id, trace: trace)
    }
}
