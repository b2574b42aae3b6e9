import Aurelis
import AurelisJSON
import Testing

@testable import AurelisTracing

@Suite("Spans as OTLP's JSON")
struct SpanDocumentTests {
    private let id = TraceContext.TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736)

    private func place(_ span: UInt64, state: String = "") -> TraceContext {
        TraceContext(traceID: id, spanID: span, isSampled: true, state: state)
    }

    private func attempt() -> SpanRecord {
        var span = SpanRecord("chat", model: "gpt-4o", .client, start: 1_700_000_000_000_000_001)
        span.id = 0xA
        span.end = 1_700_000_000_000_000_003
        return span
    }

    private func document(_ traces: [FinishedTrace]) throws -> JSONDocument {
        try JSONDocument(
            SpanDocument.bytes(
                traces,
                resource: [("service.name", "aurelis"), ("b", "c")],
                version: "1",
                redact: \.self
            )
        )
    }

    private func facts(_ span: JSONValue) -> [String: String] {
        var values: [String: String] = [:]
        for attribute in span["attributes"]?.elements ?? .empty {
            for (kind, value) in attribute["value"]?.members ?? .empty {
                values[attribute["key"]?.string ?? ""] =
                    "\(kind) \(value.string ?? String(decoding: value.raw, as: UTF8.self))"
            }
        }
        return values
    }

    @Test("a request's span is its caller's, its parts are its own")
    func document() throws {
        var root = SpanRecord("aurelis.chat", .server, start: 1)
        root.id = 0xB
        var joined = SpanRecord("aurelis.flight.join", .internal, start: 2)
        joined.id = 0xC
        joined.link = .own(place(0xD))
        var failed = attempt()
        failed.fail("rate_limit", status: 429)
        let json = try document([
            FinishedTrace(context: place(0xB, state: "v=1"), parent: 0xF, spans: [failed, joined, root]),
            FinishedTrace(context: place(0xB), parent: nil, spans: [root]),
        ])
        let resource = json["resourceSpans"]?[0]
        #expect(resource?["resource"]?["attributes"]?[0]?["value"]?["stringValue"]?.string == "aurelis")
        #expect(resource?["resource"]?["attributes"]?[1]?["key"]?.string == "b")
        let scope = resource?["scopeSpans"]?[0]
        #expect(scope?["scope"]?["name"]?.string == "aurelis")
        let spans = Array(scope?["spans"]?.elements ?? .empty)
        try #require(spans.count == 4)
        for span in spans {
            #expect(span["traceId"]?.string == "4bf92f3577b34da6a3ce929d0e0e4736")
            #expect(span["flags"]?.int == 1)
        }
        #expect(spans.map { $0["spanId"]?.string } == ["a", "c", "b", "b"].map { "000000000000000\($0)" })
        let parents: [String?] = ["000000000000000b", "000000000000000b", "000000000000000f", nil]
        #expect(spans.map { $0["parentSpanId"]?.string } == parents)
        #expect(spans.map { $0["traceState"]?.string } == ["v=1", "v=1", "v=1", nil])
        #expect(spans.map { $0["kind"]?.int } == [3, 1, 2, 2])
        #expect(
            spans.map { $0["name"]?.string } == ["chat gpt-4o", "aurelis.flight.join", "aurelis.chat", "aurelis.chat"]
        )
        #expect(spans[0]["startTimeUnixNano"]?.string == "1700000000000000001")
        #expect(spans[0]["endTimeUnixNano"]?.string == "1700000000000000003")
        #expect(spans[0]["status"]?["code"]?.int == 2)
        #expect(spans[0]["status"]?["message"]?.string == "rate_limit")
        #expect(
            facts(spans[0]) == ["error.type": "stringValue rate_limit", "http.response.status_code": "intValue 429"]
        )
        #expect(spans[1]["links"]?[0]?["spanId"]?.string == "000000000000000d")
        #expect(spans[1]["links"]?[0]?["traceId"]?.string == id.description)
        #expect(spans[2]["status"]?["code"] == nil)
    }

    @Test("every fact has a name of its own and comes back as it was told")
    func values() throws {
        var span = attempt()
        span.facts = [
            SpanFact(.operation, .word("chat")),
            SpanFact(.provider, .name("a \"quote\"\\")),
            SpanFact(.requestModel, .text(String(repeating: "x", count: 5_000))),
            SpanFact(.responseModel, .text("größe\n\u{1}")),
            SpanFact(.inputTokens, .number(0)),
            SpanFact(.outputTokens, .number(.max)),
            SpanFact(.attempt, .number(.min)),
            SpanFact(.isStream, .flag(true)),
        ]
        let json = try document([FinishedTrace(context: place(0xB), parent: nil, spans: [span])])
        let told = try #require(json["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0])
        #expect(
            facts(told) == [
                "gen_ai.operation.name": "stringValue chat",
                "aurelis.provider": "stringValue a \"quote\"\\",
                "gen_ai.request.model": "stringValue " + String(repeating: "x", count: 1_024),
                "gen_ai.response.model": "stringValue größe\n\u{1}",
                "gen_ai.usage.input_tokens": "intValue 0",
                "gen_ai.usage.output_tokens": "intValue \(Int.max)",
                "aurelis.attempt": "intValue \(Int.min)",
                "aurelis.stream": "boolValue true",
            ]
        )
        #expect(Set(SpanFact.Name.allCases.map(\.text)).count == SpanFact.Name.allCases.count)
    }

    @Test("no text of a span leaves with a credential, the first time and when it is said again")
    func credentials() throws {
        var span = SpanRecord("chat", model: "s3cret", .client, start: 1)
        span.id = 1
        span.facts = SpanFact.Name.allCases.map { SpanFact($0, .name("s3cret")) }
        span.facts += SpanFact.Name.allCases.map { SpanFact($0, .text("s3cret")) }
        span.facts.append(SpanFact(.responseModel, .text(String(repeating: "x", count: 1_020) + "s3cret")))
        span.fail("s3cret")
        let trace = FinishedTrace(context: place(3, state: "v=s3cret"), parent: nil, spans: [span])
        let resource = [("service.name", "s3cret")]
        let bytes = SpanDocument.bytes([trace, trace], resource: resource, version: "1") { text in
            text.split(separator: "s3cret", omittingEmptySubsequences: false).joined(separator: "***")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("s3c"))
        // Model, state, facts, the long one cut where its credential was, what failed twice; and the resource.
        #expect(text.split(separator: "***").count == 1 + 2 * (2 + 2 * SpanFact.Name.allCases.count + 1 + 2) + 1)
        _ = try JSONDocument(bytes)
    }
}
