import Aurelis
import AurelisGateway
import AurelisJSON
import Testing

@Suite("Answers", .timeLimit(.minutes(1)))
struct AnswerTests {
    @Test(
        "a chat completion is answered on every path, byte for byte",
        arguments: [
            "/v1/chat/completions", "/v1/chat/completions?api-version=2024-05-01-preview",
            "/inference/chat/completions", "/orgs/octo-org/inference/chat/completions",
            "/chat/completions?api-version=2024-05-01-preview",
        ]
    )
    func chat(path: String) async throws {
        try await TestGateway.run { gateway async throws in
            let answer = try await gateway.post(Samples.chat, to: path)
            #expect(answer.status == 200)
            #expect(answer.body == Samples.completionText)
            #expect(answer["content-type"] == "application/json")
            #expect(answer["x-aurelis-model"] == "gpt-4o-mini")
            #expect(answer["x-aurelis-provider"] == "scripted")
            #expect(answer["x-aurelis-route"] == "gpt-4o-mini:ok")
            #expect(answer["x-aurelis-attempts"] == "1")
            #expect(answer["x-aurelis-request-id"]?.hasPrefix("req_") == true)
            #expect(answer["date"]?.hasSuffix(" GMT") == true)
            #expect(answer["connection"] == nil)
        }
    }

    @Test("the provider gets the caller's body byte for byte, and never the caller's credential")
    func passThrough() async throws {
        let provider = TestProvider()
        let body =
            #"{ "model":"gpt-4o-mini","x_unknown":[1.50, {"é":"\u00e9"}], "messages":[{"role":"user","content":"hi"}]}"#
        try await TestGateway.run(provider) { gateway async throws in
            let answer = try await gateway.post(body, headers: "Authorization: Bearer caller\r\n")
            #expect(answer.status == 200)
        }
        #expect(provider.attempts.count == 1)
        #expect(provider.attempts.first.map { String(decoding: $0.body.bytes, as: UTF8.self) } == body)
    }

