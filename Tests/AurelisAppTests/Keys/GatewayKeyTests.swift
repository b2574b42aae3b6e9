import Aurelis
import AurelisApp
import AurelisJSON
import AurelisStorage
import AurelisTesting
import AurelisTransport
import Foundation
import Testing

@Suite("Keys at the gateway")
struct GatewayKeyTests {
    @Test("where keys are optional, nobody needs one, and one that is sent must be good")
    func optional() async throws {
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("ci")
            for other in [nil, "unused", "sk-proj-1234"] { #expect(try await keyed.ask(other).status == 200) }
            #expect(try await keyed.ask(key).status == 200)
            let typo = try await keyed.ask(String(key.dropLast()) + (key.hasSuffix("x") ? "y" : "x"))
            #expect(typo.status == 401 && typo.code == "invalid_api_key" && typo.message.contains("mistyped"))
            #expect(typo.headers["www-authenticate"]?.hasPrefix("Bearer realm=") == true)
            #expect(typo.document?["error"]?["type"]?.string == "authentication_error")
            #expect(try await keyed.get("/v1/models", "aurelis_x").status == 401)
        }
    }

    @Test("where keys are required, whoever has none is told how to get one; who watches over the process needs none")
    func required() async throws {
        try await KeyedApp.run("gateway: { keys: required }") { keyed async throws in
            let invalid = #"Bearer realm="aurelis", error="invalid_token""#
            for (other, code, challenge) in [
                (nil, "missing_api_key", #"Bearer realm="aurelis""#), ("unused", "invalid_api_key", invalid),
            ] {
                let refused = try await keyed.ask(other)
                #expect(refused.status == 401 && refused.code == code)
                #expect(refused.message.contains("aurelis keys create"))
                #expect(refused.headers["www-authenticate"] == challenge)
            }
            for path in ["/v1/models", "/v1/models/gpt-4o", "/catalog/models", "/nothing/here"] {
                #expect(try await keyed.get(path).status == 401)
            }
            for path in ["/health/live", "/health/ready"] { #expect(try await keyed.get(path).status == 200) }
            #expect(try await keyed.app.send("OPTIONS", "/v1/models").status == 204)
            #expect(try await keyed.ask(keyed.create("ci")).status == 200)
        }
    }

    @Test("where keys are required, whoever has a good one may be behind a proxy of any name; nobody else")
    func proxied() async throws {
        let ask = { @Sendable (keyed: KeyedApp, path: String, key: String?) async throws -> String in
            let field = key.map { "authorization: Bearer \($0)\r\n" } ?? ""
            let fields = "host: ai.example.com\r\norigin: https://chat.example.com\r\n\(field)connection: close\r\n"
            let request = "GET \(path) HTTP/1.1\r\n\(fields)\r\n"
            return try await keyed.app.exchange(request, with: keyed.app.addresses.gateway)
        }
        try await KeyedApp.run("gateway: { keys: required }") { keyed async throws in
            let key = try keyed.create("ci")
            #expect(try await ask(keyed, "/v1/models", key).hasPrefix("HTTP/1.1 200 "))
            #expect(try await ask(keyed, "/v1/models", key + "x").hasPrefix("HTTP/1.1 401 "))
            #expect(try await ask(keyed, "/v1/models", nil).hasPrefix("HTTP/1.1 401 "))
            let watching = try await ask(keyed, "/health/ready", nil)
            #expect(watching.hasPrefix("HTTP/1.1 403 ") && watching.contains("foreign_host"))
        }
        // Where nobody needs a key, one that is sent proves nothing of who made the browser send it.
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("ci")
            for key in [key, nil] { #expect(try await ask(keyed, "/v1/models", key).hasPrefix("HTTP/1.1 403 ")) }
        }
    }

    @Test(
        "a key is taken from whichever field a client sends it in",
        arguments: ["authorization", "api-key", "x-api-key", "X-API-Key"]
    )
    func fields(field: String) async throws {
        try await KeyedApp.run("gateway: { keys: required }") { keyed async throws in
            let key = try keyed.create("ci")
            #expect(try await keyed.ask(key, field: field).status == 200)
            // Beside something of somebody else's too.
            let beside = [(field == "authorization" ? "x-api-key" : "authorization", "Bearer unused")]
            #expect(try await keyed.ask(key, field: field, headers: beside).status == 200)
            let schemes = ["bearer \(key)", "BEARER  \(key)"]
            for text in schemes {
                #expect(try await keyed.ask(nil, headers: [("authorization", text)]).status == 200)
            }
            #expect(try await keyed.ask(nil, headers: [("authorization", "Basic \(key)")]).status == 401)
        }
    }

    @Test("a key's requests are its own: in the history, in the use, and in what is kept")
    func tenant() async throws {
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("Build Server")
            let answer = try await keyed.ask(key)
            let id = try #require(answer.headers["x-aurelis-request-id"])
            let record = try await keyed.admin("/admin/requests/\(id)")
            #expect(record.document?["tenant"]?.string == "build-server")
            let entries = try await keyed.admin("/admin/cache/entries?tenant=build-server&layer=memory")
            #expect(entries.document?["entries"]?[0]?["tenant"]?.string == "build-server")
        }
    }

    @Test("equal bytes of two keys, on one connection, are two questions; each key's own repetition is one")
    func isolation() async throws {
        try await KeyedApp.run { keyed async throws in
            let keys: [String?] = [try keyed.create("a"), try keyed.create("b"), nil]
            // Again and again, so that the memory of equal bytes knows all of them.
            for round in 0..<4 {
                for key in keys {
                    let answer = try await keyed.ask(
                        key,
                        prompt: "the same",
                        headers: [("x-aurelis-fallback", "false")]
                    )
                    #expect(answer.status == 200)
                    #expect(answer.cache.hasPrefix(round == 0 ? "miss" : "hit; layer=memory"))
                }
            }
            // A rotated key is still whose it was; one that replaces a revoked one is not.
            let rotated = try keyed.file.update { book in
                var random = SystemRandomNumberGenerator()
                return try book.rotate("a", at: WallClock.system.millisecondsSinceEpoch, using: &random).text
            }
            try keyed.revoke("b")
            #expect(try await keyed.ask(keys[0], prompt: "the same").status == 401)
            #expect(try await keyed.ask(keys[1], prompt: "the same").status == 401)
            #expect(try await keyed.ask(rotated, prompt: "the same").cache.hasPrefix("hit"))
            #expect(try await keyed.ask(keyed.create("b"), prompt: "the same").cache == "miss")
        }
    }

    @Test("a key that is revoked or expires is refused from then on, with the reason")
    func ends() async throws {
        let time = ManualTimeSource()
        try await KeyedApp.run(time: time) { keyed async throws in
            let revoked = try keyed.create("revoked")
            let expiring = try keyed.create("expiring") { $0.lifetime = .seconds(60) }
            #expect(try await keyed.get("/v1/models", revoked).status == 200)
            #expect(try await keyed.get("/v1/models", expiring).status == 200)
            try keyed.revoke("revoked")
            // Its time of day begins with the app, the key's with its making.
            time.advance(by: .seconds(86_400))
            #expect(try await keyed.get("/v1/models", revoked).code == "revoked_api_key")
            #expect(try await keyed.get("/v1/models", expiring).code == "expired_api_key")
        }
    }

    @Test("while the keys cannot be read, nobody is told that theirs is wrong")
    func trouble() async throws {
        try await KeyedApp.run("gateway: { keys: required }") { keyed async throws in
            let known = try keyed.create("ci")
            let unknown = try keyed.file.create("new")
            try Data("{".utf8).write(to: URL(fileURLWithPath: keyed.file.path))
            keyed.app.refreshKeys()
            #expect(try await keyed.ask(known).status == 200)
            let refused = try await keyed.ask(unknown)
            #expect(refused.status == 503 && refused.code == "keys_unavailable")
            #expect(refused.headers["retry-after"] == "1")
            #expect(try await keyed.get("/health/ready").status == 200)
        }
    }

    @Test("a key for some models is told of those, and asks no other")
    func models() async throws {
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("ci") { $0.scope.models = [ModelPattern("gpt-4o*")].compactMap(\.self) }
            let list = try await keyed.get("/v1/models", key)
            let ids = list.document?["data"]?.elements.compactMap { $0["id"]?.string } ?? []
            #expect(Set(ids) == ["gpt-4o", "gpt-4o-mini"])
            #expect(try await keyed.get("/v1/models").body.contains("codestral"))
            #expect(try await keyed.get("/v1/models/gpt-4o", key).status == 200)
            let hidden = try await keyed.get("/v1/models/codestral-2501", key)
            #expect(hidden.status == 404 && hidden.message.contains("to this key"))
            #expect(try await keyed.get("/catalog/models", key).body.contains("codestral") == false)
            let refused = try await keyed.ask(key, model: "codestral-2501", headers: [("x-aurelis-fallback", "true")])
            #expect(refused.status == 403 && refused.code == "model_not_allowed")
            #expect(refused.message == "the key ci may not ask codestral-2501; it may ask gpt-4o*")
            let id = try #require(refused.headers["x-aurelis-request-id"])
            #expect(try await keyed.admin("/admin/requests/\(id)").body.contains("the key is not for it"))
            // A task whose first model is another one is answered by one that is the key's.
            let routed = try await keyed.ask(key, model: "auto/codeGeneration")
            #expect(routed.status == 200 && routed.headers["x-aurelis-model"] == "gpt-4o")
        }
    }

