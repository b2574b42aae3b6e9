internal import Synchronization

/// The spans of one request: made only for a request that is traced, so that all others cost a look at nil.
///
/// Stages are told after they have ended, with the moments at which they began and ended; only what is sent to a provider has
/// its span beforehand, because the provider is told its name. Nothing of what was asked or answered is ever put into one.
final class RequestSpans: Sendable {
    /// What is sent to a provider, on its way.
    struct Attempt: Sendable {
        fileprivate let span: SpanRecord?
        /// What the provider is told of the trace.
        let fields: TraceFields
    }

    private struct State {
        /// An answer that has come, or begun to: its span ends with the answer, and tells what it cost.
        var open: SpanRecord?
        /// When the latest stage ended.
        var latest: ContinuousClock.Instant?
        var hasEnded = false

        mutating func reach(_ moment: ContinuousClock.Instant) { latest = max(latest ?? moment, moment) }
    }

    private let trace: any RequestTrace
    private let root: SpanRecord
    private let start: ContinuousClock.Instant
    private let state = Mutex(State())

    /// The spans of a call; nil when it is not traced, and nobody is to be told so.
    init?(of call: ModelCall, by tracer: any RequestTracer, at start: ContinuousClock.Instant, _ clock: WallClock) {
        let epoch = UInt64(max(0, clock.millisecondsSinceEpoch)) * 1_000_000
        let name = call.operation == .chatCompletion ? "aurelis.chat" : "aurelis.embeddings"
        root = SpanRecord(name, call.traceFields == nil ? .internal : .server, start: epoch)
        guard let trace = tracer.begin(root, after: call.traceFields) else { return nil }
        self.trace = trace
        self.start = start
        place = trace.place
    }

    /// What stands for the request in other traces; nil when it is not recorded.
    let place: SpanPlace?

    /// A part of the way that has ended.
    func stage(
        _ name: String,
        from begin: ContinuousClock.Instant,
        to end: ContinuousClock.Instant,
        _ fact: SpanFact? = nil,
        with other: SpanPlace? = nil
    ) {
        guard place != nil else { return }
        let isLate = state.withLock { state in
            state.reach(end)
            return state.hasEnded
        }
        guard !isLate else { return }
        var span = SpanRecord(name, .internal, start: moment(begin))
        if let fact { span.facts = [fact] }
        span.link = other
        close(&span, at: end)
    }

    /// A wait that has ended.
    func waited(_ reason: String, from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant) {
        stage("aurelis.wait", from: begin, to: end, SpanFact(.waitReason, .word(reason)))
    }

    /// Something is about to be sent.
    func attempt(_ call: ModelCall, on candidate: Candidate, number: Int, at now: ContinuousClock.Instant) -> Attempt {
        let model = candidate.model.wireName
        var span = SpanRecord(call.operation.rawValue, model: model, .client, start: moment(now))
        guard place != nil else { return Attempt(span: nil, fields: trace.open(&span)) }
        // Room for what is told at its end, too.
        span.facts.reserveCapacity(10)
        span.facts.append(SpanFact(.operation, .word(call.operation.rawValue)))
        span.facts.append(SpanFact(.genAIProvider, .name(candidate.provider.id.genAIName)))
        span.facts.append(SpanFact(.requestModel, .name(model)))
        span.facts.append(SpanFact(.provider, .name(candidate.provider.id.rawValue)))
        span.facts.append(SpanFact(.attempt, .number(number)))
        if let server = ServerName(candidate.provider.address) {
            span.facts.append(SpanFact(.serverAddress, .name(server.host)))
            if let port = server.port { span.facts.append(SpanFact(.serverPort, .number(port))) }
        }
        let fields = trace.open(&span)
        return Attempt(span: span, fields: fields)
    }

