import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTransport
import Testing

/// What was decided about somebody's request is told to operators, and to nobody else.
@Suite("Keys: the history of others")
struct TenantTraceTests {
    @Test("a key sees nothing of a history, neither another's nor its own")
    func history() async throws {
        try await KeyedApp.run("gateway: { keys: required }") { keyed async throws in
            let (mine, other) = (try keyed.create("mine"), try keyed.create("other"))
            let operators = try keyed.create("ops", .admin)
            let id = try #require(try await keyed.ask(mine).headers["x-aurelis-request-id"])
            for path in [
                "/admin/requests", "/admin/requests/\(id)", "/v1/requests/\(id)", "/v1/chat/completions/\(id)",
            ] {
                for key in [mine, other] {
                    // The control plane knows no client's key, the gateway no such path.
                    #expect(try await keyed.admin(path, key).status == (path.hasPrefix("/admin") ? 401 : 404))
                    #expect(try await keyed.get(path, key).status == 404)
                }
            }
            #expect(try await keyed.admin("/admin/requests/\(id)", operators).body.contains("\"mine\""))
        }
    }

    @Test("nobody takes another's request over by sending its id")
    func borrowedID() async throws {
        try await KeyedApp.run { keyed async throws in
            let (mine, other) = (try keyed.create("mine"), try keyed.create("other"))
            let id = try #require(try await keyed.ask(mine, prompt: "a").headers["x-aurelis-request-id"])
            let fields = [("x-aurelis-request-id", id), ("x-request-id", id), ("traceparent", id)]
            let answer = try await keyed.ask(other, prompt: "b", headers: fields)
            #expect(answer.status == 200 && answer.headers["x-aurelis-request-id"] != id)
            #expect(try await keyed.admin("/admin/requests/\(id)").document?["tenant"]?.string == "mine")
        }
    }

    @Test("a tenant cannot be claimed in a request: equal bytes are looked for among the key's own answers")
    func claimed() async throws {
        try await KeyedApp.run("cache: { policy: always }") { keyed async throws in
            let (mine, other) = (try keyed.create("mine"), try keyed.create("other"))
            #expect(try await keyed.ask(mine, prompt: "same").cache == "miss")
            let claims = [("x-aurelis-tenant", "mine"), ("openai-organization", "mine"), ("x-tenant", "mine")]
            #expect(try await keyed.ask(other, prompt: "same", headers: claims).cache == "miss")
            let refused = try await keyed.ask(other, prompt: "same", headers: claims + [("x-aurelis-cache", "only")])
            #expect(refused.cache.hasPrefix("hit"), "its own answer")
            #expect(
                try await keyed.ask(nil, prompt: "same", headers: claims + [("x-aurelis-cache", "only")]).status != 200
            )
        }
    }
}
