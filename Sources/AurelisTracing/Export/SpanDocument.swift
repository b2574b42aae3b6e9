internal import Aurelis

/// A batch of spans as OTLP's JSON has it, without credentials in any of its texts.
///
///     SpanDocument.bytes(traces, resource: resource, version: version) { Redaction.standard.text($0) }
///
/// Written piece by piece, the pieces that never change as they stand here: a busy gateway writes some ten thousand spans a second.
struct SpanDocument {
    private var bytes: [UInt8] = []
    private var texts: CleanTexts

    /// What stands before the value of each fact, by the number of its name.
    private let openings = SpanDocument.openings

    private static let openings = SpanFact.Name.allCases.map { name in
        Array(#"{"key":"\#(name.text)","value":{"#.utf8)
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
        var document = SpanDocument(texts: CleanTexts(redact: redact))
        document.bytes.reserveCapacity(1_024 + traces.spanCount * 1_024)
        document.write(traces, resource, version)
        return document.bytes
    }

    private init(texts: CleanTexts) { self.texts = texts }

    private mutating func write(
        _ traces: [FinishedTrace],
        _ resource: [(name: String, value: String)],
        _ version: String
    ) {
        put(#"{"resourceSpans":[{"resource":{"attributes":["#)
        for (place, member) in resource.enumerated() {
            put(place == 0 ? #"{"key":""# : #",{"key":""#)
            text(member.name)
            put(#"","value":{"stringValue":""#)
            text(member.value)
            put(#""}}"#)
        }
        put(#"]},"scopeSpans":[{"scope":{"name":"aurelis","version":""#)
        text(version)
        put(#""},"spans":["#)
        let start = bytes.count
        for trace in traces {
            for span in trace.spans {
                put(bytes.count == start ? "{" : ",{")
                write(span, of: trace)
            }
        }
        put("]}]}]}")
    }

    private mutating func write(_ span: SpanRecord, of trace: FinishedTrace) {
        write(trace.context.traceID, span.id)
        // All parts are the request's, and the request is its caller's.
        if let parent = span.id == trace.context.spanID ? trace.parent : trace.context.spanID {
            put(#","parentSpanId":""#)
            digits(parent)
            put(#"""#)
        }
        if !trace.context.state.isEmpty {
            put(#","traceState":""#)
            text(trace.context.state)
            put(#"""#)
        }
        put(#","flags":1,"name":""#)
        word(span.action)
        if let model = span.model {
            put(" ")
            text(model)
        }
        put(#"","kind":"#)
        number(UInt64(span.kind.rawValue))
        // 64 bits are more than a number of JSON holds.
        put(#","startTimeUnixNano":""#)
        number(span.start)
        put(#"","endTimeUnixNano":""#)
        number(span.end)
        put(#"","attributes":["#)
        for (place, fact) in span.facts.enumerated() {
            if place > 0 { put(",") }
            write(fact)
        }
        put("]")
        if case .own(let other) = span.link {
            put(#","links":[{"#)
            write(other.traceID, other.spanID)
            put(#","attributes":[]}]"#)
        }
        guard let failure = span.failure else { return put(#","status":{}}"#) }
        put(#","status":{"code":2,"message":""#)
        text(failure)
        put(#""}}"#)
    }

    private mutating func write(_ trace: TraceContext.TraceID, _ span: UInt64) {
        put(#""traceId":""#)
        digits(trace.high)
        digits(trace.low)
        put(#"","spanId":""#)
        digits(span)
        put(#"""#)
    }

    private mutating func write(_ fact: SpanFact) {
        bytes.append(contentsOf: openings[fact.name.rawValue])
        switch fact.value {
        case .word(let value):
            put(#""stringValue":""#)
            word(value)
            put(#""}}"#)
        case .name(let value), .text(let value):
            put(#""stringValue":""#)
            text(value)
            put(#""}}"#)
        case .number(let value):
            put(#""intValue":""#)
            if value < 0 { put("-") }
            number(UInt64(value.magnitude))
            put(#""}}"#)
        case .flag(let value): put(value ? #""boolValue":true}}"# : #""boolValue":false}}"#)
        }
    }

    // MARK: - Parts

    /// JSON as it stands.
    private mutating func put(_ json: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    /// A text that others may have chosen, without its quotes.
    private mutating func text(_ text: String) { texts.append(text, to: &bytes) }

    /// A word of our own, without its quotes: nothing in it needs to be escaped.
    private mutating func word(_ word: String) {
        assert(word.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        bytes.append(contentsOf: word.utf8)
    }

    private mutating func digits(_ value: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
            value.writeDigits(to: digits, at: 0)
            bytes.append(contentsOf: digits)
        }
    }

    private mutating func number(_ value: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (first, rest) = (20, value)
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: digits[first...])
        }
    }
}
