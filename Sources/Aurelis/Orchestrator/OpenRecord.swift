internal import AurelisJSON

/// Where records go, and the clock that dates them.
struct RequestRecording: Sendable {
    let recorder: any RequestRecorder
    let clock: WallClock

    /// The record of a call that has just come in.
    func begin(_ call: ModelCall, at now: ContinuousClock.Instant) -> OpenRecord {
        OpenRecord(recorder: recorder, call: call, time: clock.millisecondsSinceEpoch, start: now)
    }
}

/// A request on its way, until it is known what became of it.
struct OpenRecord: Sendable {
    let recorder: any RequestRecorder
    let call: ModelCall
    let time: Int64
    let start: ContinuousClock.Instant

    func answered(_ reply: ModelReply, _ document: JSONDocument, at now: ContinuousClock.Instant) {
        let route = Route(provider: reply.provider, model: reply.model)
        close(.answered, route, nil, document["usage"].flatMap(TokenUsage.init(reading:)), reply.trace, at: now)
    }

    func failed(_ failure: ModelError, at now: ContinuousClock.Instant) {
        let route = failure.provider.flatMap { provider in
            failure.model.map { Route(provider: provider, model: $0) }
        }
        close(.failed(failure.category), route, failure.message, nil, failure.trace ?? RouteTrace(), at: now)
    }

    func ended(_ end: StreamEnd, _ route: Route, _ trace: RouteTrace, at now: ContinuousClock.Instant) {
        let route = end.continuation?.route ?? route
        let trace = end.continuation?.trace ?? trace
        switch end.outcome {
        case .answered: close(.answered, route, nil, end.usage, trace, at: now)
        case .failed(let failure): close(.interrupted, route, failure.message, end.usage, trace, at: now)
        case .cancelled: close(.failed(.cancelled), route, "the caller went away", end.usage, trace, at: now)
        }
    }

    private func close(
        _ outcome: RequestRecord.Outcome,
        _ route: Route?,
        _ message: String?,
        _ usage: TokenUsage?,
        _ trace: RouteTrace,
        at now: ContinuousClock.Instant
    ) {
        recorder.record(
            RequestRecord(
                id: call.id,
                time: time,
                operation: call.operation,
                task: call.task,
                modelRequested: call.model?.spelling,
                modelUsed: route?.model.canonical,
                provider: route?.provider.rawValue,
                stream: call.stream,
                outcome: outcome,
                message: message,
                duration: start.duration(to: now),
                usage: usage,
                trace: trace
            )
        )
    }
}
