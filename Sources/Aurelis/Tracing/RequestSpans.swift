internal import Synchronization
internal import Tracing

/// The spans of one request: made only for a request that is traced, so that all others cost a look at nil.
///
/// Stages are told after they have ended, with the moments at which they began and ended; only what is sent to a provider has
/// its span beforehand, because the provider is told its name. Nothing of what was asked or answered is ever put into one.
final class RequestSpans: Sendable {
    /// What is sent to a provider, on its way.
    struct Attempt: Sendable {
        fileprivate let span: (any Span)?
        /// What the provider is told of the trace.
        let fields: TraceFields
    }

    private struct State {
        /// An answer that has come, or begun to: its span ends with the answer, and tells what it cost.
        var open: (span: any Span, since: ContinuousClock.Instant)?
        /// When the latest stage ended.
        var latest: ContinuousClock.Instant?
        var hasEnded = false

        mutating func reach(_ moment: ContinuousClock.Instant) { latest = max(latest ?? moment, moment) }
    }

    private let tracer: any Tracer
    private let root: any Span
    private let start: ContinuousClock.Instant
    /// The moment of the start, in nanoseconds since 1970-01-01 UTC.
    private let epoch: UInt64
    private let state = Mutex(State())

    private init(_ tracer: any Tracer, _ root: any Span, start: ContinuousClock.Instant, epoch: UInt64) {
        self.tracer = tracer
        self.root = root
        self.start = start
        self.epoch = epoch
    }

    /// The spans of a call; nil when it is not traced, and nobody is to be told so.
    static func begin(
        _ call: ModelCall,
        by tracer: any Tracer,
        at start: ContinuousClock.Instant,
        _ clock: WallClock
    ) -> RequestSpans? {
        var context = ServiceContext.current ?? .topLevel
        let isRemote = call.traceFields.map { !$0.isEmpty } ?? false
        if let fields = call.traceFields { tracer.extract(fields, into: &context, using: TraceFieldAccess()) }
        let epoch = UInt64(max(0, clock.millisecondsSinceEpoch)) * 1_000_000
        let name = call.operation == .chatCompletion ? "aurelis.chat" : "aurelis.embeddings"
        let root = tracer.opened(name, context, call.traceFields == nil ? .internal : .server, at: epoch)
        guard root.isRecording || isRemote else { return nil }
        return RequestSpans(tracer, root, start: start, epoch: epoch)
    }

    /// What stands for the request in other traces; nil when it is not recorded.
    var context: ServiceContext? { root.isRecording ? root.context : nil }

    /// A part of the way that has ended.
    func stage(
        _ name: String,
        from begin: ContinuousClock.Instant,
        to end: ContinuousClock.Instant,
        _ attributes: SpanAttributes = [:],
        with other: ServiceContext? = nil
    ) {
        guard root.isRecording else { return }
        state.withLock { $0.reach(end) }
        let span = tracer.opened(name, root.context, .internal, at: moment(begin))
        span.attributes = attributes
        if let other { span.addLink(SpanLink(context: other, attributes: [:])) }
        span.closed(at: moment(end))
    }

    /// A wait that has ended.
    func waited(_ reason: String, from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant) {
        stage("aurelis.wait", from: begin, to: end, ["aurelis.wait.reason": .string(reason)])
    }

    /// Something is about to be sent.
    func attempt(_ call: ModelCall, on candidate: Candidate, number: Int, at now: ContinuousClock.Instant) -> Attempt {
        var fields = TraceFields()
        guard root.isRecording else {
            tracer.inject(root.context, into: &fields, using: TraceFieldAccess())
            return Attempt(span: nil, fields: fields)
        }
        let operation = call.operation.rawValue
        let model = candidate.model.wireName
        let span = tracer.opened("\(operation) \(model)", root.context, .client, at: moment(now))
        var told: [String: SpanAttribute] = Dictionary(minimumCapacity: 12)
        told["gen_ai.operation.name"] = .string(operation)
        told["gen_ai.provider.name"] = .string(candidate.provider.id.genAIName)
        told["gen_ai.request.model"] = .string(model)
        told["aurelis.provider"] = .string(candidate.provider.id.rawValue)
        told["aurelis.attempt"] = .int64(Int64(number))
        if let server = ServerName(candidate.provider.address) {
            told["server.address"] = .string(server.host)
            if let port = server.port { told["server.port"] = .int64(Int64(port)) }
        }
        span.attributes = SpanAttributes(told)
        tracer.inject(span.context, into: &fields, using: TraceFieldAccess())
        return Attempt(span: span, fields: fields)
    }

