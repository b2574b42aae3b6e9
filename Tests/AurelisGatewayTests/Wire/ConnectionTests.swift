import Aurelis
import AurelisGateway
import AurelisJSON
import NIOPosix
import Testing

@Suite("Connections", .timeLimit(.minutes(1)))
struct ConnectionTests {
    @Test("pipelined requests are answered one after another, in order")
    func pipelining() async throws {
        let running = Counter()
        let provider = TestProvider { attempt throws(ModelError) in
            #expect(running.enter() == 1)
            await Task.yield()
            running.leave()
            let name = attempt.body["user"]?.string ?? ""
            return .whole(Samples.document(#"{"choices":[{"message":{}}],"user":"\#(name)"}"#))
        }
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            var requests = ""
            for number in 0..<50 {
                let body = #"{"model":"gpt-4o-mini","user":"\#(number)","messages":[{"role":"user"}]}"#
                requests += Samples.post("/v1/chat/completions", body) + Samples.get("/health/live")
            }
            try await client.send(requests)
            for number in 0..<50 {
                #expect(try await client.readAnswer().body.hasSuffix(#""user":"\#(number)"}"#))
                #expect(try await client.readAnswer().body == #"{"status":"ok"}"#)
            }
        }
    }

    @Test("too many pipelined requests are cut off after the answers to those that fit")
    func pipelineFlood() async throws {
        let arrived = Signal()
        let proceed = Signal()
        let provider = TestProvider { _ throws(ModelError) in
            arrived.fire()
            await proceed.wait()
            return .whole(Samples.completion)
        }
        var configuration = GatewayConfiguration()
        configuration.limits.pipelined = 10_000
        try await TestGateway.run(provider, configuration: configuration) { gateway async throws in
            let client = try await gateway.connect()
            let flood = String(repeating: Samples.get("/health/live"), count: 200)
            try await client.send(Samples.post("/v1/chat/completions", Samples.chat) + flood)
            await arrived.wait()
            proceed.fire()
            let all = try await client.readToEnd()
            #expect(all.contains("too_many_pipelined_requests"))
            #expect(all.contains(#"{"status":"ok"}"#))
            #expect(all.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("a malformed second request does not harm the first")
    func malformedSecond() async throws {
        let arrived = Signal()
        let proceed = Signal()
        let provider = TestProvider { _ throws(ModelError) in
            arrived.fire()
            await proceed.wait()
            return .whole(Samples.completion)
        }
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/v1/chat/completions", Samples.chat) + "NONSENSE\r\n\r\n")
            await arrived.wait()
            proceed.fire()
            #expect(try await client.readAnswer().status == 200)
            #expect(try await client.readAnswer().status == 400)
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("Connection: close is heeded, and what follows is not")
    func close() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            let request = Samples.post("/v1/chat/completions", Samples.chat, headers: "Connection: close\r\n")
            try await client.send(request + Samples.get("/health/live"))
            let answer = try await client.readAnswer()
            #expect(answer.status == 200)
            #expect(answer["connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("HTTP/1.0 closes, or keeps the connection when asked to")
    func http10() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            try await client.send("GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try await client.readAnswer()["connection"] == "keep-alive")
            try await client.send("GET /health/live HTTP/1.0\r\n\r\n")
            #expect(try await client.readAnswer()["connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a client that offers an upgrade is answered in HTTP/1.1, and then closed")
    func upgrade() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            let offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
            try await client.send(Samples.post("/v1/chat/completions", Samples.chat, headers: offer))
            let answer = try await client.readAnswer()
            #expect(answer.body == Samples.completionText)
            #expect(answer["connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("100-continue is answered before the body, and not without one")
    func expectContinue() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            let length = Samples.chat.utf8.count
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n"
            )
            #expect(try await client.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send(Samples.chat)
            #expect(try await client.read(through: "\r\n") == "HTTP/1.1 200 OK\r\n")
        }
    }

    @Test("a target in absolute form is understood")
    func absoluteForm() async throws {
        try await TestGateway.run { gateway async throws in
            let answer = try await gateway.send(Samples.get("http://localhost:1/health/live?x=1"))
            #expect(answer.status == 200)
        }
    }

    @Test("a body that the answer does not need is read, and the connection goes on")
    func unneededBody() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(Samples.post("/nowhere", String(repeating: "x", count: 100_000)))
            let answer = try await client.readAnswer()
            #expect(answer.status == 404)
            #expect(answer["connection"] == nil)
            try await client.send(Samples.get("/health/live"))
            #expect(try await client.readAnswer().status == 200)
        }
    }

    @Test("a request in single bytes is understood")
    func singleBytes() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            for byte in Samples.post("/v1/chat/completions", Samples.chat).utf8 { try await client.send([byte]) }
            #expect(try await client.readAnswer().body == Samples.completionText)
        }
    }

    @Test("a port in use is an error that names the port and the way out")
    func portInUse() async throws {
        try await TestGateway.run { gateway async throws in
            var configuration = GatewayConfiguration()
            configuration.port = gateway.port
            let server = GatewayServer(
                configuration: configuration,
                orchestrator: { ModelOrchestrator(providers: []) },
                eventLoopGroup: .singleton
            )
            let error = await #expect(throws: GatewayError.self) { try await server.run() }
            #expect(error?.code == .addressInUse)
            #expect(error?.message.contains("\(gateway.port)") == true)
            #expect(error?.message.contains("--port") == true)
        }
    }

    @Test("a host that is not this machine's is an error that says so")
    func foreignHost() async throws {
        var configuration = GatewayConfiguration()
        configuration.host = "192.0.2.1"
        configuration.port = 0
        let server = GatewayServer(
            configuration: configuration,
            orchestrator: { ModelOrchestrator(providers: []) },
            eventLoopGroup: .singleton
        )
        let error = await #expect(throws: GatewayError.self) { try await server.run() }
        #expect(error?.code == .addressUnavailable)
    }
}
