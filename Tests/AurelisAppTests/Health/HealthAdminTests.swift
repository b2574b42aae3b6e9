import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTransport
import Foundation
import Testing

@Suite("Health at the control plane")
struct HealthAdminTests {
    private static let broken = #""openai/gpt-4o":[{"kind":"status","status":503,"times":"always"}]"#

    private static func get(_ path: String, _ app: RunningApp) async throws -> (status: Int, document: JSONDocument) {
        let answer = try await app.send("GET", path, to: app.addresses.admin)
        return (answer.status, try JSONDocument(Array(answer.body.utf8)))
    }

    /// Looks until everything is said to be so. The gateway looks by itself too, and evidence that got worse in between
    /// takes another look.
    private static func look(_ app: RunningApp, until status: String) async throws -> (
        status: Int, document: JSONDocument
    ) {
        var health = try await get("/health?verbose", app)
        for _ in 0..<8 where health.document["status"]?.string != status {
            await app.lookAtHealth()
            health = try await get("/health?verbose", app)
        }
        return health
    }

    @Test("an outage is seen without a request, and told once")
    func outage() async throws {
        try await FaultyProvider.run(Self.broken) { provider async throws in
            let app = provider.app
            await app.lookAtHealth()
            var health = try await Self.get("/health", app)
            #expect(health.status == 200 && health.document["status"]?.string == "healthy")
            #expect(try await provider.ask("gpt-4o-mini").status == 200)
            for _ in 0..<2 { #expect(try await provider.ask("gpt-4o").status == 503) }
            let asked = provider.seen.count
            for _ in 0..<3 { await app.lookAtHealth() }
            health = try await Self.get("/health?verbose", app)
            #expect(health.status == 200 && health.document["status"]?.string == "degraded")
            let models = health.document["components"]?["models"]
            #expect(models?["status"]?.string == "degraded")
            let part = models?["parts"]?.elements.first { $0["name"]?.string == "gpt-4o@github-models" }
            #expect(part?["status"]?.string == "unhealthy" && part?["last_failure"]?.string != nil)
            #expect(part?["last_failure_reason"]?.string?.hasPrefix("upstream 503") == true)
            #expect(health.document["history"]?.elements.count { _ in true } == 1)
            // Nobody was asked to find out.
            #expect(provider.seen.count == asked)
        }
    }

    @Test("all that is asked for is down: unhealthy, and 503")
    func unhealthy() async throws {
        try await FaultyProvider.run(Self.broken) { provider async throws in
            for _ in 0..<2 { #expect(try await provider.ask("gpt-4o").status == 503) }
            let health = try await Self.look(provider.app, until: "unhealthy")
            #expect(health.status == 503 && health.document["status"]?.string == "unhealthy")
            #expect(try await Self.get("/health/live", provider.app).status == 200)
            #expect(try await Self.get("/health/ready", provider.app).status == 200)
        }
    }

    @Test("a refused credential is a matter of authentication")
    func credentials() async throws {
        let faults = #""openai/gpt-4o":[{"kind":"status","status":401,"times":"always"}]"#
        try await FaultyProvider.run(faults) { provider async throws in
            #expect(try await provider.ask("gpt-4o").status >= 400)
            for _ in 0..<2 { await provider.app.lookAtHealth() }
            let health = try await Self.get("/health", provider.app)
            #expect(health.document["components"]?["authentication"]?["status"]?.string == "unhealthy")
            #expect(health.document["components"]?["network"]?["status"]?.string == "healthy")
        }
    }

    @Test("the next process knows of the outage, and the directory keeps what has changed")
    func restart() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("health-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await FaultyProvider.run(Self.broken, dataDirectory: directory) { provider async throws in
            for _ in 0..<2 { #expect(try await provider.ask("gpt-4o").status == 503) }
            #expect(try await Self.look(provider.app, until: "unhealthy").status == 503)
        }
        try await FaultyProvider.run(dataDirectory: directory) { provider async throws in
            let health = try await Self.get("/health?verbose", provider.app)
            #expect(health.status == 503)
            #expect(health.document["history"]?[0]?["component"]?.string == "models")
            for _ in 0..<4 {
                #expect(try await provider.ask("gpt-4o").status == 200)
                await provider.app.lookAtHealth()
            }
            #expect(try await Self.get("/health", provider.app).document["status"]?.string == "healthy")
        }
    }

    @Test("a page of somebody else's learns no more than whether it works")
    func foreignPages() async throws {
        try await FaultyProvider.run { provider async throws in
            await provider.app.lookAtHealth()
            for fields in ["Host: evil.example", "Host: 127.0.0.1\r\nOrigin: https://evil.example"] {
                let text = "GET /health HTTP/1.1\r\n\(fields)\r\n\r\n"
                let answer = try await provider.app.exchange(text, with: provider.app.addresses.admin)
                #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains(#""status":"healthy""#))
                #expect(!answer.contains("components") && !answer.contains("version"))
                let history = "GET /health/history HTTP/1.1\r\n\(fields)\r\n\r\n"
                #expect(
                    try await provider.app.exchange(history, with: provider.app.addresses.admin).hasPrefix(
                        "HTTP/1.1 401 "
                    )
                )
            }
        }
    }

    @Test("where other machines reach it, details are for whoever has an admin key")
    func exposed() async throws {
        let key = Box<String>()
        try await KeyedApp.run(
            "admin: { host: 0.0.0.0 }",
            prepare: { key.value = try $0.create("ops", .admin) },
            { keyed async throws in
                let port = try #require(keyed.app.addresses.admin.split(separator: ":").last)
                let admin = "http://127.0.0.1:\(port)"
                let open = try await keyed.get("/health", to: admin)
                #expect(open.status == 200 && open.document?["status"] != nil && open.document?["components"] == nil)
                #expect(try await keyed.get("/health/history", to: admin).status == 401)
                let whole = try await keyed.get("/health", key.value, to: admin)
                #expect(whole.document?["components"]?["models"] != nil && whole.document?["version"] != nil)
                #expect(try await keyed.get("/health/history", key.value, to: admin).status == 200)
            }
        )
    }
}
