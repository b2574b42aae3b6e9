import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTransport
import Testing

@Suite("The control plane: kept answers")
struct CacheAdminTests {
    private static func question(_ text: String, task: String = "general") -> String {
        #"{"model":"gpt-4o","messages":[{"role":"user","content":"\#(text)"}]}"#
    }

    private func run(_ body: @escaping @Sendable (RunningApp) async throws -> Void) async throws {
        try await FaultyProvider.run(cache: "") { provider async throws in try await body(provider.app) }
    }

    private func get(_ path: String, from app: RunningApp) async throws -> JSONDocument {
        try JSONDocument(Array(try await app.send("GET", path, to: app.addresses.admin).body.utf8), limits: .response)
    }

    @Test("counted, listed, shown, invalidated")
    func life() async throws {
        try await run { app async throws in
            let tagged = [("x-aurelis-cache-tags", "a b,c"), ("x-aurelis-task", "codeReview")]
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question("one"), headers: tagged)
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question("two"))
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question("two"))
            let report = try await #require(CacheReport(reading: get("/admin/cache", from: app).root))
            #expect(report.layers.first { $0.layer == .memory }?.usage?.entries == 2)
            #expect(report.statistics.layers[.memory]?.hits == 1)
            #expect(report.statistics.layers[.memory]?.misses == 2)
            #expect(report.statistics.kept == 2)
            let entries = try await get("/admin/cache/entries?layer=memory&tag=a%20b&task=code-review", from: app)
            let facts = try #require(entries["entries"]?[0].flatMap(CacheFacts.init(reading:)))
            #expect(entries["entries"]?[1] == nil && facts.tags == ["a b", "c"])
            let shown = try await get("/admin/cache/entries/\(facts.key)", from: app)
            #expect(shown["answer"]?["choices"]?[0]?["message"]?["content"]?.string?.isEmpty == false)
            let dropped = try await app.send("POST", "/admin/cache/invalidate?tag=c", to: app.addresses.admin)
            #expect(dropped.status == 200)
            #expect(try await get("/admin/cache/entries?layer=memory&tag=c", from: app)["entries"]?[0] == nil)
            #expect(
                try await app.send("POST", "/admin/cache/invalidate?all=true", to: app.addresses.admin).status == 200
            )
            let again = try await app.send("POST", "/v1/chat/completions", body: Self.question("two"))
            #expect(again.headers["x-aurelis-cache"] == "miss")
        }
    }

    @Test("an event without a selection, however its query is spelled", arguments: ["?event=e", "?&event=e&"])
    func event(query: String) async throws {
        try await run { app async throws in
            let tagged = [("x-aurelis-cache-tags", "e")]
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question("one"), headers: tagged)
            let answer = try await app.send("POST", "/admin/cache/invalidate" + query, to: app.addresses.admin)
            #expect(answer.status == 200)
            let again = try await app.send("POST", "/v1/chat/completions", body: Self.question("one"))
            #expect(again.headers["x-aurelis-cache"] == "miss")
        }
    }

    @Test("a credential is no name of anything", arguments: ["tag", "event", "tenant", "model"])
    func credential(field: String) async throws {
        let token = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh"
        try await run { app async throws in
            let path = "/admin/cache/invalidate?\(field)=\(token)"
            let answer = try await app.send("POST", path, to: app.addresses.admin)
            #expect(answer.status == 400 && answer.body.contains("secret_detected") && !answer.body.contains(token))
        }
    }

    static let mistakes: [(String, String, Int, String)] = [
        ("POST", "/admin/cache/invalidate", 400, "say which answers"),
        ("POST", "/admin/cache/invalidate?tsk=x", 400, "tsk"),
        ("POST", "/admin/cache/invalidate?task=cooking", 400, "unknown task"),
        ("GET", "/admin/cache/entries?limit=0", 400, "1 to 10000"),
        ("GET", "/admin/cache/entries?layer=tape", 400, "memory, redis, database"),
        ("GET", "/admin/cache/entries/xyz", 400, "64 hexadecimal digits"),
        ("GET", "/admin/cache/entries/" + String(repeating: "0", count: 64), 404, "no layer"),
    ]

    @Test("what cannot be done says why, and nothing is dropped by a slip", arguments: mistakes)
    func refusals(method: String, path: String, status: Int, words: String) async throws {
        try await run { app async throws in
            let answer = try await app.send(method, path, to: app.addresses.admin)
            #expect(answer.status == status)
            #expect(answer.body.contains(words))
        }
    }
}
