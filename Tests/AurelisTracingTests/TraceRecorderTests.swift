import AurelisJSON
import Synchronization
import Testing
import Tracing

@testable import AurelisTracing

@Suite("Spans, from their start to their JSON")
struct TraceRecorderTests {
    private final class Finished: Sendable {
        let spans = Mutex<[FinishedSpan]>([])

        var all: [FinishedSpan] { spans.withLock { $0 } }
    }

    private struct Fields: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }

    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private let finished = Finished()

    private func tracer(ratio: Double = 1, propagates: Bool = true) -> TraceRecorder {
        let generator = Mutex(SeededGenerator(seed: 7))
        return TraceRecorder(
            sampling: Sampling(ratio: ratio),
            propagates: propagates,
            random: { generator.withLock { $0.next() } },
            finish: { [finished] span in finished.spans.withLock { $0.append(span) } }
        )
    }

    private func moment(_ nanoseconds: UInt64) -> DefaultTracerClock.Timestamp {
        DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: nanoseconds)
    }

    private func context(_ tracer: TraceRecorder, _ fields: [String: String]) -> ServiceContext {
        var context = ServiceContext.topLevel
        tracer.extract(fields, into: &context, using: Fields())
        return context
    }

    @Test("a span goes on with the caller's trace, and tells its own name to whoever is asked")
    func propagation() throws {
        let tracer = tracer(ratio: 0)
        let span = tracer.startSpan(
            "x",
            context: context(tracer, ["traceparent": Self.parent, "tracestate": "a=1"]),
            ofKind: .client,
            at: moment(5)
        )
        var fields: [String: String] = [:]
        tracer.inject(span.context, into: &fields, using: Fields())
        span.end(at: moment(9))
        let told = try #require(finished.all.first)
        #expect(told.parent == 0x00f0_67aa_0ba9_02b7)
        #expect(told.context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(fields["traceparent"] == told.context.parent)
        #expect(fields["traceparent"] != Self.parent)
        #expect(fields["tracestate"] == "a=1")
    }

    @Test("a trace that its caller does not record is passed on and costs nothing")
    func unrecorded() {
        let tracer = tracer()
        let unsampled = Self.parent.dropLast() + "0"
        let span = tracer.startSpan("x", context: context(tracer, ["traceparent": String(unsampled)]))
        #expect(!span.isRecording)
        var fields: [String: String] = [:]
        tracer.inject(span.context, into: &fields, using: Fields())
        #expect(fields["traceparent"] == String(unsampled))
        span.attributes["a"] = 1
        span.end()
        #expect(finished.all.isEmpty)
    }

    @Test("without a caller's trace and outside of the share there is nothing, not even for providers")
    func outside() {
        let tracer = tracer(ratio: 0)
        let span = tracer.startSpan("x", context: context(tracer, ["traceparent": "nonsense"]))
        var fields: [String: String] = [:]
        tracer.inject(span.context, into: &fields, using: Fields())
        #expect(!span.isRecording)
        #expect(fields.isEmpty)
    }

    @Test("who is not to be told is not told")
    func silence() {
        let tracer = tracer(propagates: false)
        let span = tracer.startSpan("x", context: .topLevel)
        var fields: [String: String] = [:]
        tracer.inject(span.context, into: &fields, using: Fields())
        #expect(span.isRecording)
        #expect(fields.isEmpty)
    }

    @Test("a span ends once, never before it began, and changes no more")
    func ends() throws {
        let span = tracer().startSpan("x", context: .topLevel, at: moment(10))
        span.end(at: moment(3))
        span.end(at: moment(20))
        span.attributes["late"] = true
        #expect(finished.all.count == 1)
        #expect(finished.all.first?.end == 10)
        #expect(finished.all.first?.attributes.isEmpty == true)
        #expect(!span.isRecording)
    }

    @Test("the JSON is what OTLP says")
    func document() throws {
        let tracer = tracer()
        let parent = tracer.startSpan("parent", context: .topLevel, ofKind: .server, at: moment(1))
        let span = tracer.startSpan(
            "chat gpt-4o",
            context: parent.context,
            ofKind: .client,
            at: moment(1_700_000_000_000_000_001)
        )
        span.attributes["text"] = "a \"quote\""
        span.attributes["int"] = 42
        span.attributes["flag"] = true
        span.attributes["double"] = 0.5
        span.attributes["nan"] = Double.nan
        span.attributes["long"] = String(repeating: "x", count: 5_000)
        span.addEvent(SpanEvent(name: "first", at: moment(1_700_000_000_000_000_002)))
        span.addLink(SpanLink(context: parent.context, attributes: [:]))
        span.setStatus(SpanStatus(code: .error, message: "timeout"))
        span.end(at: moment(1_700_000_000_000_000_003))
        let json = try JSONDocument(
            SpanDocument.bytes(finished.all, resource: [("service.name", "aurelis")], version: "1", redact: \.self)
        )
        let resource = json["resourceSpans"]?[0]
        #expect(resource?["resource"]?["attributes"]?[0]?["value"]?["stringValue"]?.string == "aurelis")
        let told = try #require(resource?["scopeSpans"]?[0]?["spans"]?[0])
        let context = try #require(finished.all.first?.context)
        #expect(told["traceId"]?.string == context.traceID.description)
        #expect(told["spanId"]?.string?.count == 16)
        #expect(told["parentSpanId"]?.string == parent.context.trace?.spanID.digits)
        #expect(told["kind"]?.int == 3)
        #expect(told["startTimeUnixNano"]?.string == "1700000000000000001")
        #expect(told["endTimeUnixNano"]?.string == "1700000000000000003")
        #expect(told["status"]?["code"]?.int == 2)
        #expect(told["events"]?[0]?["name"]?.string == "first")
        #expect(told["links"]?[0]?["spanId"]?.string == parent.context.trace?.spanID.digits)
        var values: [String: String] = [:]
        for attribute in told["attributes"]?.elements ?? .empty {
            for (kind, value) in attribute["value"]?.members ?? .empty {
                values[attribute["key"]?.string ?? ""] =
                    "\(kind) \(value.string ?? String(decoding: value.raw, as: UTF8.self))"
            }
        }
        #expect(values["text"] == "stringValue a \"quote\"")
        #expect(values["int"] == "intValue 42")
        #expect(values["flag"] == "boolValue true")
        #expect(values["double"] == "doubleValue 0.5")
        #expect(values["nan"] == "stringValue nan")
        #expect(values["long"]?.count == 1_024 + "stringValue ".count)
    }
    @Test("no text of a span leaves with a credential, the first time and when it is said again")
    func credentials() throws {
        let tracer = tracer()
        for _ in 0..<2 {
            var context = ServiceContext.topLevel
            let id = TraceContext.TraceID(high: 1, low: 2)
            context.trace = TraceContext(traceID: id, spanID: 3, isSampled: true, state: "v=s3cret")
            let span = tracer.startSpan("chat s3cret", context: context, ofKind: .client, at: moment(1))
            span.attributes["s3cret"] = "s3cret"
            span.attributes["list"] = ["a", "s3cret"]
            span.attributes["long"] = String(repeating: "x", count: 1_020) + "s3cret"
            span.addEvent(SpanEvent(name: "s3cret", at: moment(2), attributes: ["a": "s3cret"]))
            span.addLink(SpanLink(context: context, attributes: ["b": "s3cret"]))
            span.setStatus(SpanStatus(code: .error, message: "s3cret"))
            span.end(at: moment(3))
        }
        let bytes = SpanDocument.bytes(finished.all, resource: [("service.name", "s3cret")], version: "1") { text in
            text.split(separator: "s3cret", omittingEmptySubsequences: false).joined(separator: "***")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("s3c"))
        #expect(text.split(separator: "***").count == 1 + 2 * 10 + 1)
        _ = try JSONDocument(bytes)
    }
}
