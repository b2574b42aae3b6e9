internal import Aurelis
internal import Synchronization

/// A trace on its way that is recorded; it leaves as one when its request has ended.
final class RecordedTrace: RequestTrace {
    private struct State {
        var spans: [SpanRecord] = []
        var hasEnded = false
    }

    private let context: TraceContext
    private let parent: UInt64?
    private let recorder: TraceRecorder
    private let state = Mutex(State())

    /// Spans that wait for the end of their request; those of one that has more leave in portions.
    private static let maximumSpans = 64

    init(_ context: TraceContext, after parent: UInt64?, by recorder: TraceRecorder) {
        self.context = context
        self.parent = parent
        self.recorder = recorder
    }

    var place: SpanPlace? { .own(context) }

    func open(_ span: inout SpanRecord) -> TraceFields {
        span.id = recorder.spanID()
        guard recorder.propagates else { return TraceFields() }
        var place = context
        place.spanID = span.id
        return TraceFields(telling: place)
    }

    func close(_ span: SpanRecord) {
        var span = span
        if span.id == 0 { span.id = recorder.spanID() }
        take(span, isLast: false)
    }

    func end(_ root: SpanRecord) {
        var root = root
        root.id = context.spanID
        take(root, isLast: true)
    }

    private func take(_ span: SpanRecord, isLast: Bool) {
        let spans = state.withLock { state -> [SpanRecord]? in
            if state.spans.isEmpty { state.spans.reserveCapacity(4) }
            state.spans.append(span)
            if isLast { state.hasEnded = true }
            guard state.hasEnded || state.spans.count >= Self.maximumSpans else { return nil }
            defer { state.spans = [] }
            return state.spans
        }
        if let spans { recorder.finish(FinishedTrace(context: context, parent: parent, spans: spans)) }
    }
}

/// A trace that its caller does not record: whoever is asked learns of it as if nobody had been in between.
final class UnrecordedTrace: RequestTrace {
    private let fields: TraceFields

    init(_ fields: TraceFields) { self.fields = fields }

    var place: SpanPlace? { nil }

    func open(_ span: inout SpanRecord) -> TraceFields { fields }

    func close(_ span: SpanRecord) {}

    func end(_ root: SpanRecord) {}
}
