internal import AurelisJSON

/// Tells a recorder what became of each request.
struct RequestRecording: Sendable {
    let recorder: any RequestRecorder
    let clock: WallClock

    /// A whole answer.
    func answered(
        _ call: ModelCall,
        _ document: JSONDocument,
        by route: Route,
        _ trace: RouteTrace,
        since start: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        let usage = document["usage"].flatMap(TokenUsage.init(reading:))
        record(call, .answered, route, nil, usage, trace, start.duration(to: now))
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
        record(call, .failed(failure.category), route, failure.message, nil, trace, start.duration(to: now))
    }

    /// The end of a stream.
    func ended(
        _ call: ModelCall,
        _ end: StreamEnd,
        by route: Route,
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
        let (route, trace) = end.continuation ?? (route, trace)
        record(call, outcome, route, message, end.usage, trace, start.duration(to: now))
    }

    private func record(
        _ call: ModelCall,
        _ outcome: RequestRecord.Outcome,
        _ route: Route?,
        _ message: String?,
        _ usage: TokenUsage?,
        _ trace: RouteTrace,
        _ duration: Duration
    ) {
        recorder.record(
            RequestRecord(
                id: call.id,
                time: clock.millisecondsSinceEpoch - duration.milliseconds,
                operation: call.operation,
                task: call.task,
                modelRequested: call.model?.spelling,
                modelUsed: route?.model.canonical,
                provider: route?.provider.rawValue,
                stream: call.stream,
                outcome: outcome,
                message: message,
                duration: duration,
                usage: usage,
                trace: trace
            )
        )
    }
}
