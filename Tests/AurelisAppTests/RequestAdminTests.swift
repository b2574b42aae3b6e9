import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTransport
import Testing

@Suite("The control plane: requests that are asked for")
struct RequestAdminTests {
    private func ids(_ query: String, of app: RunningApp) async throws -> (ids: [String], next: String?) {
        let answer = try await app.send("GET", "/admin/requests?" + query, to: app.addresses.admin)
        #expect(answer.status == 200, "\(answer.body)")
        let document = try JSONDocument(Array(answer.body.utf8))
        return (
            document["requests"]?.elements.compactMap { $0["id"]?.string } ?? [],
            document["next_cursor"]?.string
        )
    }

    private func simulating(_ body: @escaping @Sendable (RunningApp) async throws -> Void) async throws {
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        overrides.tier = "enterprise"
        try await RunningApp.run(overrides, body)
    }

    private func ask(_ model: String, task: String = "general", of app: RunningApp) async throws -> String {
        let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#
        let answer = try await app.send("POST", "/v1/chat/completions", body: body, headers: [("x-aurelis-task", task)])
        return answer.headers["x-aurelis-request-id"] ?? "-"
    }

    @Test("they are found by model, task, outcome, provider, key and time")
    func filters() async throws {
        try await simulating { app async throws in
            let one = try await ask("gpt-4o", of: app)
            let two = try await ask("gpt-4o-mini", task: "codeReview", of: app)
            let lost = try await ask("no-such-model", of: app)
            #expect(try await ids("model=openai/gpt-4o", of: app).ids == [one])
            #expect(try await ids("task=code-review", of: app).ids == [two])
            #expect(try await ids("outcome=failed", of: app).ids == [lost])
            #expect(try await ids("outcome=model_unavailable", of: app).ids == [lost])
            #expect(try await Set(ids("outcome=answered&provider=simulator", of: app).ids) == [one, two])
            #expect(try await ids("key=", of: app).ids.count == 3)
            #expect(try await ids("key=ci", of: app).ids == [])
            #expect(try await ids("since=1h", of: app).ids.count == 3)
            #expect(try await ids("since=2026-01-01T00:00:00Z", of: app).ids.count == 3)
            #expect(try await ids("since=9000-01-01T00:00:00.5Z", of: app).ids == [])
        }
    }

    @Test("they come in parts, each request once, also those that are not on the disk yet")
    func parts() async throws {
        try await simulating { app async throws in
            var asked: Set<String> = []
            for _ in 0..<7 { asked.insert(try await ask("gpt-4o-mini", of: app)) }
            var found: [String] = []
            var query = "limit=2"
            while true {
                let part = try await ids(query, of: app)
                found += part.ids
                guard let next = part.next, found.count < 20 else { break }
                query = "limit=2&cursor=\(next)"
            }
            #expect(found.count == 7 && Set(found) == asked)
        }
    }

    static let wrongs: [(String, String)] = [
        ("limit=1&limit=2", "more than once"), ("outcome=lost", "answered, interrupted, failed"),
        ("task=dance", "codeReview"), ("since=yesterday", "15m"), ("since=-5m", "15m"), ("since=99999999999d", "15m"),
        ("cursor=req_1", "next_cursor"), ("model=", "1 to 256"), ("modle=x", "'modle' is no parameter"),
    ]

    @Test("what cannot be understood says why", arguments: Self.wrongs)
    func mistaken(query: String, words: String) async throws {
        try await simulating { app async throws in
            let answer = try await app.send("GET", "/admin/requests?" + query, to: app.addresses.admin)
            #expect(answer.status == 400 && answer.body.contains("invalid_query"))
            let message = try JSONDocument(Array(answer.body.utf8))["error"]?["message"]?.string
            #expect(message?.contains(words) == true, "\(answer.body)")
        }
    }

    @Test("what takes no parameter takes none by accident", arguments: ["circuits", "quota", "cache", "configuration"])
    func strict(path: String) async throws {
        try await simulating { app async throws in
            let path = "/admin/\(path)"
            #expect(try await app.send("GET", path, to: app.addresses.admin).status == 200)
            #expect(try await app.send("GET", path + "?model=x", to: app.addresses.admin).status == 400)
        }
    }

    @Test("whoever asks for the work that clients have left is told that there is none")
    func batches() async throws {
        try await simulating { app async throws in
            let answer = try await app.send("GET", "/admin/batches?limit=5", to: app.addresses.admin)
            #expect(answer.status == 200 && answer.body == #"{"open":0,"batches":[]}"#)
        }
    }
}
