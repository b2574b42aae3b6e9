import Aurelis
import AurelisJSON
import AurelisProviders
import AurelisTransport
import Testing

@Suite("Whole answers")
struct WholeAnswerTests {
    typealias Step = LoopbackServer.Step

    @Test("an answer arrives as it was sent")
    func answer() async throws {
        let body = "{\"choices\": [ {\"message\":{\"content\":\"hi\"}} ],\n \"x_unknown\":{\"a\":1.0}}"
        try await ProviderHarness.run(
            respond: { _, _ in [.response(200, body, type: "application/json; charset=utf-8")] }
        ) { harness in
            guard case .whole(let document) = try await harness.send() else {
                Issue.record("a stream came")
                return
            }
            #expect(document.description == body)
        }
    }

    @Test(
        "each way of not being an answer is told apart",
        arguments: [
            ([.response(200, "")], "empty_answer", .upstream),
            ([.response(200, " \n ")], "empty_answer", .upstream),
            ([.response(200, #"{"choices":["#)], "malformed_json", .upstream),
            ([.response(200, #"{"a":1}x"#)], "malformed_json", .upstream),
            ([.response(200, #"{"choices":[],"choices":[]}"#)], "malformed_json", .upstream),
            ([.response(400, #"{"error":{"message":"m"},"x":1,"x":2}"#)], nil, .invalidRequest),
            ([.response(200, "<html>hi</html>", type: "text/html")], "wrong_content_type", .upstream),
            ([.response(200, "data: {}\n\n", type: "text/event-stream")], "wrong_content_type", .upstream),
            ([.response(200, "{\"a\":\"\(String(repeating: "x", count: 5_000))\"}")], "answer_too_large", .upstream),
            ([.response(200, #"{"error":{"message":"slow","code":429}}"#)], "429", .rateLimit),
            ([.response(200, #"{"error":{"message":"odd"}}"#)], "stream_error", .upstream),
            ([.response(500, "boom", type: "text/plain")], nil, .upstream),
            (
                [
                    .response(
                        400,
                        #"{"error":{"code":"content_filter","message":"m"}}"#,
                        type: "application/problem+json"
                    )
                ],
                "content_filter", .contentFilter
            ),
            (
                [.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"), .close],
                "closed_mid_body", .connection
            ),
            ([.close], "closed_before_head", .connection), ([.send("no HTTP at all\r\n\r\n"), .close], nil, .upstream),
        ] as [([Step], String?, ModelError.Category)]
    )
    func outcomes(_ steps: [Step], _ code: String?, _ category: ModelError.Category) async throws {
        try await ProviderHarness.run(
            configure: { $0.maximumAnswerBytes = 4_096 },
            respond: { _, _ in steps }
        ) { harness in
            let error = try #require(await harness.failure())
            #expect(error.category == category)
            if let code { #expect(error.code == code) }
            #expect(error.provider == "test")
        }
    }

    @Test("a JSON answer without a content type is an answer")
    func unnamed() async throws {
        try await ProviderHarness.run(
            respond: { _, _ in [.response(200, #"{"choices":[]}"#, type: nil)] }
        ) { harness in
            _ = try await harness.send()
        }
    }

    @Test("the attempt's time is the limit of a whole answer, also when the server is silent from the start")
    func timeLimit() async throws {
        for steps: [Step] in [
            [.hold], [.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"), .hold],
        ] {
            try await ProviderHarness.run(respond: { _, _ in steps }) { harness in
                let error = try #require(await harness.failure(timeout: .milliseconds(80)))
                #expect(error.category == .timeout)
            }
        }
    }

    @Test("a slow whole answer is not cut off by the limit made for a stream's first byte")
    func slowAnswer() async throws {
        try await ProviderHarness.run(
            configure: { $0.timeouts.firstByte = .nanoseconds(1) },
            respond: { _, _ in [.response(200, #"{"choices":[]}"#)] }
        ) { harness in
            _ = try await harness.send()
        }
    }

    @Test("a silent server leaves the rest of the request's time to others")
    func silence() async throws {
        try await ProviderHarness.run(
            configure: {
                $0.timeouts.firstByte = .nanoseconds(1)
                $0.timeouts.betweenBytes = .milliseconds(60)
            },
            respond: { _, _ in [.hold] }
        ) { harness in
            let error = try #require(await harness.failure(timeout: .seconds(600)))
            #expect(error.category == .timeout)
        }
    }

    @Test("cancelling ends the attempt while the server is silent")
    func cancellation() async throws {
        let asked = AsyncStream<Void>.makeStream()
        try await ProviderHarness.run(
            respond: { _, _ in
                asked.continuation.yield()
                return [.hold]
            }
        ) { harness in
            let task = Task { await harness.failure(timeout: nil) }
            for await _ in asked.stream { break }
            task.cancel()
            #expect(await task.value?.category == .cancelled)
        }
    }

    @Test("why there is no credential is told to the operator, once, and to nobody who asks over HTTP")
    func missing() async throws {
        let log = NoticeLog()
        try await ProviderHarness.run(
            preset: "openai",
            configure: { $0.credential = .file("/nonexistent/key") },
            onNotice: log.note,
            respond: { _, _ in [] }
        ) { harness in
            for _ in 0..<2 {
                let error = try #require(await harness.failure())
                #expect(error.detail?.contains("file /nonexistent/key: failed") == true)
                let answer = String(decoding: OpenAIError.answer(to: error).body, as: UTF8.self)
                #expect(answer.contains("credential_missing") && !answer.contains("nonexistent"))
                #expect(!"\(error)".contains("nonexistent"))
            }
        }
        let notices = log.notices.filter { $0.kind == .credentialMissing }
        #expect(notices.count == 1 && notices[0].message.contains("file /nonexistent/key: failed"))
    }

    @Test("a refused credential is named with where it came from, hidden, and looked for anew")
    func refusal() async throws {
        let token = "token-for-this-test-only"
        let body = #"{"error":{"code":"unauthorized","message":"Bad credentials: \#(token)"}}"#
        try await ProviderHarness.run(
            preset: "github-models",
            environment: ["GITHUB_TOKEN": token],
            respond: { _, _ in [.response(401, body, headers: ["X-Request-Id: up-1", "X-Echo: \(token)"])] }
        ) { harness in
            let error = try #require(await harness.failure())
            #expect(error.category == .authentication)
            #expect(error.providerRequestID == "up-1")
            #expect(error.message == "the provider's explanation is withheld because it repeats the credential")
            #expect(error.detail?.contains("the environment variable GITHUB_TOKEN") == true)
            #expect(error.detail?.contains("does not begin like a GitHub token") == true)
            var everything = ""
            dump(error, to: &everything)
            everything += String(decoding: error.body ?? [], as: UTF8.self)
            #expect(!everything.contains(token))
        }
    }

    @Test("the announcement of an end is told once, and the answer is still an answer")
    func sunset() async throws {
        let log = NoticeLog()
        try await ProviderHarness.run(
            onNotice: log.note,
            respond: { _, _ in
                [.response(200, #"{"choices":[]}"#, headers: ["Sunset: Fri, 30 Jul 2027 00:00:00 GMT"])]
            }
        ) { harness in
            for _ in 0..<70 { _ = try await harness.send() }
        }
        #expect(log.notices.map(\.message) == ["it announces its end for Fri, 30 Jul 2027 00:00:00 GMT"])
    }
}
