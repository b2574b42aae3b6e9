import Aurelis
import Testing

@testable import AurelisGateway

@Suite("Slow clients and limits", .timeLimit(.minutes(1)))
struct SlowClientTests {
    @Test("half a head is answered with 408 and closed")
    func halfHead() async throws {
        var configuration = GatewayConfiguration()
        configuration.timeLimits.head = .milliseconds(100)
        try await TestGateway.run(configuration: configuration) { gateway async throws in
            var client = try await gateway.connect()
            // The limit holds for the first request too, which a busy machine may send too late.
            while true {
                try? await client.send(Samples.get("/health/live"))
                if (try? await client.readAnswer().status) == 200 { break }
                client = try await gateway.connect()
            }
            try await client.send("GET /heal")
            let answer = try await client.readAnswer()
            #expect(answer.status == 408)
            #expect(answer["connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("half a body is answered with 408 and closed")
    func halfBody() async throws {
        var configuration = GatewayConfiguration()
        configuration.timeLimits.bodyInactivity = .milliseconds(50)
        try await TestGateway.run(configuration: configuration) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
            )
            #expect(try await client.readAnswer().status == 408)
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a body that drips for ever ends with 408")
    func drippingBody() async throws {
        var configuration = GatewayConfiguration()
        configuration.timeLimits.body = .milliseconds(100)
        configuration.timeLimits.linger = .milliseconds(100)
        try await TestGateway.run(configuration: configuration) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n"
            )
            async let answer = client.readAnswer()
            // Ends when the gateway has closed the connection under it.
            while (try? await client.send(" ")) != nil { await Task.yield() }
            #expect(try await answer.status == 408)
        }
    }

    @Test("a body that comes too slowly ends with 408 long before the limit of a whole one", arguments: [false, true])
    func slowBody(isChunked: Bool) async throws {
        var configuration = GatewayConfiguration()
        configuration.timeLimits.bodyGrace = .milliseconds(100)
        configuration.timeLimits.bodyRate = 1 << 40
        configuration.timeLimits.linger = .milliseconds(100)
        try await TestGateway.run(configuration: configuration) { gateway async throws in
            let client = try await gateway.connect()
            let length = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 10000000"
            try await client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n\(length)\r\n\r\n")
            async let answer = client.readAnswer()
            while (try? await client.send(isChunked ? "1\r\n \r\n" : " ")) != nil { await Task.yield() }
            #expect(try await answer.status == 408)
        }
    }

    @Test(
        "a body has its grace, and more time for what has come, up to the limit of a whole one",
        arguments: [(0, 30_000), (1, 30_000), (4_096, 31_000), (409_600, 130_000), (4_096_000, 300_000)]
    )
    func bodyTime(received: Int, milliseconds: Int) {
        let limit = GatewayConfiguration.TimeLimits().body(received: received)
        #expect(abs(limit.components.seconds * 1_000 - Int64(milliseconds)) <= 1)
    }

    @Test("an idle connection is closed without a word", arguments: [true, false])
    func idle(isUsed: Bool) async throws {
        var configuration = GatewayConfiguration()
        configuration.timeLimits.keepAlive = .milliseconds(50)
        if !isUsed { configuration.timeLimits.head = .milliseconds(50) }
        try await TestGateway.run(configuration: configuration) { gateway async throws in
            let client = try await gateway.connect()
            if isUsed {
                try await client.send(Samples.get("/health/live"))
                #expect(try await client.readAnswer().status == 200)
            }
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a connection over the limit is answered with 503 and closed, and the others live on")
    func connections() async throws {
        var configuration = GatewayConfiguration()
        configuration.limits.connections = 1
        try await TestGateway.run(configuration: configuration) { gateway async throws in
            let first = try await gateway.connect()
            try await first.send(Samples.get("/health/live"))
            #expect(try await first.readAnswer().status == 200)
            let second = try await gateway.connect()
            let answer = try await second.readAnswer()
            #expect(answer.status == 503)
            #expect(answer["retry-after"] == "1")
            #expect(answer["connection"] == "close")
            #expect(try await second.readToEnd() == "")
            try await first.send(Samples.get("/health/live"))
            #expect(try await first.readAnswer().status == 200)
        }
    }

    @Test("a client that does not read stops the pulls, and is cut when it takes nothing for too long")
    func backpressure() async throws {
        let event = Samples.delta(String(repeating: "x", count: 50_000))
        let total = 4_000
        let stream = TestStream { pull throws(ModelError) in pull < total ? event : nil }
        let provider = TestProvider { _ throws(ModelError) in .stream(stream) }
        var configuration = GatewayConfiguration()
        configuration.timeLimits.write = .milliseconds(200)
        try await TestGateway.run(provider, configuration: configuration) { gateway async throws in
            let client = try await gateway.connect(reads: false)
            try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            await stream.cancelled.wait()
            // What went out lies in the two kernels' buffers; 200 MB never fit there.
            #expect(stream.pulls < total / 4)
            await client.close()
        }
    }
}