    @Test("a key for some parts of the gateway uses no other, whatever is in the body")
    func endpoints() async throws {
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("ci") { $0.scope.endpoints = [.embeddings] }
            let refused = try await keyed.ask(key)
            #expect(refused.status == 403 && refused.code == "endpoint_not_allowed")
            #expect(refused.message == "the key ci is not for chat; it is for embeddings")
            #expect(try await keyed.get("/v1/models", key).status == 403)
            let body = #"{"model":"text-embedding-3-small","input":"x"}"#
            let fields = [("authorization", "Bearer \(key)")]
            #expect(try await keyed.app.send("POST", "/v1/embeddings", body: body, headers: fields).status == 200)
            for path in ["/v1/chat/completions", "/v1/responses"] {
                #expect(try await keyed.app.send("POST", path, body: "{", headers: fields).status == 403)
            }
            let chat = try keyed.create("chat") { $0.scope.endpoints = [.chat] }
            let answer = try await keyed.app.send(
                "POST",
                "/v1/responses",
                body: #"{"model":"gpt-4o-mini","input":"x"}"#,
                headers: [("authorization", "Bearer \(chat)")]
            )
            #expect(answer.status == 200)
        }
    }

    @Test("a key's own limit is told as such, and shown with the quotas")
    func limits() async throws {
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("ci") { $0.limits.requestsPerDay = 1 }
            #expect(
                try await keyed.ask(key, prompt: "1").headers["x-aurelis-quota-remaining"]?.contains("day=0") == true
            )
            let refused = try await keyed.ask(key, prompt: "2", headers: [("x-aurelis-fallback", "true")])
            #expect(refused.status == 429 && refused.code == "key_limit_reached")
            #expect(refused.message.contains("the 1 requests of the day of the key ci are used"))
            #expect(refused.headers["x-should-retry"] == "false")
            #expect(try #require(refused.headers["retry-after"].flatMap { Int($0) }) <= 86_400)
            // What is kept costs nothing of it.
            #expect(try await keyed.ask(key, prompt: "1").cache.hasPrefix("hit"))
            let report = try await keyed.admin("/admin/quota")
            let row = report.document?["keys"]?[0]
            #expect(row?["key"]?.string == "ci" && row?["limits"]?[0]?["used"]?.int == 1)
            #expect(try await keyed.ask(keyed.create("ann"), prompt: "2").status == 200)
        }
    }

    @Test("the body of a request that is refused is not kept in memory, and the connection goes on")
    func bodies() async throws {
        try await KeyedApp.run("gateway: { keys: required }") { keyed async throws in
            let large = String(repeating: "x", count: 300_000)
            for _ in 0..<3 { #expect(try await keyed.ask(nil, prompt: large).status == 401) }
            #expect(try await keyed.ask(keyed.create("ci")).status == 200)
        }
    }
    @Test("a batch needs the part of the gateway that its lines use")
    func batches() async throws {
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("files") { $0.scope.endpoints = [.files, .batches] }
            let order = #"{"input_file_id":"file-x","endpoint":"/v1/chat/completions","completion_window":"24h"}"#
            let refused = try await keyed.app.send(
                "POST",
                "/v1/batches",
                body: order,
                headers: [("authorization", "Bearer \(key)")]
            )
            #expect(refused.status == 403 && refused.body.contains("endpoint_not_allowed"))
        }
    }
}
