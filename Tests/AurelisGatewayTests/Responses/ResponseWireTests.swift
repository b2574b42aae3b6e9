import Aurelis
import AurelisJSON
import Testing

@testable import AurelisGateway

/// Over a socket: that a response goes the way of every other call.
@Suite("Responses over the wire", .timeLimit(.minutes(1)))
struct ResponseWireTests {
    private static let body = #"{"model":"gpt-4o-mini","input":"hi"}"#
    private static let streamed = #"{"model":"gpt-4o-mini","input":"hi","stream":true}"#
    private static let events = [Samples.delta("a"), Samples.delta("b"), Samples.finish]

    private static func post(_ gateway: TestGateway, _ body: String, headers: String = "") async throws -> RawAnswer {
        try await gateway.post(body, to: "/v1/responses", headers: headers)
    }

    @Test("a whole answer is a response, found as any other")
    func whole() async throws {
        let provider = TestProvider()
        try await TestGateway.run(provider) { gateway in
            let answer = try await Self.post(gateway, Self.body)
            #expect(answer.status == 200 && answer["content-type"] == "application/json")
            #expect(answer["x-aurelis-route"] == "gpt-4o-mini:ok")
            let response = try JSONDocument(answer.body)
            #expect(response["output"]?[0]?["content"]?[0]?["text"]?.string == "hi")
            let suffix = answer["x-aurelis-request-id"]?.dropFirst("req_".count) ?? ""
            #expect(response["id"]?.string == "resp_\(suffix)")
        }
        #expect(
            provider.attempts.first?.body.description
                == #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
        )
    }

    @Test("a stream is told in events of responses, without [DONE]")
    func stream() async throws {
        let provider = TestProvider { _ throws(ModelError) in .stream(TestStream(Self.events)) }
        try await TestGateway.run(provider) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<2 {
                try await client.send(Samples.post("/v1/responses", Self.streamed))
                let answer = try await client.readAnswer()
                #expect(answer.status == 200 && answer["content-type"] == "text/event-stream")
                #expect(!answer.body.contains("[DONE]"))
                let reader = try ResponseReader(answer.body)
                #expect(reader.types.last == "response.completed" && reader.items[0].parts[0].text == "ab")
            }
        }
    }

    @Test("a stream that breaks tells so in its own events")
    func broken() async throws {
        let provider = TestProvider { _ throws(ModelError) in
            .stream(TestStream([Samples.delta("a")], failing: ModelError(.connection, "cut", code: "cut")))
        }
        var routing = OrchestratorConfiguration.withoutRetries
        routing.resumesStreams = false
        try await TestGateway.run(provider, routing: routing) { gateway in
            let reader = try ResponseReader(try await Self.post(gateway, Self.streamed).body)
            #expect(reader.types.suffix(2) == ["response.failed", "error"])
            #expect(reader.error?["error"]?["code"]?.string == "cut")
        }
    }

    @Test("what a response and a chat completion ask alike is kept once, and each gets it in its own form")
    func kept() async throws {
        let provider = TestProvider()
        let orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: .withoutRetries,
            cache: AnswerCache()
        )
        try await TestGateway.run(orchestrator) { gateway in
            #expect(try await Self.post(gateway, Self.body)["x-aurelis-cache"] == "miss")
            let first = try await Self.post(gateway, Self.body)
            let second = try await Self.post(gateway, Self.body)
            #expect(first["x-aurelis-cache"]?.hasPrefix("hit") == true)
            let responses = [try JSONDocument(first.body), try JSONDocument(second.body)]
            #expect(responses[0]["id"]?.string != responses[1]["id"]?.string)
            #expect(responses[0]["output"]?[0]?["content"]?[0]?["text"]?.string == "hi")
            let chat = try await gateway.post(Samples.chat)
            #expect(chat["x-aurelis-cache"]?.hasPrefix("hit") == true && chat.body == Samples.completionText)
            let stream = try await Self.post(gateway, Self.streamed)
            #expect(stream["x-aurelis-cache"]?.hasPrefix("hit") == true)
            #expect(try ResponseReader(stream.body).items[0].parts[0].text == "hi")
        }
        #expect(provider.attempts.count == 1)
    }

    @Test("a kept stream comes again with its usage, whether or not its provider told that in a chunk of its own")
    func keptUsage() async throws {
        let provider = TestProvider { _ throws(ModelError) in
            .stream(TestStream(Self.events + [ResponseStreamTests.usage]))
        }
        let orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: .withoutRetries,
            cache: AnswerCache()
        )
        try await TestGateway.run(orchestrator) { gateway in
            for _ in 0..<2 {
                let reader = try ResponseReader(try await Self.post(gateway, Self.streamed).body)
                #expect(reader.response?["usage"]?["total_tokens"]?.int == 11)
            }
        }
        #expect(provider.attempts.count == 1)
    }

    @Test("equal requests under way share one call, whatever form they have")
    func shared() async throws {
        let (asked, goOn) = (Signal(), Signal())
        let provider = TestProvider { _ throws(ModelError) in
            asked.fire()
            await goOn.wait()
            return .stream(TestStream(Self.events))
        }
        let orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: .withoutRetries,
            cache: AnswerCache()
        )
        try await TestGateway.run(orchestrator) { gateway in
            async let first = Self.post(gateway, Self.streamed)
            await asked.wait()
            async let second = Self.post(gateway, Self.streamed)
            goOn.fire()
            for answer in [try await first, try await second] {
                #expect(try ResponseReader(answer.body).items[0].parts[0].text == "ab")
            }
        }
        #expect(provider.attempts.count == 1)
    }

    @Test("the same bytes mean at each path what they mean there")
    func sameBytes() async throws {
        let body = #"{"model":"gpt-4o-mini","input":"x","messages":[{"role":"user","content":"hi"}]}"#
        let orchestrator = ModelOrchestrator(
            providers: [TestProvider()],
            configuration: .withoutRetries,
            cache: AnswerCache()
        )
        try await TestGateway.run(orchestrator) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<3 {
                for (path, status) in [("/v1/chat/completions", 200), ("/v1/responses", 400)] {
                    try await client.send(Samples.post(path, body))
                    #expect(try await client.readAnswer().status == status)
                }
            }
        }
    }

    static let refusals: [(String, String, String)] = [
        ("{", "", "invalid_json"), (#"{"model":"gpt-4o-mini"}"#, "", "invalid_request"),
        (#"{"input":"hi"}"#, "", "invalid_request"),
        (#"{"model":"gpt-4o-mini","input":"hi","background":true}"#, "", "unsupported_parameter"),
        (body, "x-aurelis-restart: true\r\n", "unsupported_parameter"),
        (#"{"model":"nobody","input":"hi"}"#, "", "unknown_model"),
    ]

    @Test("what is wrong is told in OpenAI's shape", arguments: refusals)
    func refused(body: String, headers: String, code: String) async throws {
        try await TestGateway.run { gateway in
            let answer = try await Self.post(gateway, body, headers: headers)
            #expect(answer.status == (code == "unknown_model" ? 404 : 400))
            let error = try JSONDocument(answer.body)["error"]
            #expect(code == "unknown_model" || error?["code"]?.string == code)
            #expect(error?["type"]?.string != nil && error?["param"] != nil)
        }
    }

    @Test("an error about the translated request names what the caller wrote")
    func located() async throws {
        var routing = OrchestratorConfiguration.withoutRetries
        routing.safety.limits.prompt = 10
        try await TestGateway.run(routing: routing) { gateway in
            let answer = try await Self.post(
                gateway,
                #"{"model":"gpt-4o-mini","instructions":"i","input":[{"role":"user","content":"far too long a text"}]}"#
            )
            let error = try JSONDocument(answer.body)["error"]
            #expect(answer.status == 400 && error?["param"]?.string == "input[0].content")
            #expect(error?["message"]?.string?.hasPrefix("'input[0].content' has 19 characters") == true)
        }
    }

    @Test("no response can be fetched: nothing is stored", arguments: ["GET", "DELETE", "POST"])
    func nothingStored(method: String) async throws {
        try await TestGateway.run { gateway in
            for path in ["/v1/responses/resp_1", "/v1/responses/resp_1/cancel", "/v1/responses/resp_1/input_items"] {
                let answer = try await gateway.send(
                    "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
                )
                #expect(answer.status == 404 && answer.body.contains("no response is stored here"))
            }
            #expect(try await gateway.send(Samples.get("/v1/responses")).status == 405)
        }
    }
}
