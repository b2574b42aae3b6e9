import Testing

@testable import AurelisTransport

@Suite("Cancellation, time and connecting on loopback", .timeLimit(.minutes(1)))
struct HTTPClientCancellationTests {
    @Test("cancelling while the server is silent closes the connection")
    func cancelWhileSilent() async throws {
        try await ScriptedServer.run { server, client in
            let task = Task { try await client.send(server.request("POST", body: [1])) }
            let connection = try await server.connection()
            try await connection.request()
            task.cancel()
            let failure = await error { try await task.value }
            #expect(failure?.code == .cancelled)
            #expect(failure?.requestMayHaveBeenProcessed == true)
            await connection.closedByClient()
        }
    }

    @Test("cancelling inside a silent body closes the connection; what had arrived was handed out")
    func cancelInsideBody() async throws {
        try await ScriptedServer.run { server, client in
            let (progress, reached) = AsyncStream.makeStream(of: String.self)
            let task = Task {
                let response = try await client.send(server.request())
                while let bytes = try await response.body.next() {
                    reached.yield(String(decoding: bytes, as: UTF8.self))
                }
            }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")
            for await text in progress {
                #expect(text == "hello")
                break
            }
            task.cancel()
            #expect(await code { try await task.value } == .cancelled)
            await connection.closedByClient()
        }
    }

    @Test("a task that is cancelled before it sends gets no connection dirty")
    func cancelledBefore() async throws {
        try await ScriptedServer.run { server, client in
            async let warm = client.send(server.request())
            let connection = try await server.connection()
            try await connection.request()
            try await connection.respond()
            #expect(try await text(warm) == "ok")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.send(server.request())
            }
            #expect(await code { try await task.value } == .cancelled)
            await settle { client.statistics.total == .init(idle: 1) }
        }
    }

    @Test("a body that is dropped or cancelled gives its connection up", arguments: [true, false])
    func abandonedBody(isDropped: Bool) async throws {
        try await ScriptedServer.run { server, client in
            let task = Task {
                let response = try await client.send(server.request())
                if !isDropped { response.body.cancel() }
                return response.status
            }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n123")
            #expect(try await task.value == 200)
            await connection.closedByClient()
        }
    }

    @Test("a silent server ends the wait for the head; a dribbling one the wait between bytes only when it stops")
    func timers() async throws {
        try await ScriptedServer.run { server, client in
            var request = server.request()
            request.timeouts.firstByte = .milliseconds(20)
            #expect(await code { try await client.send(request) } == .firstByteTimeout)
            let silent = try await server.connection()
            await silent.closedByClient()

            var stalling = server.request()
            stalling.timeouts.betweenBytes = .milliseconds(20)
            let task = Task { [stalling] in try await text(client.send(stalling)) }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n1234")
            #expect(await code { try await task.value } == .idleTimeout)
            await connection.closedByClient()

            var limited = server.request()
            limited.timeouts.total = .milliseconds(20)
            #expect(await code { try await client.send(limited) } == .totalTimeout)
        }
    }

    @Test("a port where nobody listens is refused, and nothing was processed")
    func connectionRefused() async throws {
        try await ScriptedServer.run { server, client in
            try await server.stopListening()
            let failure = await error { try await client.send(server.request("POST")) }
            #expect(failure?.code == .connectionRefused)
            #expect(failure?.requestMayHaveBeenProcessed == false)
            #expect(client.statistics.origins.isEmpty)
        }
    }

    @Test("a name without an address fails as such")
    func unknownName() async throws {
        try await ScriptedServer.run { server, client in
            var request = server.request()
            request.origin = HTTPOrigin(scheme: .http, host: "nowhere.invalid")
            #expect(await code { try await client.send(request) } == .dnsFailure)
        }
    }

    @Test("connecting can be cancelled inside the handshake, and its time limit covers it")
    func silentHandshake() async throws {
        try await ScriptedServer.run { server, client in
            var request = server.request()
            request.origin = HTTPOrigin(scheme: .https, host: "127.0.0.1", port: server.port)
            request.timeouts = HTTPTimeouts(connect: .seconds(60), total: nil)
            let task = Task { [request] in try await client.send(request) }
            let first = try await server.connection()
            task.cancel()
            #expect(await code { try await task.value } == .cancelled)
            await first.closedByClient()

            request.timeouts.connect = .milliseconds(20)
            #expect(await code { try await client.send(request) } == .connectTimeout)
            #expect(client.statistics.origins.isEmpty)
        }
    }

    @Test("names are looked up")
    func localhost() async throws {
        try await ScriptedServer.run { server, client in
            var request = server.request()
            request.origin = HTTPOrigin(scheme: .http, host: "localhost", port: server.port)
            let task = Task { [request] in try await text(client.send(request)) }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.respond()
            #expect(try await task.value == "ok")
        }
    }
}
