import Aurelis
import AurelisJSON
import Testing

@testable import AurelisGateway

@Suite("Responses: streams")
struct ResponseStreamTests {
    static func frame(_ members: String = #""input":"hi""#) throws -> ResponseFrame {
        let request = try ResponseRequestTests.request(members)
        return ResponseFrame(
            try #require(RequestID(parsing: "req_00000000000000ab")),
            echo: request.echo,
            model: .gpt4oMini,
            now: 1_700_000_000
        )
    }

    static func chunk(_ delta: String, finish: String? = nil) -> ProviderEvent {
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        return Samples.event(
            #"{"id":"c","created":7,"model":"m-1","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(reason)}]}"#
        )
    }

    static func events(_ chunks: [ProviderEvent], size: Int = ResponseStream.maximumSize) throws -> [ResponseEvent] {
        var stream = ResponseStream(try frame(), maximumSize: size)
        var events: [ResponseEvent] = []
        for chunk in chunks { events += try stream.take(chunk) }
        return events
    }

    static let usage = Samples.event(
        #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}}"#
    )

    @Test("a text is told in the order of the real API, and its usage comes last")
    func text() throws {
        let reader = try ResponseReader(
            Self.events([
                Self.chunk(#"{"role":"assistant","content":""}"#), Self.chunk(#"{"content":"he"}"#),
                Self.chunk(#"{"content":"y"}"#), Self.chunk("{}", finish: "stop"), Self.usage, .done,
            ])
        )
        #expect(
            reader.types == [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed",
            ]
        )
        let response = try #require(reader.response)
        #expect(response["id"]?.string == "resp_00000000000000ab" && response["object"]?.string == "response")
        #expect(response["created_at"]?.int == 7 && response["model"]?.string == "m-1")
        #expect(response["error"]?.isNull == true && response["incomplete_details"]?.isNull == true)
        #expect(
            response["output"]?.description
                == #"[{"id":"msg_00000000000000ab_0","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"hey"}]}]"#
        )
        #expect(
            response["usage"]?.description
                == #"{"input_tokens":9,"input_tokens_details":{"cached_tokens":4},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":11}"#
        )
    }

    @Test("calls whose pieces come in turns are told apart, and the message before them is over")
    func calls() throws {
        let reader = try ResponseReader(
            Self.events([
                Self.chunk(#"{"content":"wait"}"#),
                Self.chunk(
                    #"{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}"#
                ),
                Self.chunk(
                    #"{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{\""}}]}"#
                ),
                Self.chunk(
                    #"{"tool_calls":[{"index":0,"function":{"arguments":"{}"}},{"index":1,"function":{"arguments":"x\":1}"}}]}"#
                ),
                Self.chunk("{}", finish: "tool_calls"), .done,
            ])
        )
        #expect(
            reader.types.dropFirst(2) == [
                "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.output_item.added", "response.output_item.added",
                "response.function_call_arguments.delta", "response.function_call_arguments.delta",
                "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done",
                "response.function_call_arguments.done", "response.output_item.done", "response.completed",
            ]
        )
        #expect(reader.items.map(\.callID) == ["", "a", "b"] && reader.items.map(\.name) == ["", "f", "g"])
        #expect(reader.items.map(\.arguments) == ["", "{}", #"{"x":1}"#])
        #expect(reader.response?["output"]?[2]?["id"]?.string == "fc_00000000000000ab_2")
    }

    @Test("a call without a name of its own gets one, and its arguments wait for the function's")
    func oddCalls() throws {
        let reader = try ResponseReader(
            Self.events([
                Self.chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}"#),
                Self.chunk(#"{"tool_calls":[{"index":0,"id":"","function":{"name":"f","arguments":"}"}}]}"#),
                Self.chunk(#"{"tool_calls":[{"index":1,"id":"x","function":{"name":"g","arguments":{"a":1}}}]}"#),
                Self.chunk(
                    #"{"tool_calls":[{"index":2,"id":"x","function":{"name":"g"}},{"index":4096,"function":{"name":"h"}}]}"#
                ),
                Self.chunk(#"{"tool_calls":[{"index":3,"id":"y"}]}"#, finish: "tool_calls"), .done,
            ])
        )
        #expect(reader.items.map(\.name) == ["f", "g", "g", ""])
        #expect(reader.items.map(\.arguments) == ["{}", #"{"a":1}"#, "", ""])
        #expect(reader.items.map(\.callID).first == "call_00000000000000ab_0" && reader.items[1].callID == "x")
        #expect(Set(reader.items.map(\.callID)).count == 4)
    }

    @Test("a refusal is a part of its own")
    func refusal() throws {
        let reader = try ResponseReader(
            Self.events([
                Self.chunk(#"{"content":"I "}"#), Self.chunk(#"{"refusal":"cannot"}"#),
                Self.chunk(#"{"content":"see"}"#),
                Self.chunk("{}", finish: "stop"), .done,
            ])
        )
        #expect(reader.items.count == 1)
        #expect(reader.items[0].parts.map(\.type) == ["output_text", "refusal"])
        #expect(reader.items[0].parts.map(\.text) == ["I see", "cannot"])
        #expect(reader.types.contains("response.refusal.delta") && reader.types.contains("response.refusal.done"))
    }

    static let reasons: [(String, String, String?)] = [
        ("stop", "completed", nil), ("tool_calls", "completed", nil), ("eos", "completed", nil),
        ("length", "incomplete", "max_output_tokens"), ("content_filter", "incomplete", "content_filter"),
    ]

    @Test("an answer that stops in its middle is incomplete, and so is its item", arguments: reasons)
    func incomplete(reason: String, status: String, details: String?) throws {
        let reader = try ResponseReader(
            Self.events([Self.chunk(#"{"content":"a"}"#), Self.chunk("{}", finish: reason), .done])
        )
        #expect(reader.types.last == "response.\(status)")
        #expect(reader.response?["status"]?.string == status && reader.items[0].status == status)
        #expect(reader.response?["incomplete_details"]?["reason"]?.string == details)
    }

    @Test("an answer without content has no output, and one without usage says null")
    func empty() throws {
        let reader = try ResponseReader(
            Self.events([
                Samples.event(#"{"choices":[],"prompt_filter_results":[]}"#),
                Self.chunk(#"{"role":"assistant","content":null}"#), Self.chunk(#"{"content":""}"#, finish: "stop"),
                .done,
            ])
        )
        #expect(reader.types == ["response.created", "response.in_progress", "response.completed"])
        #expect(reader.response?["output"]?.count == 0 && reader.response?["usage"]?.isNull == true)
        #expect(reader.response?["model"]?.string == "gpt-4o-mini", "who says no model is told apart by who was asked")
    }

    @Test("probabilities go with their pieces and stand together at the end")
    func logprobs() throws {
        func piece(_ text: String) -> ProviderEvent {
            let token = #"{"token":"\#(text)","logprob":-0.50,"bytes":[1],"top_logprobs":[]}"#
            return Samples.event(
                #"{"choices":[{"index":0,"delta":{"content":"\#(text)"},"logprobs":{"content":[\#(token)]}}]}"#
            )
        }
        let events = try Self.events([piece("a"), piece("b"), Self.chunk("{}", finish: "stop"), .done])
        let delta = try #require(events.first { "\($0.type)" == "response.output_text.delta" })
        #expect(try JSONDocument(delta.data.bytes)["logprobs"]?[0]?["token"]?.string == "a")
        let part = try ResponseReader(events).response?["output"]?[0]?["content"]?[0]
        #expect((part?["logprobs"]?.elements ?? .empty).compactMap { $0["token"]?.string } == ["a", "b"])
    }

    @Test("a stream that breaks fails with what it has, and an error follows")
    func broken() throws {
        var stream = ResponseStream(try Self.frame())
        var events = try stream.take(Self.chunk(#"{"content":"half"}"#))
        events += stream.fail(ModelError(.connection, "the stream was cut", code: "truncated_stream"))
        let reader = try ResponseReader(events)
        #expect(reader.types.suffix(2) == ["response.failed", "error"])
        let response = try #require(reader.response)
        #expect(response["status"]?.string == "failed")
        #expect(response["error"]?.description == #"{"code":"server_error","message":"the stream was cut"}"#)
        #expect(response["output"]?[0]?["status"]?.string == "incomplete")
        #expect(response["output"]?[0]?["content"]?[0]?["text"]?.string == "half")
        #expect(reader.error?["code"]?.string == "truncated_stream" && reader.error?["param"]?.isNull == true)
        #expect(reader.error?["error"]?["message"]?.string == "the stream was cut")
        #expect(try stream.take(.done).isEmpty && stream.fail(ModelError(.timeout, "x")).isEmpty)
    }

    @Test("who fails before anything came has a response all the same")
    func failedAtOnce() throws {
        var stream = ResponseStream(try Self.frame())
        let reader = try ResponseReader(stream.fail(ModelError(.rateLimit, "later")))
        #expect(reader.types == ["response.created", "response.in_progress", "response.failed", "error"])
        #expect(reader.response?["error"]?["code"]?.string == "rate_limit_exceeded")
    }

    @Test("an answer that does not end is given up")
    func endless() throws {
        let error = try #require(throws: ModelError.self) {
            try Self.events(Array(repeating: Self.chunk(#"{"content":"aaaaaaaaaa"}"#), count: 20), size: 100)
        }
        #expect(error.code == "answer_too_long" && error.category == .upstream)
    }

    @Test("an event is two lines, whatever white space the caller's own words have")
    func lines() throws {
        var stream = ResponseStream(try Self.frame("\"input\":\"hi\",\"metadata\":{\n\"a\"\r\n:\"b\"}"))
        var bytes: [UInt8] = []
        for event in try stream.take(.done) { event.append(to: &bytes) }
        let reader = try ResponseReader(String(decoding: bytes, as: UTF8.self))
        #expect(reader.response?["metadata"]?["a"]?.string == "b")
        #expect(!bytes.contains(0x0D))
    }

    @Test("comments stay as they are")
    func comments() throws {
        var stream = ResponseStream(try Self.frame())
        #expect(try stream.bytes(for: ProviderEvent(raw: Array(": x\n\n".utf8), chunk: nil)) == Array(": x\n\n".utf8))
    }
}
