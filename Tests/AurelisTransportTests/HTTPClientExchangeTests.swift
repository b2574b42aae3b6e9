import Testing

@testable import AurelisTransport

@Suite("Exchanges on loopback", .timeLimit(.minutes(1)))
struct HTTPClientExchangeTests {
    @Test("requests that follow each other use one connection")
    func keepAlive() async throws {
        try await ScriptedServer.run { server, client in
            var connection: ScriptedConnection?
            for number in 1...3 {
                async let response = client.send(server.request("POST", "/\(number)", body: Array("hello".utf8)))
                if connection == nil { connection = try await server.connection() }
                let received = try await connection?.request()
                #expect(received?.hasPrefix("POST /\(number) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n") == true)
                #expect(received?.hasSuffix("Content-Length: 5\r\n\r\nhello") == true)
                try await connection?.respond("answer \(number)", headers: "X-Number: \(number)\r\n")
                let answer = try await response
                #expect(answer.status == 200)
                #expect(answer.headers["x-number"] == "\(number)")
                #expect(try await text(answer) == "answer \(number)")
                #expect(client.statistics.total == .init(idle: 1))
            }
        }
    }

    @Test("a large request body is sent in full")
    func upload() async throws {
        try await ScriptedServer.run { server, client in
            let body = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 % 26 + 97) }
            async let response = client.send(server.request("PUT", body: body))
            let connection = try await server.connection()
            let received = try await connection.request()
            #expect(received.utf8.suffix(body.count).elementsEqual(body))
            try await connection.respond()
            #expect(try await text(response) == "ok")
            #expect(client.statistics.total == .init(idle: 1))
        }
    }

    @Test("a large body is held back until it is read, and then arrives in full")
    func backpressure() async throws {
        var configuration = HTTPClientConfiguration()
        configuration.responseBufferBytes = 64 * 1024
        try await ScriptedServer.run(configuration: configuration) { server, client in
            let size = 32 << 20
            async let response = client.send(server.request())
            let connection = try await server.connection()
            try await connection.request()
            let sent = Task {
                try await connection.send("HTTP/1.1 200 OK\r\ncontent-length: \(size)\r\n\r\n")
                try await connection.send([UInt8](repeating: 7, count: size))
            }
            let answer = try await response
            var count = 0
            var largest = 0
            while let bytes = try await answer.body.next() {
                count += bytes.count
                largest = max(largest, bytes.count)
            }
            #expect(count == size)
            // One burst of reads beyond the bound is what may arrive before reading stops.
            #expect(largest <= 64 * 1024 + 4 * 64 * 1024)
            try await sent.value
        }
    }

    @Test(
        "responses are read as HTTP/1.1 frames them",
        arguments: [
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nTrailer: x\r\n\r\n",
                "abc", true
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                "ok", true
            ),
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok", "ok", false),
            ("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", "ok", false),
            ("HTTP/1.1 204 No Content\r\n\r\n", "", true),
            ("HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n", "", true),
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", "ok", false),
        ]
    )
    func framing(response: String, body: String, isKept: Bool) async throws {
        try await ScriptedServer.run { server, client in
            async let answer = client.send(server.request())
            let connection = try await server.connection()
            try await connection.request()
            try await connection.send(response)
            #expect(try await text(answer) == body)
            if isKept {
                #expect(client.statistics.total == .init(idle: 1))
            } else {
                await connection.closedByClient()
            }
        }
    }

    @Test("a body without a length ends with the connection")
    func closeDelimited() async throws {
        try await ScriptedServer.run { server, client in
            async let answer = client.send(server.request())
            let connection = try await server.connection()
            try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\nall of it")
            try await connection.close()
            #expect(try await text(answer) == "all of it")
        }
    }

    @Test(
        "a cut response is an error, never a shorter response",
        arguments: [
            ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n1234", TransportError.Code.closedMidBody),
            ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", .closedMidBody),
            ("HTTP/1.1 200 OK\r\ncontent-le", .closedBeforeHead),
            ("", .closedBeforeHead),
        ]
    )
    func cut(response: String, expected: TransportError.Code) async throws {
        try await ScriptedServer.run { server, client in
            let task = Task { try await text(client.send(server.request("POST"))) }
            let connection = try await server.connection()
            try await connection.request()
            if !response.isEmpty { try await connection.send(response) }
            try await connection.close()
            let failure = await error { try await task.value }
            #expect(failure?.code == expected)
            #expect(failure?.requestMayHaveBeenProcessed == true)
        }
    }

    @Test("a reset is told from a close")
    func reset() async throws {
        try await ScriptedServer.run { server, client in
            let task = Task { try await text(client.send(server.request("POST"))) }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.reset()
            #expect(await code { try await task.value } == .connectionReset)
        }
    }

    @Test(
        "what is not HTTP, or too much of it, is refused",
        arguments: [
            ("SSH-2.0-OpenSSH_9.2\r\n", TransportError.Code.invalidResponse),
            ("HTTP/2.0 200 OK\r\n\r\n", .invalidResponse),
            ("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", .invalidResponse),
            ("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", .invalidResponse),
            ("HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 300) + "\r\n", .headersTooLarge),
            ("HTTP/1.1 200 OK\r\na: " + String(repeating: "b", count: 70_000) + "\r\n\r\n", .headersTooLarge),
        ]
    )
    func refused(response: String, expected: TransportError.Code) async throws {
        try await ScriptedServer.run { server, client in
            let task = Task { try await text(client.send(server.request())) }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.send(response)
            #expect(await code { try await task.value } == expected)
            await connection.closedByClient()
        }
    }

    @Test("a body beyond the caller's bound is an error and gives the connection up")
    func bodyBound() async throws {
        try await ScriptedServer.run { server, client in
            let task = Task { try await client.send(server.request()).body.collect(upTo: 3) }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n1234")
            #expect(await code { try await task.value } == .bodyTooLarge)
            await connection.closedByClient()
        }
    }
}
