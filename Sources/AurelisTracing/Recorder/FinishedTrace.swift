package import Aurelis

/// Spans of one request that have ended, as they are exported.
package struct FinishedTrace: Sendable {
    /// The place of the request's own span, which all others are parts of.
    package let context: TraceContext
    /// The caller's span; nil: it has none.
    package let parent: UInt64?
    /// In the order of their ends, the request's own last.
    package let spans: [SpanRecord]

    /// Spans of one request.
    package init(context: TraceContext, parent: UInt64?, spans: [SpanRecord]) {
        self.context = context
        self.parent = parent
        self.spans = spans
    }
}

extension Sequence<FinishedTrace> {
    /// The spans of all of them.
    var spanCount: Int { reduce(0) { $0 + $1.spans.count } }
}
