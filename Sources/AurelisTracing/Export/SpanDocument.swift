internal import AurelisJSON
internal import Tracing

/// A batch of spans as OTLP's JSON has it.
struct SpanDocument {
    /// Who exports: `service.name` and the like, in this order.
    let resource: [(name: String, value: String)]
    /// The version of what made the spans.
    let version: String

    /// No text of an attribute is longer.
    private static let maximumText = 1_024
    private static let maximumAttributes = 128

    func bytes(_ spans: [FinishedSpan]) -> [UInt8] {
        var json = JSONWriter(capacity: 512 + spans.count * 1_024)
        json.beginObject()
        json.key("resourceSpans")
        json.beginArray()
        json.beginObject()
        json.key("resource")
        json.beginObject()
        json.key("attributes")
        json.beginArray()
        for (name, value) in resource { json.attribute(name, .string(value)) }
        json.endArray()
        json.endObject()
        json.key("scopeSpans")
        json.beginArray()
        json.beginObject()
        json.key("scope")
        json.beginObject()
        json.field("name", "aurelis")
        json.field("version", version)
        json.endObject()
        json.key("spans")
        json.beginArray()
        for span in spans { write(span, to: &json) }
        json.endArray()
        json.endObject()
        json.endArray()
        json.endObject()
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private func write(_ span: FinishedSpan, to json: inout JSONWriter) {
        json.beginObject()
        json.field("traceId", span.context.traceID.description)
        json.field("spanId", span.context.spanID.digits)
        if let parent = span.parent { json.field("parentSpanId", parent.digits) }
        if !span.context.state.isEmpty { json.field("traceState", span.context.state) }
        json.field("flags", span.context.isSampled ? 1 : 0)
        json.field("name", String(span.name.prefix(Self.maximumText)))
        json.field("kind", span.kind.number)
        // 64 bits are more than a number of JSON holds.
        json.field("startTimeUnixNano", "\(span.start)")
        json.field("endTimeUnixNano", "\(span.end)")
        write(span.attributes, to: &json)
        if !span.events.isEmpty {
            json.key("events")
            json.beginArray()
            for event in span.events {
                json.beginObject()
                json.field("timeUnixNano", "\(event.nanosecondsSinceEpoch)")
                json.field("name", event.name)
                write(event.attributes, to: &json)
                json.endObject()
            }
            json.endArray()
        }
        let links = span.links.compactMap { link in link.context.trace.map { ($0, link.attributes) } }
        if !links.isEmpty {
            json.key("links")
            json.beginArray()
            for (trace, attributes) in links {
                json.beginObject()
                json.field("traceId", trace.traceID.description)
                json.field("spanId", trace.spanID.digits)
                write(attributes, to: &json)
                json.endObject()
            }
            json.endArray()
        }
        json.key("status")
        json.beginObject()
        if let status = span.status {
            json.field("code", status.code == .ok ? 1 : 2)
            if let message = status.message { json.field("message", String(message.prefix(Self.maximumText))) }
        }
        json.endObject()
        json.endObject()
    }

    private func write(_ attributes: SpanAttributes, to json: inout JSONWriter) {
        var sorted: [(String, SpanAttribute)] = []
        attributes.forEach { sorted.append(($0, $1)) }
        json.key("attributes")
        json.beginArray()
        for (name, value) in sorted.sorted(by: { $0.0 < $1.0 }).prefix(Self.maximumAttributes) {
            json.attribute(name, value, maximumText: Self.maximumText)
        }
        json.endArray()
    }
}

extension SpanKind {
    fileprivate var number: Int {
        switch self {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

extension JSONWriter {
    private mutating func list(_ values: [String], maximumText: Int) {
        key("arrayValue")
        beginObject()
        key("values")
        beginArray()
        for value in values.prefix(64) {
            beginObject()
            field("stringValue", String(value.prefix(maximumText)))
            endObject()
        }
        endArray()
        endObject()
    }

    fileprivate mutating func attribute(_ name: String, _ value: SpanAttribute, maximumText: Int = 1_024) {
        beginObject()
        field("key", name)
        key("value")
        beginObject()
        switch value {
        case .bool(let value): field("boolValue", value)
        case .int32(let value): field("intValue", "\(value)")
        case .int64(let value): field("intValue", "\(value)")
        case .double(let value) where value.isFinite: field("doubleValue", value)
        case .string(let value): field("stringValue", String(value.prefix(maximumText)))
        case .double(let value): field("stringValue", "\(value)")
        case .stringConvertible(let value): field("stringValue", String("\(value)".prefix(maximumText)))
        case .stringArray(let values): list(values, maximumText: maximumText)
        // Lists of numbers are rare; as text they are at least readable.
        case .int32Array(let values): list(values.map { "\($0)" }, maximumText: maximumText)
        case .int64Array(let values): list(values.map { "\($0)" }, maximumText: maximumText)
        case .doubleArray(let values): list(values.map { "\($0)" }, maximumText: maximumText)
        case .boolArray(let values): list(values.map { "\($0)" }, maximumText: maximumText)
        case .stringConvertibleArray(let values): list(values.map { "\($0)" }, maximumText: maximumText)
        default: field("stringValue", "")
        }
        endObject()
        endObject()
    }
}
