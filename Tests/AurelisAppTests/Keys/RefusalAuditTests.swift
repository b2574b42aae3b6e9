import Aurelis
import AurelisApp
import AurelisJSON
import AurelisStorage
import AurelisTesting
import Foundation
import Testing

@Suite("The audit log: whom the servers turn away")
struct RefusalAuditTests {
    /// The lines of some events that are in the log by now.
    private func lines(_ keyed: KeyedApp, _ event: String) throws -> [JSONDocument] {
        keyed.app.engine.trail.flush()
        let data = URL(fileURLWithPath: keyed.file.path).deletingLastPathComponent()
        let text = try String(contentsOf: data.appendingPathComponent("audit/audit-00000001.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDocument(String($0)) }
            .filter { $0["event"]?.string == event }
    }

    @Test("every reason for which a key opens nothing has its entry, with the key's name and never the key")
    func gateway() async throws {
        let old: (AccessKeyFile) throws -> Void = { file in
            var draft = AccessKeyDraft(name: "old", kind: .gateway)
            draft.lifetime = .seconds(1)
            try file.update { book in
                var random = SystemRandomNumberGenerator()
                let text = try book.create(draft, at: 0, using: &random).text
                try Data(text.utf8).write(to: URL(fileURLWithPath: file.path + ".old"))
            }
        }
        try await KeyedApp.run("gateway: { keys: required }", prepare: old) { keyed async throws in
            let good = try keyed.create("ci") { $0.scope = AccessScope(endpoints: [.models]) }
            let admin = try keyed.create("ops", .admin)
            let revoked = try keyed.create("gone")
            try keyed.revoke("gone")
            let expired = try String(contentsOfFile: keyed.file.path + ".old", encoding: .utf8)
            let unknown = try AccessKeyFile(directory: keyed.file.path + ".other").create("stranger")
            let tried: [(key: String?, reason: String, name: String?)] = [
                (nil, "missing_key", nil), ("unused", "foreign_key", nil), (good + "x", "malformed_key", nil),
                (unknown, "unknown_key", nil), (admin, "wrong_kind_of_key", nil), (expired, "expired_key", "old"),
                (revoked, "revoked_key", "gone"), (good, "endpoint_not_allowed", "ci"),
            ]
            for attempt in tried { #expect(try await [401, 403].contains(keyed.ask(attempt.key).status)) }
            #expect(try await keyed.get("/v1/models", good).status == 200)
            let lines = try lines(keyed, "auth_event")
            #expect(lines.map { $0["reason"]?.string } == tried.map(\.reason))
            #expect(lines.map { $0["key"]?.string } == tried.map(\.name))
            for line in lines {
                #expect(line["outcome"]?.string == "refused" && line["place"]?.string == "gateway")
                #expect(line["address"]?.string == "127.0.0.1")
                #expect(line["request_id"]?.string?.hasPrefix("req_") == true)
                for key in [good, admin, revoked, expired, unknown] {
                    #expect(!line.description.contains(key.suffix(40)))
                }
            }
        }
    }

    @Test("a request that its key is not for, or that is beyond its limits, has its entry beside those of the request")
    func scope() async throws {
        try await KeyedApp.run { keyed async throws in
            let only = try #require(ModelPattern("gpt-4o-mini"))
            let scoped = try keyed.create("scoped") { $0.scope = AccessScope(models: [only], tasks: [.codeReview]) }
            let limited = try keyed.create("limited") { $0.limits.requestsPerDay = 1 }
            let task = [("x-aurelis-task", "codeReview")]
            #expect(try await keyed.ask(scoped, model: "gpt-4o", headers: task).status == 403)
            #expect(try await keyed.ask(scoped).status == 403)
            #expect(try await keyed.ask(limited, prompt: "first").status == 200)
            #expect(try await keyed.ask(limited, prompt: "second").status == 429)
            let lines = try lines(keyed, "auth_event")
            #expect(
                lines.map { $0["reason"]?.string } == ["model_not_allowed", "task_not_allowed", "key_limit_reached"]
            )
            #expect(lines.map { $0["key"]?.string } == ["scoped", "scoped", "limited"])
            let requests = try self.lines(keyed, "model_request").compactMap { $0["request_id"]?.string }
            let told = Set(lines.compactMap { $0["request_id"]?.string })
            #expect(told.count == 3 && told.isSubset(of: requests))
        }
    }

    @Test("so has the control plane, and whatever a foreign page makes a browser send to either")
    func admin() async throws {
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("ops", .admin)
            #expect(try await keyed.admin("/admin/quota").status == 401)
            #expect(try await keyed.admin("/admin/quota", key + "x").status == 401)
            #expect(try await keyed.admin("/admin/quota", key).status == 200)
            let refused = try lines(keyed, "auth_event")
            #expect(refused.map { $0["reason"]?.string } == ["missing_key", "malformed_key"])
            #expect(refused.allSatisfy { $0["place"]?.string == "admin" })
            let origin = [("origin", "https://evil.example")]
            for (address, path) in [
                (keyed.app.addresses.gateway, "/v1/models"), (keyed.app.addresses.admin, "/admin/quota"),
            ] {
                #expect(try await keyed.app.send("GET", path, to: address, headers: origin).status == 403)
                let text = "GET \(path) HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n"
                #expect(try await keyed.app.exchange(text, with: address).contains("403"))
            }
            let blocked = try lines(keyed, "security_event")
            #expect(blocked.map { $0["place"]?.string } == ["gateway", "gateway", "admin", "admin"])
            let rules = ["foreign_origin", "foreign_host", "foreign_origin", "foreign_host"]
            #expect(blocked.map { $0["rule"]?.string } == rules)
            #expect(blocked.allSatisfy { $0["action"]?.string == "blocked" })
        }
    }

    @Test(
        "a prompt with a secret has its entry, whether it was told of, redacted or blocked",
        arguments: [
            ("warn", "warned", 200), ("redact", "redacted", 200), ("block", "blocked", 403),
        ]
    )
    func sanitizer(policy: String, action: String, status: Int) async throws {
        try await KeyedApp.run("safety: { secrets: \(policy) }") { keyed async throws in
            let token = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh"
            #expect(try await keyed.ask(nil, prompt: "use \(token)").status == status)
            let lines = try lines(keyed, "security_event")
            #expect(lines.count == 1)
            let line = try #require(lines.first)
            #expect(line["action"]?.string == action && line["rule"]?.string == "github_token")
            #expect(line["message"]?.string == "github_token in messages[0].content")
            #expect(line["request_id"]?.string?.hasPrefix("req_") == true && !line.description.contains(token))
        }
    }

    @Test("a flood of refusals is a few entries and a number, while what is answered is recorded in full")
    func flood() async throws {
        // Time stands still, unless somebody waits.
        try await KeyedApp.run(time: ManualTimeSource(autoAdvancing: true)) { keyed async throws in
            _ = try keyed.create("ops", .admin)
            for _ in 0..<60 { #expect(try await keyed.admin("/admin/quota", "aurelisadmin_x").status == 401) }
            for index in 0..<20 { #expect(try await keyed.ask(nil, prompt: "\(index)").status == 200) }
            keyed.app.engine.trail.close()
            let refused = try lines(keyed, "auth_event")
            let single = refused.filter { $0["left_out"] == nil }.count
            let counted = refused.compactMap { $0["left_out"]?.int }.reduce(0, +)
            #expect(single + counted == 60 && single < 60)
            #expect(try lines(keyed, "model_request").count == 20)
        }
    }
}
