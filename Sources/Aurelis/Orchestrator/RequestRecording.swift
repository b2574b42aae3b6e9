internal import AurelisJSON

/// Tells a recorder what became of each request.
struct RequestRecording: Sendable {
    private let recorder: any RequestRecorder
    private let auditor: (any RequestAuditor)?
    private let clock: WallClock

    init(recorder: any RequestRecorder, clock: WallClock) {
        self.recorder = recorder
        self.auditor = recorder as? any RequestAuditor
        self.clock = clock
    }

    /// Whether what a stream says is to be gathered.
    var withContent: Bool { auditor?.withContent ?? false }

    /// Whether no request may be answered now.
    var refuses: Bool { auditor?.refuses ?? false }

    /// Why a request is refused; nil when it may be answered.
    var refusal: ModelError? { auditor?.refusal }

    /// Why no request may be answered now; nil when they may.
    var obstacle: String? { auditor?.obstacle }

    /// A call that is under way; one of the others follows.
    func began(_ call: ModelCall, at start: ContinuousClock.Instant) {
        recorder.begin(ActiveRequest(id: call.id, start: start, model: call.model?.spelling, task: call.task))
    }

    /// A call that will come again; this was a wait and no end.
    func forgot(_ call: ModelCall) { recorder.forget(call.id) }

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
        record(call, .answered, candidate.route, nil, usage, price, trace, start.duration(to: now), answer: document)
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
        let duration = start.duration(to: now)
        record(call, .failed(failure.category), route, failure.message, nil, nil, trace, duration, failure: failure)
    }

    /// The end of a stream.
    func ended(
        _ call: ModelCall,
        _ end: StreamEnd,
        by candidate: Candidate,
        _ trace: RouteTrace,
        since start: ContinuousClock.Instant,
        firstContent: ContinuousClock.Instant,
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
        let (first, whole) = (start.duration(to: firstContent), start.duration(to: now))
        record(call, outcome, route, message, end.usage, price, trace, whole, firstContent: first, text: end.text)
    }

    private func record(
        _ call: ModelCall,
        _ outcome: RequestRecord.Outcome,
        _ route: Route?,
        _ message: String?,
        _ usage: TokenUsage?,
        _ price: TokenPrice?,
        _ trace: RouteTrace,
        _ duration: Duration,
        firstContent: Duration? = nil,
        answer: JSONDocument? = nil,
        text: String? = nil,
        failure: ModelError? = nil
    ) {
        var record = RequestRecord(
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
            firstContent: firstContent,
            usage: usage,
            cost: trace.cost(of: usage, at: price),
            trace: trace
        )
        record.fault = failure.flatMap(CallerFault.init)
        call.spans?.end(record)
        guard let auditor else { return recorder.record(record) }
        var details = AuditDetails(of: call, answer: answer, text: text, withContent: auditor.withContent)
        (details.code, details.key) = (failure?.code, failure?.key)
        auditor.record(record, details)
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