    @Test("embeddings are answered", arguments: ["/v1/embeddings", "/inference/embeddings", "/embeddings"])
    func embeddings(path: String) async throws {
        let vectors = #"{"data":[{"embedding":[0.5]}]}"#
        let provider = TestProvider { _ throws(ModelError) in .whole(Samples.document(vectors)) }
        try await TestGateway.run(provider) { gateway async throws in
            let answer = try await gateway.post(#"{"model":"gpt-4o-mini","input":"hi"}"#, to: path)
            #expect(answer.status == 200)
            #expect(answer.body == vectors)
        }
        #expect(provider.attempts.map(\.operation) == [.embedding])
    }

    @Test("a large body and a large answer pass whole")
    func large() async throws {
        let text = String(repeating: "0123456789abcdef", count: 200_000)
        let answer = #"{"choices":[{"message":{"content":"\#(text)"}}]}"#
        let provider = TestProvider { _ throws(ModelError) in .whole(Samples.document(answer)) }
        try await TestGateway.run(provider) { gateway async throws in
            // Each message as long as one may be.
            let passage = #"{"role":"user","content":"\#(text.prefix(50_000))"}"#
            let messages = Array(repeating: passage, count: 64).joined(separator: ",")
            let body = #"{"model":"gpt-4o-mini","messages":[\#(messages)]}"#
            #expect(try await gateway.post(body).body == answer)
        }
        #expect(provider.attempts.first?.body.bytes.count ?? 0 > 3_200_000)
    }

    @Test("a chunked request body is put together")
    func chunkedBody() async throws {
        let provider = TestProvider()
        try await TestGateway.run(provider) { gateway async throws in
            let client = try await gateway.connect()
            try await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            for piece in Samples.chat { try await client.send("1;ext=1\r\n\(piece)\r\n") }
            try await client.send("0\r\nTrailer: x\r\n\r\n")
            #expect(try await client.readAnswer().status == 200)
        }
        #expect(provider.attempts.first.map { String(decoding: $0.body.bytes, as: UTF8.self) } == Samples.chat)
    }

    @Test("task, fallback and timeout come from header fields")
    func options() async throws {
        let provider = TestProvider(models: [ProviderModel(id: .codestral2501, wireName: "codestral")])
        try await TestGateway.run(provider) { gateway async throws in
            let body = #"{"model":"auto","messages":[{"role":"user","content":"hi"}]}"#
            let fields = "X-Aurelis-Task: code-generation\r\nx-aurelis-fallback: false\r\nx-aurelis-timeout: 500ms\r\n"
            let answer = try await gateway.post(body, headers: fields)
            #expect(answer.status == 200)
            #expect(answer["x-aurelis-model"] == "codestral-2501")
        }
        #expect(provider.attempts.first?.timeout.map { $0 <= .milliseconds(500) } == true)
    }

    @Test("the route shows what failed before the answer")
    func route() async throws {
        let provider = TestProvider(models: [
            ProviderModel(id: .codestral2501, wireName: "c"), ProviderModel(id: .gpt4o, wireName: "g"),
        ]) { attempt throws(ModelError) in
            if attempt.model.id == .codestral2501 { throw ModelError(.rateLimit, "slow down") }
            return .whole(Samples.completion)
        }
        try await TestGateway.run(provider) { gateway async throws in
            let body = #"{"model":"auto/codeGeneration","messages":[{"role":"user","content":"hi"}]}"#
            let answer = try await gateway.post(body)
            #expect(answer["x-aurelis-route"] == "codestral-2501:rate_limit>gpt-4o:ok")
            #expect(answer["x-aurelis-attempts"] == "2")
            #expect(answer["x-aurelis-model"] == "gpt-4o")
        }
    }

    @Test("models are listed in each client's shape")
    func models() async throws {
        try await TestGateway.run { gateway async throws in
            let list =
                #"{"object":"list","data":[{"id":"gpt-4o-mini","object":"model","created":0,"owned_by":"scripted"},"#
                + #"{"id":"Qwen/Qwen3 Coder","object":"model","created":0,"owned_by":"scripted"}]}"#
            #expect(try await gateway.send(Samples.get("/v1/models")).body == list)
            let catalog =
                #"[{"id":"openai/gpt-4o-mini","name":"gpt-4o-mini","publisher":"openai","registry":"scripted"},"#
                + #"{"id":"Qwen/Qwen3 Coder","name":"Qwen/Qwen3 Coder","publisher":"Qwen","registry":"scripted"}]"#
            #expect(try await gateway.send(Samples.get("/catalog/models")).body == catalog)
            #expect(try await gateway.send(Samples.get("/models?api-version=1")).body == catalog)
            // Not `/info`: GitHub Models had none, and `azure-ai-inference` explains the 404 to its users.
            #expect(try await gateway.send(Samples.get("/info?api-version=1")).status == 404)
        }
    }

    @Test(
        "one model is found by name, alias, wire name and escaped name",
        arguments: [
            "gpt-4o-mini", "openai/gpt-4o-mini", "openai%2Fgpt-4o-mini", "GPT-4o-mini", "Qwen%2fQwen3%20Coder",
        ]
    )
    func model(name: String) async throws {
        try await TestGateway.run { gateway async throws in
            let answer = try await gateway.send(Samples.get("/v1/models/\(name)"))
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""object":"model""#))
        }
    }

    @Test("an unknown model is 404 with OpenAI's code")
    func unknownModel() async throws {
        try await TestGateway.run { gateway async throws in
            let answer = try await gateway.send(Samples.get("/v1/models/nobody%27s"))
            #expect(answer.status == 404)
            #expect(answer.body.contains(#""code":"model_not_found""#))
        }
    }

    @Test("health tells alive and ready apart")
    func health() async throws {
        try await TestGateway.run { gateway async throws in
            #expect(try await gateway.send(Samples.get("/health/live")).body == #"{"status":"ok"}"#)
            #expect(try await gateway.send(Samples.get("/health/ready")).status == 200)
        }
        try await TestGateway.run(ModelOrchestrator(providers: [])) { gateway async throws in
            #expect(try await gateway.send(Samples.get("/health/live")).status == 200)
            #expect(try await gateway.send(Samples.get("/health/ready")).status == 503)
        }
    }

    @Test("HEAD is GET without the body, and OPTIONS names the methods")
    func otherMethods() async throws {
        try await TestGateway.run { gateway async throws in
            let client = try await gateway.connect()
            try await client.send("HEAD /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n" + Samples.get("/health/live"))
            let head = try await client.readAnswer(toHead: true)
            #expect(head.status == 200)
            #expect(head["content-length"].flatMap(Int.init) ?? 0 > 100)
            #expect(try await client.readAnswer().body == #"{"status":"ok"}"#)
            try await client.send("OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let options = try await client.readAnswer()
            #expect(options.status == 204)
            #expect(options["allow"] == "POST, OPTIONS")
            #expect(options["content-length"] == nil)
        }
    }
}
