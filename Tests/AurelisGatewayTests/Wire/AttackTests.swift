import Aurelis
import AurelisGateway
import AurelisJSON
import Testing

/// What `Documentation/attacks.md` lists and no other test of the wire shows.
@Suite("Attacks", .timeLimit(.minutes(1)))
struct AttackTests {
    private static let smuggled = Samples.post("/v1/chat/completions", Samples.chat)

    /// The first bytes are refused, and what follows them on the connection is no request.
    @Test(
        "two readers cannot be made to see different requests: what one could misread is refused with all behind it",
        arguments: [
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: identity\r\n\r\n",
            "Transfer-Encoding: chunked\u{B}\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked \u{B} \r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked , gzip\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked x\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked \u{A0}\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: +0\r\n\r\n",
            "Content-Length: 0, 0\r\n\r\n",
            "Content-Length: 0x0\r\n\r\n",
            "Content-Length: 0\u{0}\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n-0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n1\r\n{XX0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n 0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\n\n",
            "Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\n{}\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\r\nX: a\u{0}b\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\r\n folded\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: \r\n\r\n0\r\n\r\n",
            "Transfer-Encoding\u{0}: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length : 0\r\n\r\n",
            "Content-Length: 0 0\r\n\r\n",
            "Content-Length: 0\u{B}\r\n\r\n",
            "Content-Length: 0 \u{A0}\r\n\r\n",
            "Content-Length:\r\n 0\r\n\r\n",
            "Content-Length: \r\n\r\n",
            "Content-Length: 0\nX: y\r\n\r\n",
            "X: y\n\n",
            "X: y\n\r\n",
            "X: a\u{0}b\r\n\r\n",
            "X: a\rY: b\r\n\r\n",
            "X\u{0}: a\r\n\r\n",
            ": a\r\n\r\n",
            "X\r\n\r\n",
        ]
    )
    func smuggling(fields: String) async throws {
        let provider = TestProvider()
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send("POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\n" + fields + Self.smuggled)
            let answer = try await client.readAnswer()
            #expect((400..<600).contains(answer.status))
            #expect(answer["connection"] == "close")
            #expect(try await client.readToEnd() == "")
        }
        #expect(provider.attempts.isEmpty)
    }

    @Test("chunks in HTTP/1.0, which a server in front would take for the next request, are refused")
    func chunksInHTTP10() async throws {
        let provider = TestProvider()
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            let fields = "Host: localhost\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
            let chunks = "2\r\n{}\r\n0\r\n\r\n"
            try await client.send("POST /v1/embeddings HTTP/1.0\r\n" + fields + chunks + Self.smuggled)
            let answer = try await client.readAnswer()
            #expect(answer.status == 400)
            #expect(try await client.readToEnd() == "")
        }
        #expect(provider.attempts.isEmpty)
    }

    @Test(
        "white space around the value of a framing field is no part of it",
        arguments: [
            "Transfer-Encoding: chunked ", "Transfer-Encoding:  \t chunked   ", "Transfer-Encoding:Chunked ",
            "Transfer-Encoding:chunked", "Content-Length: 2 ", "Content-Length: \t 2   ",
            "Expect: 100-continue \r\nContent-Length: 2",
        ]
    )
    func whiteSpace(fields: String) async throws {
        let provider = TestProvider()
        let body = Samples.chat
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            let fields = fields.replacing("2", with: "\(body.utf8.count)")
            let isChunked = fields.lowercased().contains("chunked")
            let size = String(body.utf8.count, radix: 16)
            let sent = isChunked ? "\(size)\r\n\(body)\r\n0\r\n\r\n" : body
            // With another one behind it, so that the end is seen where it is.
            let head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            try await client.send(head + fields + "\r\n\r\n" + sent)
            try await client.send(Samples.get("/health/live"))
            var answer = try await client.readAnswer()
            if answer.status == 100 { answer = try await client.readAnswer() }
            #expect(answer.status == 200)
            #expect(try await client.readAnswer().status == 200)
        }
        #expect(provider.attempts.count == 1)
    }

    @Test(
        "a target finds its path or nothing: no dots, doubled slashes, escapes or other names lead anywhere else",
        arguments: [
            "/v1/../admin/keys", "/v1/%2e%2e/admin/keys", "/v1/..;/admin/keys", "/admin/keys", "/metrics",
            "//v1/chat/completions", "/v1//chat/completions", "/v1/chat/completions/", "/V1/Chat/Completions",
            "/v1/chat%2fcompletions", "/v1/chat/completions%00", "/v1/chat/completions%0d%0aX-Evil:1",
            "/v1\\chat\\completions", "/v1/models/../../etc/passwd", "/v1/chat/completions;/../..",
            "/admin/requests", "/v1/admin/requests", "http://127.0.0.1:8788/admin/requests", "127.0.0.1:8788",
        ]
    )
    func paths(target: String) async throws {
        let provider = TestProvider()
        try await TestGateway.run(provider) { gateway async throws in
            let answer = try await gateway.post(Samples.chat, to: target)
            #expect([400, 404, 405].contains(answer.status))
            #expect(answer["x-evil"] == nil)
        }
        #expect(provider.attempts.isEmpty)
    }

    @Test(
        "the path of a file or a batch holds its name and nothing else",
        arguments: [
            "/v1/files/../files/ID", "/v1/files/./ID", "/v1/files//ID", "//v1/files/ID", "/v1//files/ID",
            "/v1/files/%2e%2e/files/ID", "/v1/files/%2e/ID", "/v1/files%2fID", "/v1/files/ID%2fcontent",
            "/v1/files/ID/content/..", "/v1/files/ID/", "/v1/files/ID/./content", "/v1/files/ID%00", "/v1/files/ID;a",
            "/v1/files/..%2f..%2fetc%2fpasswd/content", "/v1/files/../../etc/passwd", "/v1/batches/../files/ID",
            "/v1/files/ID%0d%0aX-Evil:1", "/v1/files/file-/content", "/V1/files/ID", "/v1/Files/ID", "/v1/files\\ID",
        ]
    )
    func storedPaths(target: String) async throws {
        let store = MemoryStore()
        let id = store.add(Array("secret".utf8))
        try await TestGateway.run(store: store) { gateway async throws in
            for method in ["GET", "DELETE", "POST"] {
                let target = target.replacing("ID", with: id)
                let answer = try await gateway.send("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect([400, 404, 405].contains(answer.status), "\(method) \(target)")
                #expect(answer["x-evil"] == nil && !answer.body.contains("secret"))
            }
            #expect(try await gateway.send(Samples.get("/v1/files/\(id)/content")).body == "secret")
        }
    }

    @Test("trailers are bounded like the fields of a head", arguments: ["X: y\r\n", "X-Long-Name-Of-A-Field: "])
    func trailers(piece: String) async throws {
        let provider = TestProvider()
        let head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        let body = String(Samples.chat.utf8.count, radix: 16) + "\r\n" + Samples.chat + "\r\n0\r\n"
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(head + body)
            let flood = String(repeating: piece, count: 8_192 / piece.utf8.count)
            for _ in 0..<64 where (try? await client.send(flood)) == nil { break }
            let answer = try await client.readAnswer()
            #expect([400, 431].contains(answer.status))
            #expect(answer["connection"] == "close")
        }
        #expect(provider.attempts.isEmpty)
    }

    @Test(
        "a request is to this gateway, however its target is written",
        arguments: [
            ("http://evil.example/v1/chat/completions", 200), ("https://evil.example:1/v1/chat/completions?x", 200),
            ("http://evil.example", 404), ("http://", 404), ("evil.example/v1/chat/completions", 400),
            ("/v1/chat/completions#f", 404), ("*", 404), ("/", 404),
        ]
    )
    func targets(target: String, status: Int) async throws {
        try await TestGateway.run { gateway async throws in
            #expect(try await gateway.post(Samples.chat, to: target).status == status)
        }
    }

    @Test("a line end in a model's name or in a path becomes no field of the answer")
    func injectedFields() async throws {
        try await TestGateway.run { gateway async throws in
            let body = #"{"model":"x\r\nX-Evil: 1\r\n\r\nHTTP/1.1 200 OK","messages":[{"role":"user","content":"hi"}]}"#
            for answer in [
                try await gateway.post(body), try await gateway.send(Samples.get("/v1/models/a%0d%0aX-Evil:%201")),
            ] {
                #expect(answer.status == 404)
                #expect(answer["x-evil"] == nil)
                #expect(try JSONDocument(Array(answer.body.utf8))["error"] != nil)
            }
        }
    }

    @Test("a line end that a provider's names carry becomes no field of the answer")
    func injectedByProvider() async throws {
        let name = "qwen\r\nX-Evil: 1"
        let provider = TestProvider(models: [ProviderModel(id: ModelID(name), wireName: name)])
        try await TestGateway.run(provider) { gateway async throws in
            let body = #"{"model":"qwen\r\nX-Evil: 1","messages":[{"role":"user","content":"hi"}]}"#
            let answer = try await gateway.post(body)
            #expect(answer.status == 200)
            #expect(answer["x-evil"] == nil)
        }
    }

    @Test("depth beyond its bound and a field that is said twice are refused before anybody is asked")
    func ambiguousJSON() async throws {
        let provider = TestProvider()
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let bodies = [
            #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"x":\#(deep)}"#,
            #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"model":"gpt-4o"}"#,
            #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"mod\u0065l":"gpt-4o"}"#,
            #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],"messages":[]}"#,
            #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\ud800"}]}"#,
        ]
        try await TestGateway.run(provider) { gateway async throws in
            for body in bodies {
                let answer = try await gateway.post(body)
                #expect(answer.status == 400)
                #expect(answer.body.contains("invalid_json"))
            }
        }
        #expect(provider.attempts.isEmpty)
    }

    @Test("nothing in a request says where it goes: the provider that is configured is asked, and gets it as it came")
    func forgery() async throws {
        let provider = TestProvider()
        let fields =
            "X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nX-Aurelis-Base-Url: http://evil.example\r\n"
            + "X-Original-URL: /admin/keys\r\nX-HTTP-Method-Override: DELETE\r\nProxy-Connection: keep-alive\r\n"
        let body = #"""
            {"model":"gpt-4o-mini","base_url":"http://evil.example","api_base":"http://evil.example","api_key":"k","messages":
            [{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://169.254.169.254/latest"}}]}]}
            """#
        try await TestGateway.run(provider) { gateway async throws in
            #expect(try await gateway.post(body, headers: fields).status == 200)
        }
        #expect(provider.attempts.count == 1)
        #expect(provider.attempts.first?.body["base_url"]?.string == "http://evil.example")
    }
}
