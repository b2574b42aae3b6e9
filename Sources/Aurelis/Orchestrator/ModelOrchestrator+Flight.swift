internal import AurelisJSON

extension ModelOrchestrator {
    /// Joins the equal call that is under way, or begins one that others can join.
    func share(
        _ call: ModelCall,
        of candidate: Candidate,
        _ plan: CachePlan,
        in cache: AnswerCache,
        journey: inout Journey
    ) async throws(ModelError) -> Found {
        let key = FlightDeck.Key(
            answer: plan.key,
            isRefresh: !plan.reads,
            fallback: call.fallback ?? (configuration.replacesNamedModels ? .byTask : .never),
            restarts: call.allowsRestart ?? configuration.restartsStreams,
            invalidations: cache.invalidations(at: plan)
        )
        while true {
            let boarding = time.now
            let (flight, id, isFirst) = cache.contents.flights.board(key, call.priority) {
                Flight(
                    request: call.id,
                    deadline: journey.lastDeadline,
                    priority: call.priority,
                    place: call.spans?.place
                )
            }
            if let onWait = call.onWait { flight.listen(id, onWait) }
            if isFirst {
                let begun = journey
                var call = call
                call.onWait = { [weak flight] in flight?.tell($0) }
                flight.start(on: call.executor) { [self, call] in
                    await fly(flight, key, call, candidate, plan, in: cache, from: begun)
                }
            }
            let landing: Flight.Landing
            do throws(ModelError) {
                landing = try await self.landing(of: flight, id, journey)
            } catch {
                flight.leave(id)
                throw error.at(candidate)
            }
            if isFirst {
                journey = landing.journey
            } else {
                let arrival = time.now
                let failure = landing.failure
                journey.recordShared(candidate, with: flight.request, failure: failure, since: boarding, at: arrival)
                call.spans?.stage("aurelis.flight.join", from: boarding, to: arrival, with: flight.place)
                if failure == nil { cache.countShared() }
                // What ended the other call's patience need not end ours.
                if let failure, journey.mayContinue(at: arrival) {
                    let isLessPatient = landing.journey.patience < journey.patience
                    let hasGivenUp = failure.category == .rateLimit && isLessPatient
                    if hasGivenUp || !landing.journey.mayContinue(at: arrival) { continue }
                }
            }
            return try await found(landing, flight, id, for: call, journey: &journey)
        }
    }

    /// Waits until a call under way has come out, but no longer than this one may take.
    private func landing(
        of flight: Flight,
        _ id: Flight.PassengerID,
        _ journey: Journey
    ) async throws(ModelError) -> Flight.Landing {
        guard journey.lastDeadline < flight.deadline else { return try await flight.landing(for: id) }
        let landing = try await within(journey.remaining(at: time.now), time: time) { () async throws(ModelError) in
            try await flight.landing(for: id)
        }
        guard let landing else { throw .sharedTooSlow }
        return landing
    }

    /// The work of a flight: the stores, then the candidate. Its answer is kept before anybody sees the end of it.
    private func fly(
        _ flight: Flight,
        _ key: FlightDeck.Key,
        _ call: ModelCall,
        _ candidate: Candidate,
        _ plan: CachePlan,
        in cache: AnswerCache,
        from begun: Journey
    ) async {
        var journey = begun
        /// Closed first: who fails with this flight and tries again must not join it once more.
        func land(_ outcome: Flight.Landing.Outcome) {
            cache.contents.flights.close(key, flight)
            flight.land(outcome, journey)
        }
        // Another flight may have landed between our look into memory and our boarding.
        if plan.reads {
            if let hit = cache.inMemory(plan, isSecondLook: true) { return land(.cached(hit)) }
            let began = call.spans == nil ? nil : time.now
            let hit = await cache.inStores(plan)
            lookedUp(call, since: began, hit)
            if let hit { return land(.cached(hit)) }
        }
        journey.recordCache(plan.reads ? .miss : .bypass(.refresh))
        do throws(ModelError) {
            let attempted = try await ask(candidate, for: call, journey: &journey) {
                timeout,
                hold,
                span throws(ModelError) in
                try await self.attempt(call, on: candidate, timeout: timeout, hold, span)
            }
            switch attempted {
            case .whole(let document):
                cache.keep(.whole(document), of: call, by: candidate, plan)
                land(.whole(document))
            case .stream(let opened):
                let stream = rescued(opened, for: call, from: candidate, journey: journey)
                flight.land(.stream, journey)
                await relay(stream, to: flight, call, candidate, plan, in: cache)
                cache.contents.flights.close(key, flight)
            }
        } catch {
            land(.failure(error))
        }
    }

    private func relay(
        _ stream: RescuedStream,
        to flight: Flight,
        _ call: ModelCall,
        _ candidate: Candidate,
        _ plan: CachePlan,
        in cache: AnswerCache
    ) async {
        var chunks: [JSONDocument] = []
        var size = 0
        await flight.relay(stream) { event in
            if event.isRestart {
                chunks = []
                size = 0
                return
            }
            if let chunk = event.chunk, size <= cache.configuration.maximumAnswer {
                chunks.append(chunk)
                size += chunk.bytes.count
            }
            // What another model continued is not this model's answer.
            guard event.isDone, stream.continuation.map({ $0.route == candidate.route }) ?? true else { return }
            cache.keep(.chunks(chunks), of: call, by: candidate, plan)
        }
    }
}
