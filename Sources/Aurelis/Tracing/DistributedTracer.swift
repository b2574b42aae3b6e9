internal import Synchronization
internal import Tracing

/// Any tracer of swift-distributed-tracing, as requests want one.
struct DistributedTracer: RequestTracer {
    let tracer: any Tracer

    func begin(_ root: SpanRecord, after fields: TraceFields?) -> (any RequestTrace)? {
        var context = ServiceContext.current ?? .topLevel
        if let fields { tracer.extract(fields, into: &context, using: TraceFieldAccess()) }
        let span = tracer.opened(root, in: context)
        let isRemote = fields.map { !$0.isEmpty } ?? false
        return span.isRecording || isRemote ? DistributedTrace(tracer, span) : nil
    }
}

/// A trace of such a tracer: its spans are opened when it must know of them, and get their attributes as it wants them.
private final class DistributedTrace: RequestTrace {
    private let tracer: any Tracer
    private let root: any Span
    /// The attempts under way, by their numbers.
    private let attempts = Mutex<[UInt64: any Span]>([:])

    init(_ tracer: any Tracer, _ root: any Span) {
        self.tracer = tracer
        self.root = root
        place = root.isRecording ? .other(root.context) : nil
    }

    let place: SpanPlace?

    func open(_ span: inout SpanRecord) -> TraceFields {
        var context = root.context
        if place != nil {
            let opened = tracer.opened(span, in: context)
            opened.note(span)
            context = opened.context
            span.id = attempts.withLock { attempts in
                let id = (attempts.keys.max() ?? 0) + 1
                attempts[id] = opened
                return id
            }
        }
        var fields = TraceFields()
        tracer.inject(context, into: &fields, using: TraceFieldAccess())
        return fields
    }

    func close(_ span: SpanRecord) {
        let opened = attempts.withLock { $0.removeValue(forKey: span.id) } ?? tracer.opened(span, in: root.context)
        opened.close(span)
    }

    func end(_ root: SpanRecord) { self.root.close(root) }
}

/// Reads and writes the fields of a trace for a tracer.
private struct TraceFieldAccess: Extractor, Injector {
    func extract(key: String, from carrier: TraceFields) -> String? { carrier[key] }

    func inject(_ value: String, forKey key: String, into carrier: inout TraceFields) { carrier[key] = value }
}

extension Tracer {
    fileprivate func opened(_ span: SpanRecord, in context: ServiceContext) -> any Tracing.Span {
        let kind: SpanKind =
            switch span.kind {
            case .internal: .internal
            case .server: .server
            case .client: .client
            }
        let start = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: span.start)
        return startSpan(span.name, context: context, ofKind: kind, at: start)
    }
}

extension Span {
    /// Nobody else has put any attributes there.
    fileprivate func note(_ span: SpanRecord) {
        guard !span.facts.isEmpty else { return }
        var told: [String: SpanAttribute] = Dictionary(minimumCapacity: span.facts.count)
        for fact in span.facts { told[fact.name.text] = fact.value.attribute }
        attributes = SpanAttributes(told)
    }

    fileprivate func close(_ span: SpanRecord) {
        note(span)
        if case .other(let context) = span.link { addLink(SpanLink(context: context, attributes: [:])) }
        if let failure = span.failure { setStatus(SpanStatus(code: .error, message: failure)) }
        end(at: DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: span.end))
    }
}

extension SpanFact.Value {
    fileprivate var attribute: SpanAttribute {
        switch self {
        case .word(let text), .name(let text): .string(text)
        case .text(let text): .string(Redaction.standard.text(text))
        case .number(let number): .int64(Int64(number))
        case .flag(let flag): .bool(flag)
        }
    }
}
