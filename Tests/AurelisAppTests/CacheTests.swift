import Aurelis
import AurelisApp
import AurelisTransport
import Foundation
import Testing

@Suite("The app: cached answers")
struct CacheTests {
    private static func question(_ text: String = "hi", _ more: String = "") -> String {
        #"{"model":"gpt-4o","messages":[{"role":"user","content":"\#(text)"}]\#(more)}"#
    }

    private func run(
        _ yaml: String = "",
        environment: [String: String] = [:],
        _ body: @escaping @Sendable (RunningApp, FaultyProvider) async throws -> Void
    ) async throws {
        try await FaultyProvider.run(cache: yaml, environment: environment) { provider async throws in
            try await body(provider.app, provider)
        }
    }

    @Test("the second equal question is a hit, says so with its age, and reaches nobody")
    func hit() async throws {
        try await run { app, provider async throws in
            let first = try await app.send("POST", "/v1/chat/completions", body: Self.question())
            #expect(first.headers["x-aurelis-cache"] == "miss")
            #expect(first.headers["age"] == nil)
            let second = try await app.send("POST", "/v1/chat/completions", body: Self.question())
            #expect(second.status == 200)
            #expect(second.headers["x-aurelis-cache"] == "hit; layer=memory")
            #expect(second.headers["age"] == "0")
            #expect(second.headers["x-aurelis-attempts"] == "0")
            #expect(second.headers["x-aurelis-route"] == "cache")
            #expect(second.body == first.body)
            #expect(provider.seen.count == 1)
        }
    }

    @Test("a stream is kept as it passes, and replayed as a stream byte for byte and as a whole answer")
    func streams() async throws {
        try await run { app, provider async throws in
            let streamed = Self.question("hi", #","stream":true"#)
            let first = try await app.send("POST", "/v1/chat/completions", body: streamed)
            let second = try await app.send("POST", "/v1/chat/completions", body: streamed)
            #expect(second.headers["x-aurelis-cache"] == "hit; layer=memory")
            #expect(second.body == first.body)
            let whole = try await app.send("POST", "/v1/chat/completions", body: Self.question())
            #expect(whole.headers["x-aurelis-cache"] == "hit; layer=memory")
            #expect(whole.body.contains(#""object":"chat.completion""#))
            #expect(provider.seen.count == 1)
        }
    }

    @Test("a request says how it goes about the cache; a word that is none is refused with those that are")
    func header() async throws {
        try await run { app, provider async throws in
            let only = try await app.send(
                "POST",
                "/v1/chat/completions",
                body: Self.question(),
                headers: [("x-aurelis-cache", "only")]
            )
            #expect(only.status == 504)
            #expect(only.body.contains("not_cached"))
            #expect(provider.seen.count == 0)
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question())
            for (policy, expected) in [
                ("refresh", "off; reason=refresh"), ("off", "off"), ("only", "hit; layer=memory"),
            ] {
                let answer = try await app.send(
                    "POST",
                    "/v1/chat/completions",
                    body: Self.question(),
                    headers: [("x-aurelis-cache", policy)]
                )
                #expect(answer.headers["x-aurelis-cache"] == expected)
            }
            #expect(provider.seen.count == 3)
            let wrong = try await app.send(
                "POST",
                "/v1/chat/completions",
                body: Self.question(),
                headers: [("x-aurelis-cache", "maybe")]
            )
            #expect(wrong.status == 400)
            #expect(wrong.body.contains("use, refresh, only, off, always"))
        }
    }

    @Test("tags in a header are tags that can be invalidated")
    func tags() async throws {
        try await run { app, _ async throws in
            let tagged = [("x-aurelis-cache-tags", "release-2, style")]
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question(), headers: tagged)
            let facts = try await app.engine.cache.facts(of: CacheSelection(tag: "style"), in: .memory, limit: 9)
            #expect(facts.map(\.tags) == [["release-2", "style"]])
            let tooMany = [("x-aurelis-cache-tags", String(repeating: "a,", count: 17) + "a")]
            let refused = try await app.send("POST", "/v1/chat/completions", body: Self.question(), headers: tooMany)
            #expect(refused.status == 400)
        }
    }

    @Test("embeddings are kept too")
    func embeddings() async throws {
        try await run { app, provider async throws in
            let question = #"{"model":"text-embedding-3-small","input":["hi"]}"#
            let first = try await app.send("POST", "/v1/embeddings", body: question)
            let second = try await app.send("POST", "/v1/embeddings", body: question)
            #expect(second.headers["x-aurelis-cache"] == "hit; layer=memory")
            #expect(second.body == first.body)
            #expect(provider.seen.count == 1)
        }
    }

    @Test("rules from the file: off for a model, always for a task, no time at all for another")
    func rules() async throws {
        let yaml = """
            cache:
              models: { gpt-4o: { policy: off } }
              tasks: { codeReview: { policy: always }, testing: { ttl: 0s } }
            """
        try await run(yaml) { app, _ async throws in
            @Sendable func ask(_ model: String, task: String, _ more: String = "") async throws -> String? {
                let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"x"}]\#(more)}"#
                let headers = [("x-aurelis-task", task)]
                return try await app.send("POST", "/v1/chat/completions", body: body, headers: headers)
                    .headers["x-aurelis-cache"]
            }
            #expect(try await ask("gpt-4o", task: "general") == "off")
            #expect(try await ask("gpt-4o-mini", task: "testing") == "miss")
            #expect(try await ask("gpt-4o-mini", task: "testing") == "miss")
            #expect(try await ask("gpt-4o-mini", task: "codeReview", #","temperature":1"#) == "miss")
            #expect(try await ask("gpt-4o-mini", task: "codeReview", #","temperature":1"#) == "hit; layer=memory")
            #expect(try await ask("gpt-4o-mini", task: "general", #","temperature":1"#) == "off; reason=sampled")
        }
    }

    @Test("a client that goes away takes nothing from those who wait for the same answer")
    func sharedFlight() async throws {
        try await run { app, provider async throws in
            try await withThrowingTaskGroup(of: (String?, String).self) { group in
                for index in 0..<20 {
                    let body = Self.question("together", index % 2 == 0 ? "" : #","stream":true"#)
                    group.addTask {
                        let answer = try await app.send("POST", "/v1/chat/completions", body: body)
                        return (answer.headers["x-aurelis-cache"], answer.body)
                    }
                }
                for try await (status, body) in group {
                    #expect(status != nil && !body.isEmpty)
                }
            }
            #expect(provider.seen.count == 1)
        }
    }

    @Test("a cache that shall be encrypted and has no usable key does not start", arguments: ["", "c2hvcnQ="])
    func badKey(key: String) async throws {
        let failure = await #expect(throws: ConfigurationError.self) { () async throws in
            try await run("cache: { encrypt: true, key: { env: CACHE_KEY } }", environment: ["CACHE_KEY": key]) {
                _,
                _ in
            }
        }
        #expect(failure.map { "\($0)".contains("cache.key") } == true)
    }
}
