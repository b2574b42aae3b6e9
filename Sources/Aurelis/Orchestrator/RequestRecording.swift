internal import AurelisJSON

/// Tells a recorder what became of each request.
struct RequestRecording: Sendable {
    let recorder: any RequestRecorder
    let clock: WallClock

    /// A whole answer.
    func answered(
        _ call: ModelCall,
        _ document: JSONDocument,
        by candidate: Candidate,
        _ trace: RouteTrace,
        since start: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        let usage = document["usage"].flatMap(TokenUsage.init(reading:))
        let price = candidate.model.price
        record(call, .answered, candidate.route, nil, usage, price, trace, start.duration(to: now))
    }

    /// No answer.
    func failed(
        _ call: ModelCall,
        _ failure: ModelError,
        since start: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        let route = failure.provider.flatMap { provider in
            failure.model.map { Route(provider: provider, model: $0) }
        }
        let trace = failure.trace ?? RouteTrace()
        record(call, .failed(failure.category), route, failure.message, nil, nil, trace, start.duration(to: now))
    }

    /// The end of a stream.
    func ended(
        _ call: ModelCall,
        _ end: StreamEnd,
        by candidate: Candidate,
        _ trace: RouteTrace,
        since start: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        let (outcome, message): (RequestRecord.Outcome, String?) =
            switch end.outcome {
            case .answered: (.answered, nil)
            case .failed(let failure): (.interrupted, failure.message)
            case .cancelled: (.failed(.cancelled), "the caller went away")
            }
        let (route, trace) = end.continuation ?? (candidate.route, trace)
        // Of an answer that two models gave only the last one's tokens are known.
        let price = route == candidate.route ? candidate.model.price : nil
        record(call, outcome, route, message, end.usage, price, trace, start.duration(to: now))
    }

    private func record(
        _ call: ModelCall,
        _ outcome: RequestRecord.Outcome,
        _ route: Route?,
        _ message: String?,
        _ usage: TokenUsage?,
        _ price: TokenPrice?,
        _ trace: RouteTrace,
        _ duration: Duration
    ) {
        recorder.record(
            RequestRecord(
                id: call.id,
                time: clock.millisecondsSinceEpoch - duration.milliseconds,
                operation: call.operation,
                tenant: call.tenant,
                task: call.task,
                modelRequested: call.model?.spelling,
                modelUsed: route?.model.canonical,
                provider: route?.provider.rawValue,
                stream: call.stream,
                outcome: outcome,
                message: message.map(Redaction.standard.text),
                duration: duration,
                usage: usage,
                cost: trace.cost(of: usage, at: price),
                trace: trace
            )
        )
    }
}

extension RouteTrace {
    /// What an answer cost, in picodollars; nil: unknown. What came from the cache or from another request cost nothing.
    fileprivate func cost(of usage: TokenUsage?, at price: TokenPrice?) -> Int64? {
        switch cache {
        case .hit, .stale, .shared: 0
        case .miss, .bypass, nil: usage.flatMap { usage in price?.cost(of: usage) }
        }
    }
}
