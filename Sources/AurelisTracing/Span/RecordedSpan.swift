internal import Synchronization
package import Tracing

/// A span on its way; one that is not recorded knows its place and nothing else.
package final class RecordedSpan: Span {
    private struct State {
        var span: FinishedSpan
        var hasEnded = false
    }

    /// Its context, for what is done in it.
    package let context: ServiceContext
    private let state: Mutex<State>?
    private let finish: (@Sendable (FinishedSpan) -> Void)?

    /// What one span may hold of events and links.
    private static let maximumParts = 64

    /// One that is recorded.
    init(_ span: FinishedSpan, context: ServiceContext, finish: @escaping @Sendable (FinishedSpan) -> Void) {
        self.context = context
        self.state = Mutex(State(span: span))
        self.finish = finish
    }

    /// One that is not.
    init(unrecorded context: ServiceContext) {
        self.context = context
        state = nil
        finish = nil
    }

    /// One that is not, and has no place either.
    static let none = RecordedSpan(unrecorded: .topLevel)

    /// Whether anybody will see it.
    package var isRecording: Bool { state?.withLock { !$0.hasEnded } ?? false }

    /// What is done.
    package var operationName: String {
        get { state?.withLock(\.span.name) ?? "" }
        set { change { $0.name = newValue } }
    }

    /// What is known of it.
    package var attributes: SpanAttributes {
        get { state?.withLock(\.span.attributes) ?? [:] }
        set { change { $0.attributes = newValue } }
    }

    /// How it ended.
    package func setStatus(_ status: SpanStatus) { change { $0.status = status } }

    /// Something happened.
    package func addEvent(_ event: SpanEvent) {
        change { if $0.events.count < Self.maximumParts { $0.events.append(event) } }
    }

    /// Notes the kind of an error; its text may hold what somebody has asked.
    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        var told = attributes
        told["exception.type"] = "\(type(of: error))"
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: told))
    }

    /// Something else has to do with it.
    package func addLink(_ link: SpanLink) {
        change { if $0.links.count < Self.maximumParts { $0.links.append(link) } }
    }

    /// Ends it; a second time changes nothing.
    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard let finish else { return }
        let end = instant().nanosecondsSinceEpoch
        let span = state?.withLock { state -> FinishedSpan? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            state.span.end = max(end, state.span.start)
            return state.span
        }
        if let span { finish(span) }
    }

    private func change(_ change: (inout FinishedSpan) -> Void) {
        state?.withLock { if !$0.hasEnded { change(&$0.span) } }
    }
}
