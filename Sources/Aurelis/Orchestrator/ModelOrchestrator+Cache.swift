internal import AurelisJSON

extension ModelOrchestrator {
    /// An answer to a call by one candidate: from memory, from a store, from an equal call under way, or asked for.
    func find(
        _ call: ModelCall,
        by candidate: Candidate,
        journey: inout Journey
    ) async throws(ModelError) -> Found {
        guard let cache else { return try await ask(call, of: candidate, journey: &journey) }
        let looked = call.plan.flatMap { $0.route == candidate.route ? $0 : nil }
        switch looked.map(CachePlan.Decision.consult) ?? cache.plan(for: call, on: candidate) {
        case .bypass(let reason):
            journey.recordCache(.bypass(reason))
            return try await ask(call, of: candidate, journey: &journey)
        case .consult(let plan):
            let began = call.spans == nil ? nil : time.now
            if plan.reads, looked == nil, let hit = cache.inMemory(plan) {
                lookedUp(call, since: began, hit)
                return try found(hit, for: call, journey: &journey)
            }
            guard plan.asks else {
                let hit = await cache.inStores(plan)
                lookedUp(call, since: began, hit)
                if let hit { return try found(hit, for: call, journey: &journey) }
                journey.recordCache(.miss)
                throw journey.refuse(candidate, .notCached)
            }
            return try await share(call, of: candidate, plan, in: cache, journey: &journey)
        }
    }

    /// The whole answer that memory has, when the call has only one candidate: found at once, without a task.
    ///
    /// Otherwise nil, and `answer` goes on from what was found out, which `call` keeps. An equal call that kept it may
    /// come again under another name, and its key is not made again.
    package func answerFromMemory(_ call: inout ModelCall) -> ModelReply? {
        // Who may not answer says so on the long way.
        if let recording, recording.refuses { return nil }
        let began = tracer == nil ? nil : time.now
        if let began { trace(&call, since: began) }
        guard let cache, !call.stream, (try? inspector.inspect(&call, logger: logger)) != nil,
            let candidate = router.onlyCandidate(for: call)
        else { return nil }
        let known = call.plan.flatMap { $0.route == candidate.route ? $0.key : nil }
        guard case .consult(let plan) = cache.plan(for: call, on: candidate, key: known), plan.reads else { return nil }
        call.plan = plan
        guard let hit = cache.inMemory(plan) else { return nil }
        var journey = Journey(call: call, configuration: configuration, start: began ?? time.now)
        journey.consider(candidate.model.id, provider: candidate.provider.id, nil)
        guard let found = try? found(hit, for: call, journey: &journey) else { return nil }
        lookedUp(call, since: began, hit)
        return reply(found, to: call, from: candidate, journey: journey)
    }

    /// Asks for the answer to one call, for nobody else.
    private func ask(
        _ call: ModelCall,
        of candidate: Candidate,
        journey: inout Journey
    ) async throws(ModelError) -> Found {
        let attempted = try await ask(candidate, for: call, journey: &journey) {
            timeout,
            hold,
            span throws(ModelError) in
            try await self.attempt(call, on: candidate, timeout: timeout, hold, span)
        }
        switch attempted {
        case .whole(let document): return .whole(document)
        case .stream(let opened): return .stream(rescued(opened, for: call, from: candidate, journey: journey))
        }
    }

    /// A stream with somebody to continue it, if the configuration wants that.
    func rescued(
        _ opened: OpenedStream,
        for call: ModelCall,
        from candidate: Candidate,
        journey: Journey
    ) -> RescuedStream {
        let rescue =
            configuration.resumesStreams ? StreamRescue(self, call: call, from: candidate, journey: journey) : nil
        return RescuedStream(opened, rescue: rescue, stallTimeout: configuration.stallTimeout, time: time)
    }
}

// MARK: The form the caller wants

extension ModelOrchestrator {
    private func found(
        _ hit: CacheHit,
        for call: ModelCall,
        journey: inout Journey
    ) throws(ModelError) -> Found {
        journey.recordCache(hit.status)
        journey.arrive(at: time.now)
        guard call.stream else { return .whole(try hit.answer.document()) }
        return .stream(ReplayedStream(try hit.answer.events(), includesUsage: call.includesUsage))
    }

    func found(
        _ landing: Flight.Landing,
        _ flight: Flight,
        _ id: Flight.PassengerID,
        for call: ModelCall,
        journey: inout Journey
    ) async throws(ModelError) -> Found {
        switch landing.outcome {
        case .failure(let error):
            throw error
        case .cached(let hit):
            return try found(hit, for: call, journey: &journey)
        case .whole(let document):
            guard call.stream else { return .whole(document) }
            let events = try WholeAnswerStream.events(of: document)
            return .stream(ReplayedStream(events, includesUsage: call.includesUsage))
        case .stream:
            // Who wants it in one piece gets the usage in it.
            let stream = SharedStream(flight, id, includesUsage: call.includesUsage || !call.stream)
            guard !call.stream else { return .stream(stream) }
            let limit = journey.remaining(at: time.now)
            defer { stream.cancel() }
            let document = try await within(limit, time: time) { () async throws(ModelError) in
                var assembler = CompletionAssembler()
                while let event = try await stream.next() {
                    if event.isRestart {
                        assembler = CompletionAssembler()
                    } else if let chunk = event.chunk {
                        assembler.append(chunk)
                    }
                }
                return try assembler.completion()
            }
            guard let document else { throw .sharedTooSlow }
            return .whole(document)
        }
    }

    /// The answer that is kept of a better candidate than the one to be asked, which is asked last because it has no room:
    /// what it has answered already needs none.
    func kept(
        _ call: ModelCall,
        by preferred: [Candidate],
        before candidates: [Candidate],
        journey: inout Journey
    ) async -> (Found, Candidate)? {
        guard let cache, let first = candidates.first else { return nil }
        for candidate in preferred.prefix(while: { $0.route != first.route }) {
            guard case .consult(let plan) = cache.plan(for: call, on: candidate), plan.reads,
                let hit = await cache.kept(plan), let found = try? found(hit, for: call, journey: &journey)
            else { continue }
            return (found, candidate)
        }
        return nil
    }

    /// What the cache still has of an answer that nobody can give now.
    func stale(
        _ call: ModelCall,
        by candidates: [Candidate],
        after failure: ModelError,
        journey: inout Journey
    ) async -> (Found, Candidate)? {
        guard let cache, cache.configuration.staleLimit > .zero, failure.category.isExhaustion else { return nil }
        for candidate in candidates {
            guard case .consult(let plan) = cache.plan(for: call, on: candidate), plan.reads,
                let hit = await cache.stale(plan), let found = try? found(hit, for: call, journey: &journey)
            else { continue }
            return (found, candidate)
        }
        return nil
    }
}

extension ModelError.Category {
    /// Whether quota or provider is gone: not the request is at fault, and nobody could be asked.
    fileprivate var isExhaustion: Bool {
        switch self {
        case .rateLimit, .quota, .modelUnavailable, .retired, .timeout, .connection, .upstream, .notCached: true
        default: false
        }
    }
}

extension ModelError {
    /// An equal request was under way for longer than this one could wait.
    static var sharedTooSlow: ModelError {
        ModelError(.timeout, "the equal request under way did not answer in time", code: "timeout")
    }

    /// Only the cache was allowed to answer, and it has none.
    static var notCached: ModelError {
        ModelError(
            .notCached,
            "the cache has no answer to this request, and nobody else may be asked",
            code: "not_cached",
            hint: "leave the cache policy \"only\" out to have it asked"
        )
    }
}
