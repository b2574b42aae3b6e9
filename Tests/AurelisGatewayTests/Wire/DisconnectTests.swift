import Aurelis
import AurelisGateway
import Testing

@Suite("Disconnects", .timeLimit(.minutes(1)))
struct DisconnectTests {
    enum Leaving: CaseIterable {
        case close
        case reset
    }

    /// A provider that is silent until its task is cancelled.
    private func silent(arrived: Signal, cancelled: Signal) -> TestProvider {
        TestProvider { _ throws(ModelError) in
            arrived.fire()
            await untilCancelled()
            cancelled.fire()
            throw ModelError(.cancelled, "gone")
        }
    }

    private func leave(_ client: RawClient, _ leaving: Leaving) async throws {
        switch leaving {
        case .close: await client.close()
        case .reset: try await client.reset()
        }
    }

    @Test("a client that goes while the provider is silent cancels the call", arguments: Leaving.allCases)
    func silentProvider(leaving: Leaving) async throws {
        let (arrived, cancelled) = (Signal(), Signal())
        try await TestGateway.run(silent(arrived: arrived, cancelled: cancelled)) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.chat))
            await arrived.wait()
            try await leave(client, leaving)
            await cancelled.wait()
        }
    }

    @Test("also when it had sent more requests")
    func withHeldInput() async throws {
        let (arrived, cancelled) = (Signal(), Signal())
        try await TestGateway.run(silent(arrived: arrived, cancelled: cancelled)) { gateway async throws in
            let client = try await gateway.connect()
            let request = Samples.post("/v1/chat/completions", Samples.chat)
            try await client.send(request + request + "POST /v1")
            await arrived.wait()
            await client.close()
            await cancelled.wait()
        }
    }

    @Test("an HTTP/1.0 client that goes cancels the call")
    func http10() async throws {
        let (arrived, cancelled) = (Signal(), Signal())
        try await TestGateway.run(silent(arrived: arrived, cancelled: cancelled)) { gateway async throws in
            let client = try await gateway.connect()
            let length = Samples.chat.utf8.count
            try await client.send("POST /chat/completions HTTP/1.0\r\nContent-Length: \(length)\r\n\r\n\(Samples.chat)")
            await arrived.wait()
            await client.close()
            await cancelled.wait()
        }
    }

    @Test("a client that goes in the middle of a silent stream cancels it", arguments: Leaving.allCases)
    func silentStream(leaving: Leaving) async throws {
        let cancelled = Signal()
        let stream = TestStream { pull throws(ModelError) in
            if pull == 0 { return Samples.delta("a") }
            await untilCancelled()
            cancelled.fire()
            throw ModelError(.cancelled, "gone")
        }
        let provider = TestProvider { _ throws(ModelError) in .stream(stream) }
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            _ = try await client.read(through: "\n\n")
            try await leave(client, leaving)
            await cancelled.wait()
            await stream.cancelled.wait()
        }
    }

    @Test("a client that goes in the middle of a busy stream cancels it")
    func busyStream() async throws {
        let event = Samples.delta("abc")
        let stream = TestStream { _ throws(ModelError) in
            await Task.yield()
            return event
        }
        let provider = TestProvider { _ throws(ModelError) in .stream(stream) }
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            _ = try await client.read(through: "\n\n")
            client.discardTheRest()
            await client.close()
            await stream.cancelled.wait()
        }
    }

    @Test("a client that has only closed its sending side gets its answer", arguments: [false, true])
    func halfClosed(streams: Bool) async throws {
        let (arrived, proceed) = (Signal(), Signal())
        let provider = TestProvider { attempt throws(ModelError) in
            arrived.fire()
            await proceed.wait()
            return attempt.stream
                ? .stream(TestStream([Samples.delta("a"), Samples.finish])) : .whole(Samples.completion)
        }
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", streams ? Samples.streamedChat : Samples.chat))
            await arrived.wait()
            try await client.finishSending()
            // The probe: the gateway has seen the end of input.
            #expect(try await client.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            proceed.fire()
            let answer = try await client.readAnswer()
            #expect(answer.status == 200)
            #expect(answer["connection"] == "close")
            if streams { #expect(answer.body.hasSuffix("data: [DONE]\n\n")) }
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a client that closes its sending side within a stream gets the rest")
    func halfClosedInStream() async throws {
        let proceed = Signal()
        let events = [Samples.delta("a"), Samples.delta("b"), Samples.finish]
        let stream = TestStream { pull throws(ModelError) in
            if pull == 1 { await proceed.wait() }
            return pull < events.count ? events[pull] : nil
        }
        let provider = TestProvider { _ throws(ModelError) in .stream(stream) }
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            _ = try await client.read(through: "\n\n\r\n")
            try await client.finishSending()
            // The probe is an empty SSE comment.
            #expect(try await client.read(through: "\r\n:\n\n\r\n") == "3\r\n:\n\n\r\n")
            proceed.fire()
            #expect(try await client.read(through: "0\r\n\r\n").contains("[DONE]"))
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("half a request at the end of input is dropped, and nothing reaches a provider")
    func halfRequest() async throws {
        let provider = TestProvider()
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{\"model\""
            )
            try await client.finishSending()
            #expect(try await client.readToEnd() == "")
            #expect(try await gateway.send(Samples.get("/health/live")).status == 200)
        }
        #expect(provider.attempts.isEmpty)
    }
}
