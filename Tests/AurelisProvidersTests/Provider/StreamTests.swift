import Aurelis
import AurelisJSON
import AurelisProviders
import AurelisTransport
import Testing

@Suite("Streamed answers")
struct StreamTests {
    typealias Step = LoopbackServer.Step

    private static let chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"

    @Test("events arrive byte for byte, with their JSON, up to the closing one")
    func events() async throws {
        let odd = "event: message\r\nid: 7\r\ndata:{\"choices\":[],\r\ndata: \"usage\":{}}\r\n\r\n"
        let steps: [Step] = [
            .streamHead, .send(": a comment\n\n" + Self.chunk), .send(odd), .send("data: [DO"), .send("NE]\n\n"),
            .close,
        ]
        try await ProviderHarness.run(respond: { _, _ in steps }) { harness in
            let (events, failure) = try await harness.events()
            #expect(failure == nil)
            #expect(events.map(\.text) == [Self.chunk, odd, "data: [DONE]\n\n"])
            #expect(events.map(\.isDone) == [false, false, true])
            #expect(events[0].chunk?["choices"]?[0]?["delta"]?["content"]?.string == "a")
            #expect(events[1].chunk?["usage"]?.kind == .object)
            #expect(events[2].chunk == nil)
        }
    }

    @Test("comments that come alone are passed on, so that connections live and a silence behind them is seen")
    func keepAlive() async throws {
        try await ProviderHarness.run(respond: { _, _ in [.streamHead, .send(": working\n\n"), .hold] }) { harness in
            guard case .stream(let stream) = try await harness.send(stream: true) else { return }
            #expect(try await stream.next()?.text == ":\n\n")
        }
    }

