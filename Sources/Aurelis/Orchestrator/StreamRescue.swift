internal import AurelisJSON

/// Finds somebody to go on with a streamed answer that broke off.
///
/// Each candidate is asked for the same answer again: what repeats the caller's text is swallowed, what follows it is
/// shown. A candidate that tells another answer is asked to go on from the text itself, where its model can. Only a
/// caller who allows it gets an answer that begins again. Attempts count on the budget of the request; its time starts
/// anew, because an answer was under way.
struct StreamRescue: Sendable {
    private let orchestrator: ModelOrchestrator
    private let call: ModelCall
    private var current: Candidate
    private var journey: Journey
    /// Who continued the answer, and every attempt; nil while nobody has tried.
    private(set) var continuation: (route: Route, trace: RouteTrace)?

    init(_ orchestrator: ModelOrchestrator, call: ModelCall, from candidate: Candidate, journey: Journey) {
        self.orchestrator = orchestrator
        self.call = call
        self.current = candidate
        self.journey = journey
    }

    private var allowsRestart: Bool { call.allowsRestart ?? orchestrator.configuration.restartsStreams }

    /// Why nobody is looked for, as the failure that the caller gets; nil: somebody is.
    func refusal(of delivered: DeliveredAnswer, after failure: ModelError) -> ModelError? {
        guard failure.category.allowsFallback else { return failure }
        guard let obstacle = delivered.obstacle, !allowsRestart else { return nil }
        return failure.notContinued(obstacle, trace: journey.trace)
    }

    /// The stream that goes on where the caller's text ends.
    ///
    /// - Throws: the failure that broke the answer off, with what was tried since.
    mutating func continuation(
        of delivered: DeliveredAnswer,
        after failure: ModelError
    ) async throws(ModelError) -> ContinuedStream {
        let now = orchestrator.time.now
        journey = Journey(continuing: journey, call: call, configuration: orchestrator.configuration, start: now)
        journey.recordBreak(failure)
        call.spans?.broke(failure, at: now)
        orchestrator.health.noteBreak(of: current.route, at: now)
        continuation = (current.route, journey.trace)
        do throws(ModelError) {
            let candidates = try candidates(after: failure, at: now)
            if let text = delivered.obstacle == nil ? delivered.text : nil {
                let seam = (text: Array(text.utf8), chunkID: delivered.chunkID)
                for candidate in candidates {
                    if let stream = try await resumed(by: candidate, seam) { return stream }
                    if let stream = try await prefilled(by: candidate, text, seam.chunkID) { return stream }
                }
            }
            if allowsRestart, let stream = try await restarted(by: candidates) { return stream }
        } catch  where error.category == .cancelled {
            throw error
        } catch {}
        throw failure.notContinued(delivered.obstacle, trace: journey.trace)
    }

    /// Who may continue: after a cut the same model first, which most likely tells the same; after a silence the others.
    private mutating func candidates(
        after failure: ModelError,
        at now: ContinuousClock.Instant
    ) throws(ModelError) -> [Candidate] {
        var considered = journey
        let router = orchestrator.router
        var others = try router.candidates(for: call, journey: &considered, at: now)
        others = router.pausedLast(others, journey: &considered, at: now)
        others.removeAll { $0.route == current.route }
        return failure.category == .timeout ? others + [current] : [current] + others
    }

    private mutating func resumed(
        by candidate: Candidate,
        _ delivered: (text: [UInt8], chunkID: String?)
    ) async throws(ModelError) -> ContinuedStream? {
        let seam = StreamResume(delivered: delivered.text, expecting: .repetition, chunkID: delivered.chunkID)
        return try await stream(from: candidate, for: .resume, seam: seam)
    }

    private mutating func prefilled(
        by candidate: Candidate,
        _ text: String,
        _ chunkID: String?
    ) async throws(ModelError) -> ContinuedStream? {
        // A caller's own beginning and ours would be two answers in a row.
        guard let prefill = candidate.model.prefill, !text.isEmpty, !call.endsWithAssistant else { return nil }
        let expectation: StreamResume.Expectation = prefill == .repeats ? .repetition : .continuation
        let seam = StreamResume(delivered: Array(text.utf8), expecting: expectation, chunkID: chunkID)
        return try await stream(from: candidate, for: .prefill, prefill: text, seam: seam)
    }

    private mutating func restarted(by candidates: [Candidate]) async throws(ModelError) -> ContinuedStream? {
        for candidate in candidates {
            if let stream = try await stream(from: candidate, for: .restart, seam: nil) { return stream }
        }
        return nil
    }

    /// Asks one candidate; nil when it cannot help.
    private mutating func stream(
        from candidate: Candidate,
        for purpose: RouteTrace.Attempt.Purpose,
        prefill: String? = nil,
        seam: StreamResume?
    ) async throws(ModelError) -> ContinuedStream? {
        guard journey.mayContinue(at: orchestrator.time.now) else { return nil }
        let (orchestrator, call) = (orchestrator, call)
        let attemptsBefore = journey.trace.attempts.count
        defer {
            journey.recordPurpose(purpose, since: attemptsBefore)
            continuation?.trace = journey.trace
        }
        do {
            let stream = try await orchestrator.ask(candidate, for: call, journey: &journey) {
                timeout,
                hold,
                span throws(ModelError) in
                try await orchestrator.open(
                    call,
                    on: candidate,
                    prefill: prefill,
                    seam: seam,
                    timeout: timeout,
                    hold,
                    span
                )
            }
            current = candidate
            continuation?.route = candidate.route
            return ContinuedStream(stream, isRestart: seam == nil, by: candidate)
        } catch  where error.category == .cancelled {
            throw error
        } catch {
            // Whatever it is: the caller is owed the reason why the answer broke, not why nobody could mend it.
            return nil
        }
    }
}

/// A stream that goes on with an answer.
struct ContinuedStream: Sendable {
    private(set) var stream: OpenedStream
    /// Whether it begins again instead.
    let isRestart: Bool

    init(_ stream: OpenedStream, isRestart: Bool, by candidate: Candidate) {
        self.stream = stream
        self.isRestart = isRestart
        if isRestart, let marker = ProviderEvent.restart(by: candidate) { self.stream.prepend(marker) }
        let way = isRestart ? "begun again" : "continued"
        self.stream.prepend(.comment("\(way) by \(candidate.route)"))
    }
}

extension ProviderEvent {
    /// Whether what came before counts no more.
    var isRestart: Bool { chunk?["aurelis"]?["restart"]?.bool == true }

    /// Tells a caller who asked for it that what came before counts no more.
    fileprivate static func restart(by candidate: Candidate) -> ProviderEvent? {
        var json = JSONWriter()
        json.beginObject()
        json.field("object", "chat.completion.chunk")
        json.field("model", candidate.model.wireName)
        json.key("choices")
        json.beginArray()
        json.endArray()
        json.key("aurelis")
        json.beginObject()
        json.key("restart")
        json.bool(true)
        json.endObject()
        json.endObject()
        return (try? JSONDocument(json.bytes)).map(ProviderEvent.init)
    }
}

extension ModelError {
    /// This failure of a stream, after nobody could continue it.
    fileprivate func notContinued(_ obstacle: DeliveredAnswer.Obstacle?, trace: RouteTrace) -> ModelError {
        var error = self
        let reason = obstacle.map { "it cannot be continued because \($0.rawValue)" } ?? "nobody could continue it"
        error.message = "the answer broke off: \(message); \(reason)"
        error.trace = trace
        return error
    }
}
