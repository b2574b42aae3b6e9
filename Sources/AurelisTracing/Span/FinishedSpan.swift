package import Tracing

/// A span that has ended, as it is exported.
package struct FinishedSpan: Sendable {
    /// Its place.
    package var context: TraceContext
    /// The span that it is a part of; nil: none.
    package var parent: UInt64?
    /// What was done.
    package var name: String
    /// Whether it served, asked, or neither.
    package var kind: SpanKind
    /// In nanoseconds since 1970-01-01 UTC.
    package var start: UInt64
    /// In nanoseconds since 1970-01-01 UTC.
    package var end: UInt64
    /// What is known of it.
    package var attributes: SpanAttributes
    /// What happened in it.
    package var events: [SpanEvent] = []
    /// What it has to do with, in other traces.
    package var links: [SpanLink] = []
    /// How it ended; nil: nobody said.
    package var status: SpanStatus?
}
