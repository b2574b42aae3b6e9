import Aurelis
import AurelisGateway
import AurelisJSON
import Testing

@Suite("Bad input", .timeLimit(.minutes(1)))
struct BadInputTests {
    /// Every refusal is in the OpenAI shape, and the gateway answers the next client.
    private func expect(
        _ status: Int,
        _ code: String? = nil,
        to request: String,
        configuration: GatewayConfiguration = GatewayConfiguration(),
        containing text: String = ""
    ) async throws {
        let provider = TestProvider()
        try await TestGateway.run(provider, configuration: configuration) { gateway async throws in
            let answer = try await gateway.send(request)
            #expect(answer.status == status)
            let error = try JSONDocument(Array(answer.body.utf8))["error"]
            #expect(error?["message"]?.string?.contains(text) == true)
            #expect(error?["type"]?.string != nil)
            if let code { #expect(error?["code"]?.string == code) }
            #expect(answer["x-aurelis-request-id"] != nil)
            #expect(try await gateway.send(Samples.get("/health/live")).status == 200)
        }
        #expect(provider.attempts.isEmpty)
    }

    @Test(
        "a body that nobody could answer is 400 and names the defect",
        arguments: [
            ("{", "JSON"), ("", "JSON"), ("[]", "object"), ("\"x\"", "object"),
            (#"{"model":"gpt-4o-mini"}"#, "messages"),
            (#"{"model":"gpt-4o-mini","messages":{}}"#, "messages"),
            (#"{"model":"gpt-4o-mini","messages":[]}"#, "messages"),
            (#"{"model":7,"messages":[{"role":"user"}]}"#, "model"),
            (#"{"messages":[{"role":"user"}]}"#, "model"),
            (#"{"model":"gpt-4o-mini","stream":"yes","messages":[{"role":"user"}]}"#, "stream"),
            (#"{"model":"auto/cooking","messages":[{"role":"user"}]}"#, "codeGeneration"),
            (#"{"model":"gpt-4o-mini","messages":[{"role":"user"}]} trailing"#, "JSON"),
        ]
    )
    func body(body: String, text: String) async throws {
        try await expect(400, to: Samples.post("/v1/chat/completions", body), containing: text)
    }

    @Test("invalid UTF-8 is 400")
    func invalidUTF8() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            let body: [UInt8] =
                Array(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":""#.utf8) + [0xFF, 0xC0]
                + Array(#""}]}"#.utf8)
            let head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\r\n"
            try await client.send(Array(head.utf8) + body)
            let answer = try await client.readAnswer()
            #expect(answer.status == 400)
            #expect(answer.body.contains("invalid_json"))
            try await client.send(Samples.get("/health/live"))
            #expect(try await client.readAnswer().status == 200)
        }
    }

    @Test(
        "a bad header field of ours says what is allowed",
        arguments: [
            ("x-aurelis-task: cooking", "documentation"), ("x-aurelis-fallback: yes", "true"),
            ("x-aurelis-timeout: soon", "500ms"), ("x-aurelis-timeout: 0", "500ms"),
            ("x-aurelis-timeout: 9999999999999999999s", "500ms"), ("x-aurelis-timeout: 3601s", "3600s"),
        ]
    )
    func badField(field: String, text: String) async throws {
        let request = Samples.post("/v1/chat/completions", Samples.chat, headers: field + "\r\n")
        try await expect(400, to: request, containing: text)
    }

    @Test("an unknown model is 404")
    func unknownModel() async throws {
        let body = #"{"model":"nobody","messages":[{"role":"user","content":"hi"}]}"#
        try await expect(404, "model_not_found", to: Samples.post("/v1/chat/completions", body), containing: "nobody")
    }

    @Test(
        "other types than JSON are 415",
        arguments: ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
    )
    func contentType(type: String) async throws {
        let request =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: 2\r\n\r\n{}"
        try await expect(415, "unsupported_media_type", to: request, containing: "application/json")
    }

    @Test(
        "kinds of JSON, and no type at all, are taken for JSON",
        arguments: ["Application/JSON; charset=utf-8", "application/vnd.api+json", nil]
    )
    func jsonType(type: String?) async throws {
        try await TestGateway.run { gateway async throws in
            let field = type.map { "Content-Type: \($0)\r\n" } ?? ""
            let length = Samples.chat.utf8.count
            let head =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n\(field)Content-Length: \(length)\r\n\r\n"
            #expect(try await gateway.send(head + Samples.chat).status == 200)
        }
    }

    @Test("a compressed request body is 415")
    func compressed() async throws {
        let request = Samples.post("/v1/chat/completions", Samples.chat, headers: "Content-Encoding: gzip\r\n")
        try await expect(415, to: request, containing: "gzip")
    }

    @Test("an unknown path is 404 and names the paths there are")
    func unknownPath() async throws {
        try await expect(404, "unknown_path", to: Samples.get("/v2/chat"), containing: "/v1/chat/completions")
        try await expect(404, to: Samples.post("/v1/completions", Samples.chat), containing: "/v1/completions")
    }

    @Test("a wrong method is 405 and names the right ones")
    func wrongMethod() async throws {
        try await expect(405, to: Samples.get("/v1/chat/completions"), containing: "POST")
        try await expect(405, to: "DELETE /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n", containing: "GET")
        try await TestGateway.run { gateway async throws in
            let answer = try await gateway.send("PUT /v1/embeddings HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer["allow"] == "POST, OPTIONS")
        }
    }

    @Test(
        "what HTTP forbids is refused",
        arguments: [
            ("GARBAGE\r\n\r\n", 400),
            ("GET /health/live HTTP/1.1\r\n\r\n", 400),
            ("GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
            ("GET /health/live HTTP/2.5\r\nHost: localhost\r\n\r\n", 505),
            ("GET /health/live HTTP/1.1\r\nHost: localhost\r\nBad Name: x\r\n\r\n", 400),
            ("GET /health/live HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
            ("GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: a\r\n folded\r\n\r\n", 400),
            (
                "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
                400
            ),
            (
                "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                400
            ),
            ("POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
            ("POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2x\r\n\r\n{}", 400),
            ("POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
            (
                "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                400
            ),
            (
                "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
                400
            ),
            (
                "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                501
            ),
            ("POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
            ("POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nContent-Length: 2\r\n\r\n{}", 417),
        ]
    )
    func protocolErrors(request: String, status: Int) async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(request)
            let answer = try await client.readAnswer()
            #expect(answer.status == status)
            #expect(answer["connection"] == "close")
            #expect(answer.body.hasPrefix(#"{"error":{"message":""#))
            #expect(try await client.readToEnd() == "")
            #expect(try await gateway.send(Samples.get("/health/live")).status == 200)
        }
    }

    @Test(
        "what a foreign page made a browser send is refused with what to do, and nobody is asked",
        arguments: [
            ("Host: evil.example:8787", "foreign_host", "localhost"),
            ("Host: 127.0.0.1.evil.example", "foreign_host", "localhost"),
            ("Host: localhost\r\nOrigin: https://evil.example", "foreign_origin", "outside the browser"),
            ("Origin: null\r\nHost: localhost", "foreign_origin", "outside the browser"),
        ]
    )
    func foreignPages(fields: String, code: String, text: String) async throws {
        let length = Samples.chat.utf8.count
        let head = "POST /v1/chat/completions HTTP/1.1\r\n\(fields)\r\nContent-Length: \(length)\r\n\r\n"
        try await expect(403, code, to: head + Samples.chat, containing: text)
    }

    @Test(
        "this machine is served under each of its names",
        arguments: [
            "HTTP/1.1\r\nHost: 127.0.0.1:8787", "HTTP/1.1\r\nHost: app.localhost",
            "HTTP/1.1\r\nHost: [::1]:8787\r\nOrigin: http://localhost:3000", "HTTP/1.0",
        ]
    )
    func ownNames(fields: String) async throws {
        try await TestGateway.run { gateway async throws in
            let head = "POST /v1/chat/completions \(fields)\r\nContent-Length: \(Samples.chat.utf8.count)\r\n\r\n"
            #expect(try await gateway.send(head + Samples.chat).status == 200)
        }
    }

    @Test("a flood of header fields is 431, before it has ended")
    func headerFlood() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            try await client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n")
            for number in 0..<200 { try await client.send("X-\(number): y\r\n") }
            #expect(try await client.readAnswer().status == 431)
        }
    }

    @Test("header fields beyond their bytes are 431")
    func longField() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "x", count: 70_000)
            )
            #expect(try await client.readAnswer().status == 431)
        }
    }

    @Test("a long target is 414")
    func longTarget() async throws {
        let path = "/v1/models/" + String(repeating: "x", count: 9_000)
        try await expect(414, "target_too_long", to: Samples.get(path))
    }

    @Test("a declared body over the limit is 413 before a byte of it is sent")
    func declaredTooLarge() async throws {
        let request = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\n"
        try await expect(413, "request_too_large", to: request)
    }

    @Test("a client that waits for permission to send too much is refused without it")
    func expectTooLarge() async throws {
        let request =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 30000000\r\n\r\n"
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(request)
            #expect(try await client.read(through: "\r\n").hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test("a chunked body over the limit is 413 in the middle, and the client can read the answer while it still sends")
    func chunkedTooLarge() async throws {
        var configuration = GatewayConfiguration()
        configuration.limits.body = 10_000
        // On a busy machine the client may need long to send what is thrown away.
        configuration.timeLimits.linger = .seconds(60)
        try await TestGateway.run(configuration: configuration) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            let chunk = "1000\r\n" + String(repeating: "x", count: 4_096) + "\r\n"
            for _ in 0..<16 { try await client.send(chunk) }
            let answer = try await client.readAnswer()
            #expect(answer.status == 413)
            #expect(answer["connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    private static let chunked =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"

    @Test(
        "a chunk over the limit is 413 as soon as its size is known",
        arguments: [
            [chunked + "\r\n7fffffffffffffff\r\n"], [chunked + "\r\n", "1400001;x=y\r\n"],
            ["\r\n\r\n" + chunked + "\r\n3\r\n{  \r\n", "1", "4", "00001\r\n"],
            [chunked + "\r\n3\r\n{ ", " \r", "\nFFFFFFF\r\n"],
        ]
    )
    func chunkTooLarge(pieces: [String]) async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            for piece in pieces { try await client.send(piece) }
            let answer = try await client.readAnswer()
            #expect(answer.status == 413)
            #expect(answer["connection"] == "close")
        }
    }

    @Test(
        "the extensions of chunks are bounded, wherever the body begins",
        arguments: [
            [chunked + "\r\n5;a="], [chunked, "\r\n", "5;a="], [Samples.get("/health/live") + chunked + "\r\n5;a="],
            [String(chunked.dropLast(1)), "\r\n\r\n5\r\n{    \r\n5;a="],
        ]
    )
    func chunkExtensions(pieces: [String]) async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            for piece in pieces { try await client.send(piece) }
            let filler = String(repeating: "x", count: 4_096)
            for _ in 0..<64 where (try? await client.send(filler)) == nil { break }
            var answer = try await client.readAnswer()
            if answer.status == 200 { answer = try await client.readAnswer() }
            #expect(answer.status == 400)
            #expect(answer.body.contains("extensions"))
        }
    }

    @Test("small chunks with small extensions are a body like any other")
    func smallChunks() async throws {
        try await TestGateway.run { gateway async throws in
            let padding = String(repeating: " ", count: 30_000)
            let chunks = (Samples.chat + padding).map { "1\r\n\($0)\r\n" }.joined()
            let signed = "\(String(Samples.chat.utf8.count, radix: 16));signature=abc\r\n\(Samples.chat)\r\n"
            for body in [chunks, signed] {
                #expect(try await gateway.send(Self.chunked + "\r\n\(body)0\r\nX-Trailer: y\r\n\r\n").status == 200)
            }
        }
    }

    @Test("bodies over the memory of all connections wait, then are refused as overload")
    func memory() async throws {
        var configuration = GatewayConfiguration()
        configuration.limits.bodiesInMemory = 50_000
        configuration.timeLimits.memory = .milliseconds(50)
        try await TestGateway.run(configuration: configuration) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n"
            )
            try await client.send(String(repeating: " ", count: 200_000))
            let answer = try await client.readAnswer()
            #expect(answer.status == 503)
            #expect(answer["retry-after"] == "1")
            #expect(try await gateway.post(Samples.chat).status == 200)
        }
    }

    @Test("a body that waits for memory goes on when another has released its own")
    func memoryComesFree() async throws {
        let arrived = Signal()
        let proceed = Signal()
        let provider = TestProvider { attempt throws(ModelError) in
            arrived.fire()
            await proceed.wait()
            return .whole(Samples.completion)
        }
        var configuration = GatewayConfiguration()
        configuration.limits.bodiesInMemory = 100_000
        try await TestGateway.run(provider, configuration: configuration) { gateway async throws in
            let padding = String(repeating: " ", count: 90_000)
            let first = try await gateway.connect()
            try await first.send(Samples.post("/v1/chat/completions", Samples.chat + padding))
            await arrived.wait()
            let second = try await gateway.connect()
            try await second.send(Samples.post("/v1/chat/completions", Samples.chat + padding))
            proceed.fire()
            #expect(try await first.readAnswer().status == 200)
            #expect(try await second.readAnswer().status == 200)
        }
    }
}
