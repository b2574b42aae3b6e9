internal import Aurelis

/// A batch of spans as OTLP's JSON has it, without credentials in any of its texts.
///
///     SpanDocument.bytes(traces, resource: resource, version: version) { Redaction.standard.text($0) }
///
/// Written piece by piece, the pieces that never change as they stand here: a busy gateway writes some ten thousand spans a second.
struct SpanDocument: ~Copyable {
    /// Where texts are said, beside the facts of each name.
    private enum Place: Int, CaseIterable {
        case model, state, failure, resource

        var number: Int { SpanFact.Name.allCases.count + rawValue }
    }

    private var sink: ByteSink
    private var texts: CleanTexts
    /// What stands before the value of each fact, by the number of its name.
    private let openings = SpanDocument.openings

    private static let openings = (
        texts: SpanFact.Name.allCases.map { opening($0, #""stringValue":""#) },
        numbers: SpanFact.Name.allCases.map { opening($0, #""intValue":""#) },
        flags: SpanFact.Name.allCases.map { opening($0, #""boolValue":"#) }
    )

    private static func opening(_ name: SpanFact.Name, _ value: String) -> [UInt8] {
        Array(#",{"key":"\#(name.text)","value":{\#(value)"#.utf8)
    }

    /// - Parameters:
    ///   - resource: who exports: `service.name` and the like.
    ///   - version: that of what made the spans.
    static func bytes(
        _ traces: [FinishedTrace],
        resource: [(name: String, value: String)],
        version: String,
        redact: @escaping @Sendable (String) -> String
    ) -> [UInt8] {
        var document = SpanDocument(capacity: 1_024 + traces.spanCount * 1_024, redact: redact)
        document.write(traces, resource, version)
        return document.sink.bytes
    }

    private init(capacity: Int, redact: @escaping @Sendable (String) -> String) {
        sink = ByteSink(capacity: capacity)
        texts = CleanTexts(places: SpanFact.Name.allCases.count + Place.allCases.count, redact: redact)
    }

    private mutating func write(
        _ traces: [FinishedTrace],
        _ resource: [(name: String, value: String)],
        _ version: String
    ) {
        sink.put(#"{"resourceSpans":[{"resource":{"attributes":["#)
        for (place, member) in resource.enumerated() {
            sink.put(place == 0 ? #"{"key":""# : #",{"key":""#)
            text(member.name, .resource)
            sink.put(#"","value":{"stringValue":""#)
            text(member.value, .resource)
            sink.put(#""}}"#)
        }
        sink.put(#"]},"scopeSpans":[{"scope":{"name":"aurelis","version":""#)
        text(version, .resource)
        sink.put(#""},"spans":["#)
        let start = sink.count
        for trace in traces {
            for place in trace.spans.indices {
                sink.put(sink.count == start ? "{" : ",{")
                write(trace.spans[place], of: trace)
            }
        }
        sink.put("]}]}]}")
    }

    private mutating func write(_ span: SpanRecord, of trace: FinishedTrace) {
        write(trace.context.traceID, span.id)
        // All parts are the request's, and the request is its caller's.
        if let parent = span.id == trace.context.spanID ? trace.parent : trace.context.spanID {
            sink.put(#"","parentSpanId":""#)
            sink.put(digits: parent)
        }
        if !trace.context.state.isEmpty {
            sink.put(#"","traceState":""#)
            text(trace.context.state, .state)
        }
        sink.put(#"","flags":1,"name":""#)
        word(span.action)
        if let model = span.model {
            sink.put(" ")
            text(model, .model)
        }
        sink.put(#"","kind":"#)
        sink.put(number: UInt64(span.kind.rawValue))
        // 64 bits are more than a number of JSON holds.
        sink.put(#","startTimeUnixNano":""#)
        sink.put(number: span.start)
        sink.put(#"","endTimeUnixNano":""#)
        sink.put(number: span.end)
        sink.put(#"","attributes":["#)
        for place in span.facts.indices { write(span.facts[place], isFirst: place == 0) }
        if case .own(let other) = span.link {
            sink.put(#"],"links":[{"#)
            write(other.traceID, other.spanID)
            sink.put(#"","attributes":[]}"#)
        }
        guard let failure = span.failure else { return sink.put(#"],"status":{}}"#) }
        sink.put(#"],"status":{"code":2,"message":""#)
        text(failure, .failure)
        sink.put(#""}}"#)
    }

    /// Two names, the second without its last quote.
    private mutating func write(_ trace: TraceContext.TraceID, _ span: UInt64) {
        sink.put(#""traceId":""#)
        sink.put(digits: trace.high)
        sink.put(digits: trace.low)
        sink.put(#"","spanId":""#)
        sink.put(digits: span)
    }

    private mutating func write(_ fact: SpanFact, isFirst: Bool) {
        let (name, skipped) = (fact.name.rawValue, isFirst ? 1 : 0)
        switch fact.value {
        case .word(let value):
            sink.put(openings.texts[name], from: skipped)
            word(value)
            sink.put(#""}}"#)
        case .name(let value), .text(let value):
            sink.put(openings.texts[name], from: skipped)
            texts.append(value, at: name, to: &sink)
            sink.put(#""}}"#)
        case .number(let value):
            sink.put(openings.numbers[name], from: skipped)
            if value < 0 { sink.put("-") }
            sink.put(number: UInt64(value.magnitude))
            sink.put(#""}}"#)
        case .flag(let value):
            sink.put(openings.flags[name], from: skipped)
            sink.put(value ? "true}}" : "false}}")
        }
    }

    // MARK: - Parts

    /// A text that others may have chosen, without its quotes.
    private mutating func text(_ text: String, _ place: Place) { texts.append(text, at: place.number, to: &sink) }

    /// A word of our own, without its quotes: nothing in it needs to be escaped.
    private mutating func word(_ word: String) {
        assert(word.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        sink.put(text: word)
    }
}
