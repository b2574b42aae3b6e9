/// A span as a request tells of it: a value, whoever takes it.
///
///     var span = SpanRecord("aurelis.route", .internal, start: 1_700_000_000_000_000_000)
///     span.end = 1_700_000_000_000_042_000
package struct SpanRecord: Sendable {
    /// Its number in its trace, from whoever makes the trace; 0: it has none yet.
    package var id: UInt64 = 0
    /// What is done, in Aurelis's own words.
    package var action: String
    /// The model that it is done by, the second half of its name; nil: there is none.
    package var model: String?
    /// Whether it serves, asks, or neither.
    package var kind: Kind
    /// In nanoseconds since 1970-01-01 UTC.
    package var start: UInt64
    /// In nanoseconds since 1970-01-01 UTC.
    package var end: UInt64
    /// What is known of it.
    package var facts: [SpanFact] = []
    /// What a failure was, not what it said; nil: none.
    package var failure: String?
    /// What it has to do with, in another trace.
    package var link: SpanPlace?

    /// Who does it, by OTLP's numbers.
    package enum Kind: Int, Sendable {
        case `internal` = 1
        case server, client
    }

    /// A span that has begun.
    package init(_ action: String, model: String? = nil, _ kind: Kind, start: UInt64) {
        self.action = action
        self.model = model
        self.kind = kind
        self.start = start
        self.end = start
    }

    /// Its name.
    package var name: String { model.map { "\(action) \($0)" } ?? action }

    /// Notes what a failure is, not what it says.
    package mutating func fail(_ category: String, status: Int? = nil) {
        failure = category
        facts.append(SpanFact(.errorType, .name(category)))
        if let status { facts.append(SpanFact(.statusCode, .number(status))) }
    }
}