    /// What came of it: a failure, or an answer, which for a stream has only begun.
    func ended(_ attempt: Attempt?, _ failure: ModelError?, at now: ContinuousClock.Instant) {
        guard let span = attempt?.span else { return }
        state.withLock { $0.reach(now) }
        if let failure {
            span.fail(failure.category.rawValue, status: failure.status)
            return span.closed(at: moment(now))
        }
        let (last, isLate) = state.withLock { state in
            defer { if !state.hasEnded { state.open = (span, now) } }
            return (state.open, state.hasEnded)
        }
        if let last { last.span.closed(at: moment(last.since)) }
        // Its caller has gone, and the flight goes on for others.
        if isLate { span.closed(at: moment(now)) }
    }

    /// A stream broke off after it had begun.
    func broke(_ failure: ModelError, at now: ContinuousClock.Instant) {
        guard let open = state.withLock({ $0.open.take() }) else { return }
        open.span.fail(failure.category.rawValue, status: failure.status)
        open.span.closed(at: moment(now))
    }

    /// The request has ended.
    func end(_ record: RequestRecord) {
        let (open, latest) = state.withLock { state in
            state.hasEnded = true
            return (state.open.take(), state.latest)
        }
        guard root.isRecording else { return }
        // Its parts are within it.
        let end = max(start.advanced(by: record.duration), latest ?? start)
        if let open {
            open.span.updateAttributes { told in
                if let model = record.modelOfAnswer { told["gen_ai.response.model"] = model }
                if record.trace.cache?.age == nil { told.note(record.usage) }
            }
            if record.outcome != .answered { open.span.fail(record.outcome.rawValue, status: nil) }
            open.span.closed(at: record.stream ? moment(end) : moment(open.since))
        }
        if record.stream, let first = record.firstContent {
            stage("aurelis.stream", from: start.advanced(by: first), to: end)
        }
        root.describe(record)
        root.closed(at: moment(end))
    }

    private func moment(_ instant: ContinuousClock.Instant) -> UInt64 {
        epoch &+ UInt64(max(0, start.duration(to: instant).nanoseconds))
    }
}

extension Span {
    /// Notes what a failure is, not what it says.
    fileprivate func fail(_ category: String, status: Int?) {
        updateAttributes { told in
            told["error.type"] = category
            if let status { told["http.response.status_code"] = status }
        }
        setStatus(SpanStatus(code: .error, message: category))
    }

    fileprivate func describe(_ record: RequestRecord) {
        // A table of its own, of its final size: what is set one by one grows again and again.
        var told: [String: SpanAttribute] = Dictionary(minimumCapacity: 16)
        told["gen_ai.operation.name"] = .string(record.operation.rawValue)
        told["aurelis.request_id"] = .string(record.id.description)
        told["aurelis.task"] = .string(record.task.rawValue)
        told["aurelis.outcome"] = .string(record.outcome.rawValue)
        told["aurelis.stream"] = .bool(record.stream)
        told["aurelis.attempts"] = .int64(Int64(record.trace.upstreamAttempts))
        if let model = record.modelRequested { told["gen_ai.request.model"] = .string(Redaction.standard.text(model)) }
        if let model = record.modelOfAnswer { told["gen_ai.response.model"] = .string(Redaction.standard.text(model)) }
        if let provider = record.provider { told["aurelis.provider"] = .string(provider) }
        if let cache = record.trace.cache { told["aurelis.cache"] = .string(cache.description) }
        if let usage = record.usage {
            told["gen_ai.usage.input_tokens"] = .int64(Int64(usage.prompt))
            told["gen_ai.usage.output_tokens"] = .int64(Int64(usage.completion))
        }
        // Nobody else has put anything there.
        attributes = SpanAttributes(told)
        guard record.outcome != .answered else { return }
        fail(record.outcome.rawValue, status: nil)
    }

    fileprivate func closed(at nanoseconds: UInt64) {
        end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: nanoseconds))
    }
}

extension RequestRecord {
    /// The model whose answer has come, or begun to: a failure has none, whoever was asked or would have been.
    fileprivate var modelOfAnswer: String? { outcome == .answered || firstContent != nil ? modelUsed : nil }
}

extension SpanAttributes {
    fileprivate mutating func note(_ usage: TokenUsage?) {
        guard let usage else { return }
        self["gen_ai.usage.input_tokens"] = usage.prompt
        self["gen_ai.usage.output_tokens"] = usage.completion
    }
}

extension Tracer {
    fileprivate func opened(
        _ name: String,
        _ context: ServiceContext,
        _ kind: SpanKind,
        at nanoseconds: UInt64
    ) -> any Tracing.Span {
        let instant = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: nanoseconds)
        return startSpan(name, context: context, ofKind: kind, at: instant)
    }
}