    /// What came of it: a failure, or an answer, which for a stream has only begun.
    func ended(_ attempt: Attempt?, _ failure: ModelError?, at now: ContinuousClock.Instant) {
        guard var span = attempt?.span else { return }
        if let failure {
            state.withLock { $0.reach(now) }
            span.fail(failure.category.rawValue, status: failure.status)
            return close(&span, at: now)
        }
        span.end = moment(now)
        let (last, isLate) = state.withLock { state in
            state.reach(now)
            defer { if !state.hasEnded { state.open = span } }
            return (state.open, state.hasEnded)
        }
        if let last { trace.close(last) }
        // Its caller has gone, and the flight goes on for others.
        if isLate { trace.close(span) }
    }

    /// A stream broke off after it had begun.
    func broke(_ failure: ModelError, at now: ContinuousClock.Instant) {
        guard var span = state.withLock({ $0.open.take() }) else { return }
        span.fail(failure.category.rawValue, status: failure.status)
        close(&span, at: now)
    }

    /// The request has ended.
    func end(_ record: RequestRecord) {
        let (open, latest) = state.withLock { state in
            state.hasEnded = true
            return (state.open.take(), state.latest)
        }
        guard place != nil else { return }
        // Its parts are within it.
        let end = max(start.advanced(by: record.duration), latest ?? start)
        if var open {
            if let model = record.modelOfAnswer { open.facts.append(SpanFact(.responseModel, .text(model))) }
            if record.trace.cache?.age == nil { open.note(record.usage) }
            if record.outcome != .answered { open.fail(record.outcome.rawValue) }
            if record.stream { open.end = moment(end) }
            trace.close(open)
        }
        if record.stream, let first = record.firstContent {
            var span = SpanRecord("aurelis.stream", .internal, start: moment(start.advanced(by: first)))
            close(&span, at: end)
        }
        var whole = root
        whole.describe(record)
        whole.end = moment(end)
        trace.end(whole)
    }

    private func close(_ span: inout SpanRecord, at instant: ContinuousClock.Instant) {
        span.end = moment(instant)
        trace.close(span)
    }

    /// In nanoseconds since 1970-01-01 UTC.
    private func moment(_ instant: ContinuousClock.Instant) -> UInt64 {
        root.start &+ UInt64(max(0, start.duration(to: instant).nanoseconds))
    }
}

extension SpanRecord {
    fileprivate mutating func describe(_ record: RequestRecord) {
        facts.reserveCapacity(12)
        facts.append(SpanFact(.operation, .word(record.operation.rawValue)))
        facts.append(SpanFact(.requestID, .word(record.id.description)))
        facts.append(SpanFact(.task, .word(record.task.rawValue)))
        facts.append(SpanFact(.isStream, .flag(record.stream)))
        facts.append(SpanFact(.attempts, .number(record.trace.upstreamAttempts)))
        if let model = record.modelRequested { facts.append(SpanFact(.requestModel, .text(model))) }
        if let model = record.modelOfAnswer { facts.append(SpanFact(.responseModel, .text(model))) }
        if let provider = record.provider { facts.append(SpanFact(.provider, .name(provider))) }
        if let cache = record.trace.cache { facts.append(SpanFact(.cache, .word(cache.description))) }
        note(record.usage)
        guard record.outcome != .answered else {
            return facts.append(SpanFact(.outcome, .word("answered")))
        }
        facts.append(SpanFact(.outcome, .name(record.outcome.rawValue)))
        fail(record.outcome.rawValue)
    }

    fileprivate mutating func note(_ usage: TokenUsage?) {
        guard let usage else { return }
        facts.append(SpanFact(.inputTokens, .number(usage.prompt)))
        facts.append(SpanFact(.outputTokens, .number(usage.completion)))
    }
}

extension RequestRecord {
    /// The model whose answer has come, or begun to: a failure has none, whoever was asked or would have been.
    fileprivate var modelOfAnswer: String? { outcome == .answered || firstContent != nil ? modelUsed : nil }
}
