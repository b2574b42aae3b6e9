import Aurelis
import AurelisGateway
import AurelisJSON
import NIOCore
import Testing

@Suite("Streams", .timeLimit(.minutes(1)))
struct StreamTests {
    private static let events = [Samples.delta("a"), Samples.delta("b"), Samples.delta("c"), Samples.finish]

    private func streaming(_ stream: TestStream) -> TestProvider {
        TestProvider { _ throws(ModelError) in .stream(stream) }
    }

    @Test("events pass byte for byte and in order, and a missing [DONE] is added")
    func order() async throws {
        try await TestGateway.run(streaming(TestStream(Self.events))) { gateway async throws in
            let answer = try await gateway.post(Samples.streamedChat)
            #expect(answer.status == 200)
            #expect(answer["content-type"] == "text/event-stream")
            #expect(answer["cache-control"] == "no-cache")
            #expect(answer["transfer-encoding"] == "chunked")
            #expect(answer["x-aurelis-route"] == "gpt-4o-mini:ok")
            let raw = Self.events.flatMap(\.raw) + Array("data: [DONE]\n\n".utf8)
            #expect(answer.body == String(decoding: raw, as: UTF8.self))
        }
    }

    @Test("each event goes out as soon as it is there")
    func prompt() async throws {
        let taken = [Signal(), Signal(), Signal()]
        let stream = TestStream { pull throws(ModelError) in
            if pull > 0, pull <= 3 { await taken[pull - 1].wait() }
            return pull < Self.events.count ? Self.events[pull] : nil
        }
        try await TestGateway.run(streaming(stream)) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            _ = try await client.read(through: "\r\n\r\n")
            for (index, signal) in taken.enumerated() {
                let raw = String(decoding: Self.events[index].raw, as: UTF8.self)
                #expect(
                    try await client.read(through: "\n\n\r\n") == "\(String(raw.utf8.count, radix: 16))\r\n\(raw)\r\n"
                )
                signal.fire()
            }
            #expect(try await client.read(through: "0\r\n\r\n").hasSuffix("data: [DONE]\n\n\r\n0\r\n\r\n"))
        }
    }

    @Test("events that are ready together go out together")
    func coalescing() async throws {
        try await TestGateway.run(streaming(TestStream(Self.events))) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            _ = try await client.read(through: "\r\n\r\n")
            let raw = Self.events.flatMap(\.raw) + Array("data: [DONE]\n\n".utf8)
            #expect(try await client.read(through: "\r\n") == String(raw.count, radix: 16) + "\r\n")
        }
    }

    @Test("a connection serves the next request after a stream")
    func reuse() async throws {
        let provider = TestProvider { attempt throws(ModelError) in
            attempt.stream ? .stream(TestStream(Self.events)) : .whole(Samples.completion)
        }
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            for _ in 0..<3 {
                try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
                #expect(try await client.readAnswer().body.hasSuffix("data: [DONE]\n\n"))
                try await client.send(Samples.post("/v1/chat/completions", Samples.chat))
                #expect(try await client.readAnswer().body == Samples.completionText)
            }
        }
    }

    @Test("many large events arrive whole")
    func large() async throws {
        let event = Samples.delta(String(repeating: "y", count: 10_000))
        let stream = TestStream { pull throws(ModelError) in
            pull < 200 ? event : pull == 200 ? Samples.finish : nil
        }
        try await TestGateway.run(streaming(stream)) { gateway async throws in
            let answer = try await gateway.post(Samples.streamedChat)
            let raw = 200 * event.raw.count + Samples.finish.raw.count + "data: [DONE]\n\n".utf8.count
            #expect(answer.body.utf8.count == raw)
        }
    }

    @Test("a stream that always has an event ready does not keep others from being served")
    func fairness() async throws {
        let event = Samples.delta("a")
        let endless = TestStream { _ throws(ModelError) in event }
        try await TestGateway.run(streaming(endless)) { gateway async throws in
            // More streams than event loops, so that each loop has one.
            var clients: [RawClient] = []
            for _ in 0..<2 * System.coreCount {
                let client = try await gateway.connect()
                try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
                _ = try await client.read(through: "\n\n")
                client.discardTheRest()
                clients.append(client)
            }
            #expect(try await gateway.send(Samples.get("/health/live")).status == 200)
            for client in clients { await client.close() }
        }
    }

    @Test("a failure in the middle is an error event, no [DONE], and the end of the connection")
    func inBandError() async throws {
        let cut = ModelError(.connection, "the provider cut the stream", code: "stream_truncated", hint: "try again")
        let stream = TestStream([Samples.delta("a")], failing: cut)
        try await TestGateway.run(streaming(stream)) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            let answer = try await client.readAnswer()
            let events = answer.body.split(separator: "\n\n").filter { !$0.hasPrefix(":") }
            #expect(answer.status == 200)
            #expect(events.count == 2)
            #expect(!answer.body.contains("[DONE]"))
            let error = try JSONDocument(Array(events[1].dropFirst("data: ".count).utf8))["error"]
            let message = "the answer broke off: the provider cut the stream; nobody could continue it (try again)"
            #expect(error?["message"]?.string == message)
            #expect(error?["code"]?.string == "stream_truncated")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a stream that ends without a finish reason is an error, not a short answer")
    func truncated() async throws {
        try await TestGateway.run(streaming(TestStream([Samples.delta("a")]))) { gateway async throws in
            let answer = try await gateway.post(Samples.streamedChat)
            #expect(answer.body.contains(#""code":"stream_truncated""#))
            #expect(!answer.body.contains("[DONE]"))
        }
    }

    @Test("a failure before the first content is an ordinary error")
    func earlyError() async throws {
        let stream = TestStream([], failing: ModelError(.timeout, "silence"))
        try await TestGateway.run(streaming(stream)) { gateway async throws in
            let answer = try await gateway.post(Samples.streamedChat)
            #expect(answer.status == 504)
            #expect(answer["content-type"] == "application/json")
        }
    }

    @Test("an HTTP/1.0 client gets its stream without chunks, delimited by the end of the connection")
    func http10() async throws {
        try await TestGateway.run(streaming(TestStream(Self.events))) { gateway async throws in
            let client = try await gateway.connect()
            let length = Samples.streamedChat.utf8.count
            try await client.send(
                "POST /v1/chat/completions HTTP/1.0\r\nContent-Length: \(length)\r\n\r\n\(Samples.streamedChat)"
            )
            let answer = try await client.readAnswer()
            #expect(answer["transfer-encoding"] == nil)
            #expect(answer["connection"] == "close")
            let raw = Self.events.flatMap(\.raw) + Array("data: [DONE]\n\n".utf8)
            #expect(answer.body == String(decoding: raw, as: UTF8.self))
        }
    }
}