    @Test(
        "the usage that was asked for on the caller's behalf comes on the finish chunk, and a cut behind it takes nothing"
    )
    func foldedUsage() async throws {
        let finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n"
        let folded =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1}}\n\n"
        let cases: [(steps: [Step], seen: [String], isCut: Bool)] = [
            ([.send(finish + usage + "data: [DONE]\n\n")], [folded, "data: [DONE]\n\n"], false),
            ([.send(finish), .send(usage)], [folded], false),
            ([.send(finish + "data: [DONE]\n\n")], [finish, "data: [DONE]\n\n"], false),
            ([.send(finish), .send("data: {\n\n")], [finish], true),
        ]
        for (steps, seen, isCut) in cases {
            try await ProviderHarness.run(
                preset: "openai",
                explicit: Secret("k"),
                respond: { _, _ in [.streamHead] + steps + [.close] }
            ) { harness in
                let (events, failure) = try await harness.events()
                #expect(events.map(\.text) == seen)
                #expect((failure != nil) == isCut)
            }
        }
    }

    @Test("a server that keeps the stream open behind its finish reason is not waited for")
    func openEnd() async throws {
        let finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        try await ProviderHarness.run(respond: { _, _ in [.streamHead, .send(Self.chunk + finish), .hold] }) {
            harness in
            guard case .stream(let stream) = try await harness.send(stream: true) else {
                return
            }
            _ = try await stream.next()
            _ = try await stream.next()
            stream.expectEnd(within: .milliseconds(50))
            let failure = await #expect(throws: ModelError.self) { _ = try await stream.next() }
            #expect(failure?.category == .timeout)
        }
    }

    @Test(
        "a stream that breaks tells how, after what had arrived",
        arguments: [
            ("data: {\"choices\":\n\n", ModelError.Category.upstream, "malformed_event"),
            ("data: \"text\"\n\n", .upstream, "malformed_event"), ("data: \u{FFFD}\n\n", .upstream, "malformed_event"),
            ("data: {\"choices\":[],\"x\":1,\"\\u0063hoices\":[]}\n\n", .upstream, "malformed_event"),
            ("data: {\"choi", .connection, "stream_truncated"),
            ("data: {\"error\":{\"message\":\"m\",\"code\":\"content_filter\"}}\n\n", .contentFilter, "content_filter"),
            ("data: {\"error\":{\"message\":\"Rate limited\",\"code\":429}}\n\n", .rateLimit, "429"),
            ("data: {\"error\":\"boom\",\"choices\":[]}\n\n", .upstream, "stream_error"),
            (
                "event: error\ndata: {\"type\":\"overloaded_error\",\"message\":\"m\"}\n\n", .upstream,
                "overloaded_error"
            ),
        ]
    )
    func broken(_ rest: String, _ category: ModelError.Category, _ code: String) async throws {
        let steps: [Step] = [.streamHead, .send(Self.chunk), .send(rest), .close]
        try await ProviderHarness.run(respond: { _, _ in steps }) { harness in
            let (events, failure) = try await harness.events()
            #expect(events.map(\.text) == [Self.chunk])
            #expect(failure?.category == category)
            #expect(failure?.code == code)
            #expect(failure?.provider == "test")
        }
    }

    @Test(
        "an error event that repeats the credential tells nothing of it",
        arguments: [
            "a2V5LWZvci10aGlzLXRlc3QtNDcxMQ==", "%6Bey-for-this-test-4711", "k\\u0065y-for-this-test-4711",
            "key-for-…test-4711",
        ]
    )
    func echo(_ spelling: String) async throws {
        let event = "data: {\"error\":{\"message\":\"bad key \(spelling)\",\"code\":\"bad \(spelling)\"}}\n\n"
        try await ProviderHarness.run(
            explicit: Secret("key-for-this-test-4711"),
            respond: { _, _ in [.streamHead, .send(Self.chunk), .send(event), .close] }
        ) { harness in
            let (_, failure) = try await harness.events()
            #expect(failure?.message == "the provider's explanation is withheld because it repeats the credential")
            #expect(failure?.code == nil)
            #expect(failure?.body == nil)
        }
    }

    @Test("a last event without its blank line is whole", arguments: [chunk, "data: [DONE]\n\n"])
    func unfinished(_ last: String) async throws {
        let steps: [Step] = [.streamHead, .send(String(last.dropLast(2))), .close]
        try await ProviderHarness.run(respond: { _, _ in steps }) { harness in
            let (events, failure) = try await harness.events()
            #expect(failure == nil)
            #expect(events.map(\.text) == [last])
        }
    }

    @Test("a cut inside the body is a broken connection")
    func cut() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        let steps: [Step] = [.send(head + "\(String(Self.chunk.utf8.count, radix: 16))\r\n\(Self.chunk)\r\n"), .close]
        try await ProviderHarness.run(respond: { _, _ in steps }) { harness in
            let (events, failure) = try await harness.events()
            #expect(events.count == 1)
            #expect(failure?.category == .connection)
        }
    }

    @Test("silence after some events is a stall; a failure stays")
    func stall() async throws {
        try await ProviderHarness.run(
            configure: { $0.timeouts.betweenBytes = .milliseconds(60) },
            respond: { _, _ in [.streamHead, .send(Self.chunk), .hold] }
        ) { harness in
            guard case .stream(let stream) = try await harness.send(stream: true) else { return }
            _ = try await stream.next()
            for _ in 0..<2 {
                let error = await #expect(throws: ModelError.self) { try await stream.next() }
                #expect(error?.category == .timeout)
                #expect(error?.code == "stalled")
            }
        }
    }

    @Test("silence before the first byte is a timeout")
    func silence() async throws {
        try await ProviderHarness.run(
            configure: { $0.timeouts.firstByte = .milliseconds(60) },
            respond: { _, _ in [.hold] }
        ) { harness in
            #expect(await harness.failure(stream: true)?.category == .timeout)
        }
    }

    @Test("an event beyond the bound ends the stream")
    func tooLarge() async throws {
        try await ProviderHarness.run(
            configure: { $0.maximumEventBytes = 1_024 },
            respond: { _, _ in [.streamHead, .send("data: " + String(repeating: "x", count: 4_096)), .hold] }
        ) { harness in
            let (_, failure) = try await harness.events()
            #expect(failure?.category == .upstream)
            #expect(failure?.code == "event_too_large")
        }
    }

    @Test("giving a stream up ends the call, and the reader with it")
    func cancel() async throws {
        try await ProviderHarness.run(respond: { _, _ in [.streamHead, .send(Self.chunk), .hold] }) { harness in
            guard case .stream(let stream) = try await harness.send(stream: true) else { return }
            _ = try await stream.next()
            stream.cancel()
            let error = await #expect(throws: ModelError.self) { try await stream.next() }
            #expect(error?.category == .cancelled)
        }
    }

    @Test("a server that ignores `stream` gives a whole answer, and is not taken for a stream")
    func wholeAnswer() async throws {
        try await ProviderHarness.run(respond: { _, _ in [.response(200, #"{"choices":[]}"#)] }) { harness in
            guard case .whole = try await harness.send(stream: true) else {
                Issue.record("it was taken for a stream")
                return
            }
        }
        try await ProviderHarness.run(respond: { _, _ in [.response(200, #"{"status":"ok"}"#)] }) { harness in
            #expect(await harness.failure(stream: true)?.code == "wrong_content_type")
        }
    }

    @Test("a refusal of a stream is a refusal")
    func refused() async throws {
        let body =
            #"{"error":{"code":"RateLimitReached","message":"Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 46 seconds before retrying."}}"#
        try await ProviderHarness.run(respond: { _, _ in [.response(429, body, headers: ["Retry-After: 46"])] }) {
            harness in
            let error = await harness.failure(stream: true)
            #expect(error?.limit == .minute)
            #expect(error?.retryAfter == .seconds(46))
        }
    }
}
