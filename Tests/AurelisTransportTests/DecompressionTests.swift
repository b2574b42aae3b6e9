import Testing

@testable import AurelisTransport

@Suite("Compressed responses", .timeLimit(.minutes(1)))
struct DecompressionTests {
    private func gzip(_ text: String) throws -> [UInt8] {
        try shell("printf %s '\(text)' | gzip -c")
    }

    /// A zlib stream of one stored block.
    private func deflate(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        let count = UInt16(bytes.count)
        var stream: [UInt8] = [0x78, 0x01, 0x01]
        for value in [count, ~count] { stream += [UInt8(value & 0xFF), UInt8(value >> 8)] }
        stream += bytes
        for value in [high, low] { stream += [UInt8(value >> 8), UInt8(value & 0xFF)] }
        return stream
    }

    private func respond(_ connection: ScriptedConnection, _ coding: String, _ body: [UInt8]) async throws {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\nx-kept: yes\r\n\r\n"
        try await connection.send(Array(head.utf8) + body)
    }

    @Test("gzip and deflate are decoded, also one after the other on one connection, and plain bodies stay as they are")
    func decoding() async throws {
        try await ScriptedServer.run { server, client in
            var connection: ScriptedConnection?
            for (coding, body) in [
                ("gzip", try gzip("zipped")), ("identity", Array("plain".utf8)), ("Deflate", deflate("deflated")),
                ("br", [1, 2, 3]), ("gzip", try gzip("again")),
            ] {
                let task = Task { try await client.send(server.request()) }
                if connection == nil { connection = try await server.connection() }
                guard let connection else { return }
                let received = try await connection.request()
                #expect(received.contains("Accept-Encoding: gzip, deflate\r\n"))
                try await respond(connection, coding, body)
                let response = try await task.value
                let bytes = try await response.body.collect(upTo: 1000)
                #expect(response.headers["x-kept"] == "yes")
                switch coding {
                case "identity", "br":
                    #expect(bytes == body)
                    #expect(response.headers["content-encoding"] == coding)
                default:
                    #expect(["zipped", "deflated", "again"].contains(String(decoding: bytes, as: UTF8.self)))
                    #expect(response.headers["content-encoding"] == nil)
                    #expect(response.headers["content-length"] == nil)
                }
            }
            #expect(client.statistics.total == .init(idle: 1))
        }
    }

    @Test("a response without a body may claim to be compressed")
    func noBody() async throws {
        try await ScriptedServer.run { server, client in
            var connection: ScriptedConnection?
            for (method, head) in [
                ("GET", nil), ("HEAD", "200 OK\r\ncontent-length: 100"), ("GET", "204 No Content"),
                ("GET", "304 Not Modified"),
                ("GET", "200 OK\r\ncontent-length: 0"),
            ] as [(String, String?)] {
                let task = Task { try await client.send(server.request(method)).body.collect(upTo: 100) }
                if connection == nil { connection = try await server.connection() }
                guard let connection else { return }
                try await connection.request()
                if let head {
                    try await connection.send("HTTP/1.1 \(head)\r\ncontent-encoding: gzip\r\n\r\n")
                    #expect(try await task.value == [])
                } else {
                    try await respond(connection, "gzip", gzip("x"))
                    #expect(try await task.value == Array("x".utf8))
                }
            }
        }
    }

    @Test("a damaged or cut body is an error", arguments: ["damaged", "cut", "trailing"])
    func damage(kind: String) async throws {
        try await ScriptedServer.run { server, client in
            let task = Task { try await client.send(server.request()).body.collect(upTo: 100_000) }
            let connection = try await server.connection()
            try await connection.request()
            var body = try gzip(String(repeating: "text ", count: 1000))
            switch kind {
            case "damaged": body[12] ^= 0xFF
            case "cut": body.removeLast(10)
            default: body += [1, 2, 3]
            }
            try await respond(connection, "gzip", body)
            await #expect { try await task.value } throws: { ($0 as? TransportError)?.code == .decompressionFailed }
            await connection.closedByClient()
        }
    }

    @Test("a body that expands beyond the bound, or too fast, is an error", arguments: [1 << 20, 1 << 30])
    func bomb(bound: Int) async throws {
        var configuration = HTTPClientConfiguration()
        configuration.maximumDecompressedBytes = bound
        let body = try shell("head -c 50000000 /dev/zero | gzip -9c")
        try await ScriptedServer.run(configuration: configuration) { server, client in
            let task = Task { try await client.send(server.request()).body.collect(upTo: .max) }
            let connection = try await server.connection()
            try await connection.request()
            try await respond(connection, "gzip", body)
            await #expect { try await task.value } throws: { ($0 as? TransportError)?.code == .decompressionFailed }
            await connection.closedByClient()
        }
    }
}
