internal import AurelisJSON
internal import Tracing

/// A batch of spans as OTLP's JSON has it, without credentials in any of its texts.
///
///     SpanDocument.bytes(spans, resource: resource, version: version) { Redaction.standard.text($0) }
struct SpanDocument {
    private var json: JSONWriter
    private var texts: CleanTexts

    /// No text of an attribute is longer.
    private static let maximumText = 1_024
    private static let maximumAttributes = 128
    private static let maximumList = 64

    /// - Parameters:
    ///   - resource: who exports: `service.name` and the like.
    ///   - version: that of what made the spans.
    static func bytes(
        _ spans: [FinishedSpan],
        resource: [(name: String, value: String)],
        version: String,
        redact: @escaping @Sendable (String) -> String
    ) -> [UInt8] {
        var document = SpanDocument(
            json: JSONWriter(capacity: 512 + spans.count * 1_024),
            texts: CleanTexts(redact: redact)
        )
        document.object { document in
            document.list("resourceSpans") { document in
                document.object { document in
                    document.json.key("resource")
                    document.object { document in
                        document.write(SpanAttributes(Dictionary(resource.map { ($0.name, .string($0.value)) }) { $1 }))
                    }
                    document.list("scopeSpans") { $0.writeScope(spans, version) }
                }
            }
        }
        return document.json.bytes
    }

    private mutating func writeScope(_ spans: [FinishedSpan], _ version: String) {
        object { document in
            document.json.key("scope")
            document.object { document in
                document.json.field("name", "aurelis")
                document.json.field("version", version)
            }
            document.list("spans") { document in
                for span in spans { document.object { $0.write(span) } }
            }
        }
    }

    private mutating func write(_ span: FinishedSpan) {
        json.field("traceId", span.context.traceID.description)
        json.field("spanId", span.context.spanID.digits)
        if let parent = span.parent { json.field("parentSpanId", parent.digits) }
        if !span.context.state.isEmpty { text("traceState", span.context.state) }
        json.field("flags", span.context.isSampled ? 1 : 0)
        text("name", span.name)
        json.field("kind", span.kind.number)
        // 64 bits are more than a number of JSON holds.
        json.field("startTimeUnixNano", "\(span.start)")
        json.field("endTimeUnixNano", "\(span.end)")
        write(span.attributes)
        if !span.events.isEmpty {
            list("events") { document in
                for event in span.events { document.object { $0.write(event) } }
            }
        }
        let links = span.links.compactMap { link in link.context.trace.map { ($0, link.attributes) } }
        if !links.isEmpty {
            list("links") { document in
                for (trace, attributes) in links {
                    document.object { document in
                        document.json.field("traceId", trace.traceID.description)
                        document.json.field("spanId", trace.spanID.digits)
                        document.write(attributes)
                    }
                }
            }
        }
        json.key("status")
        object { document in
            guard let status = span.status else { return }
            document.json.field("code", status.code == .ok ? 1 : 2)
            if let message = status.message { document.text("message", message) }
        }
    }

    private mutating func write(_ event: SpanEvent) {
        json.field("timeUnixNano", "\(event.nanosecondsSinceEpoch)")
        text("name", event.name)
        write(event.attributes)
    }

    private mutating func write(_ attributes: SpanAttributes) {
        list("attributes") { document in
            var count = 0
            // In any order: to a collector they are a set.
            attributes.forEach { name, value in
                count += 1
                guard count <= Self.maximumAttributes else { return }
                document.object { document in
                    document.text("key", name)
                    document.json.key("value")
                    document.object { $0.write(value) }
                }
            }
        }
    }

    private mutating func write(_ value: SpanAttribute) {
        switch value {
        case .bool(let value): json.field("boolValue", value)
        case .int32(let value): json.field("intValue", "\(value)")
        case .int64(let value): json.field("intValue", "\(value)")
        case .double(let value) where value.isFinite: json.field("doubleValue", value)
        case .string(let value): text("stringValue", value)
        case .double(let value): json.field("stringValue", "\(value)")
        case .stringConvertible(let value): text("stringValue", "\(value)")
        case .stringArray(let values): write(values)
        // Lists of numbers are rare; as text they are at least readable.
        case .int32Array(let values): write(values.map { "\($0)" })
        case .int64Array(let values): write(values.map { "\($0)" })
        case .doubleArray(let values): write(values.map { "\($0)" })
        case .boolArray(let values): write(values.map { "\($0)" })
        case .stringConvertibleArray(let values): write(values.map { "\($0)" })
        default: json.field("stringValue", "")
        }
    }

    private mutating func write(_ values: [String]) {
        json.key("arrayValue")
        object { document in
            document.list("values") { document in
                for value in values.prefix(Self.maximumList) { document.object { $0.text("stringValue", value) } }
            }
        }
    }

    // MARK: - Parts

    /// A member with a text that others may have chosen.
    private mutating func text(_ name: String, _ text: String) {
        json.field(name, texts.clean(text, atMost: Self.maximumText))
    }

    private mutating func object(_ body: (inout SpanDocument) -> Void) {
        json.beginObject()
        body(&self)
        json.endObject()
    }

    private mutating func list(_ name: String, _ body: (inout SpanDocument) -> Void) {
        json.key(name)
        json.beginArray()
        body(&self)
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
