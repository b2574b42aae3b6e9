import Aurelis
import AurelisGateway
import Testing

@Suite("Shutdown", .timeLimit(.minutes(1)))
struct ShutdownTests {
    @Test("a graceful shutdown closes idle connections and lets requests in flight finish")
    func drain() async throws {
        let (arrived, proceed) = (Signal(), Signal())
        let provider = TestProvider { _ throws(ModelError) in
            arrived.fire()
            await proceed.wait()
            return .whole(Samples.completion)
        }
        try await TestGateway.run(provider) { gateway async throws in
            let idle = try await gateway.connect()
            try await idle.send(Samples.get("/health/ready"))
            #expect(try await idle.readAnswer().status == 200)
            let busy = try await gateway.connect()
            try await busy.send(Samples.post("/v1/chat/completions", Samples.chat))
            await arrived.wait()
            await gateway.shutDownGracefully()
            #expect(try await idle.readToEnd() == "")
            await #expect(throws: (any Error).self) { _ = try await gateway.connect() }
            proceed.fire()
            let answer = try await busy.readAnswer()
            #expect(answer.body == Samples.completionText)
            #expect(answer["connection"] == "close")
            #expect(try await busy.readToEnd() == "")
        }
    }

    @Test("a stream in flight is finished, and its connection closed")
    func drainStream() async throws {
        let proceed = Signal()
        let events = [Samples.delta("a"), Samples.finish]
        let stream = TestStream { pull throws(ModelError) in
            if pull == 1 { await proceed.wait() }
            return pull < events.count ? events[pull] : nil
        }
        let provider = TestProvider { _ throws(ModelError) in .stream(stream) }
        try await TestGateway.run(provider) { gateway async throws in
            let idle = try await gateway.connect()
            try await idle.send(Samples.get("/health/live"))
            _ = try await idle.readAnswer()
            let busy = try await gateway.connect()
            try await busy.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            _ = try await busy.read(through: "\n\n\r\n")
            await gateway.shutDownGracefully()
            #expect(try await idle.readToEnd() == "")
            proceed.fire()
            #expect(try await busy.readToEnd().hasSuffix("data: [DONE]\n\n\r\n0\r\n\r\n"))
        }
    }

    @Test("a request whose head has begun is still answered; readiness says that the end is near")
    func drainHalfHead() async throws {
        try await TestGateway.run { gateway async throws in
            let idle = try await gateway.connect()
            try await idle.send(Samples.get("/health/live"))
            _ = try await idle.readAnswer()
            let late = try await gateway.connect()
            try await late.send(Samples.get("/health/live") + Samples.get("/health/live"))
            _ = try await late.readAnswer()
            _ = try await late.readAnswer()
            try await late.send(
                "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
            )
            // The interim answer shows that the gateway has begun this request.
            _ = try await late.read(through: "\r\n\r\n")
            await gateway.shutDownGracefully()
            #expect(try await idle.readToEnd() == "")
            try await late.send("{}")
            let answer = try await late.readAnswer()
            #expect(answer.status == 400)
            #expect(answer["connection"] == "close")
        }
    }

    @Test("what is not done within the limit is cut and cancelled")
    func cut() async throws {
        let (arrived, cancelled) = (Signal(), Signal())
        let provider = TestProvider { _ throws(ModelError) in
            arrived.fire()
            await untilCancelled()
            cancelled.fire()
            throw ModelError(.cancelled, "gone")
        }
        var configuration = GatewayConfiguration()
        configuration.timeLimits.drain = .milliseconds(50)
        try await TestGateway.run(provider, configuration: configuration) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.chat))
            await arrived.wait()
            await gateway.shutDownGracefully()
            await cancelled.wait()
            #expect(try await client.readToEnd() == "")
        }
    }
}
