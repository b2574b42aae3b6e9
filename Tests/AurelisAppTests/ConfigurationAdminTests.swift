import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTransport
import Foundation
import Testing

@Suite("The control plane: configuration")
struct ConfigurationAdminTests {
    /// Whether an alias of the configuration is in effect.
    private func knows(_ alias: String, _ keyed: KeyedApp) async throws -> Bool {
        try await keyed.ask(nil, model: alias).status == 200
    }

    private func settings(_ keyed: KeyedApp) async throws -> JSONDocument {
        try #require(try await keyed.admin("/admin/configuration").document)
    }

    private func setting(_ path: String, of document: JSONDocument, in list: String = "settings") -> JSONValue? {
        document[list]?.elements.first { $0["path"]?.string == path }
    }

    private func words(_ name: String, of answer: KeyedApp.Answer) -> [String]? {
        answer.document?[name]?.elements.compactMap(\.string)
    }

    @Test("what is new is in effect, and what takes a restart is said, as long as it does")
    func reload() async throws {
        try await KeyedApp.run("routing: { strategy: preference }") { keyed async throws in
            #expect(try await !knows("mine", keyed))
            let same = try await keyed.post("/admin/configuration/reload")
            #expect(same.status == 200 && words("changed", of: same) == [] && words("needs_restart", of: same) == [])

            try keyed.configure(
                "routing: { strategy: cost, aliases: { mine: gpt-4o-mini } }\ngateway: { maximum_body: 1MB }"
            )
            let changed = try await keyed.post("/admin/configuration/reload")
            #expect(changed.document?["reloaded"]?.bool == true)
            #expect(words("changed", of: changed) == ["routing.aliases.mine", "routing.strategy"])
            #expect(words("needs_restart", of: changed) == ["gateway.maximum_body"])
            #expect(try await knows("mine", keyed))

            let shown = try await settings(keyed)
            #expect(setting("routing.strategy", of: shown)?["value"]?.string == "cost")
            #expect(setting("routing.strategy", of: shown)?["origin"]?.string?.contains("aurelis.yaml:1:") == true)
            // What is in effect is what the process began with.
            #expect(setting("gateway.maximum_body", of: shown)?["value"]?.string == "20MB")
            #expect(setting("gateway.maximum_body", of: shown, in: "pending")?["value"]?.string == "1MB")

            let again = try await keyed.post("/admin/configuration/reload")
            #expect(words("changed", of: again) == [] && words("needs_restart", of: again) == ["gateway.maximum_body"])
        }
    }

    @Test("a file that cannot be used changes nothing, and is told with file, line and setting")
    func refused() async throws {
        try await KeyedApp.run("routing: { strategy: cost, aliases: { mine: gpt-4o-mini } }") { keyed async throws in
            try keyed.configure("routing:\n  strategy: preference\ngateway:\n  prot: 1")
            let answer = try await keyed.post("/admin/configuration/reload")
            #expect(answer.status == 422 && answer.code == "invalid_configuration")
            #expect(answer.message.contains("aurelis.yaml:4:3: gateway.prot: unknown setting"))
            let details = answer.document?["error"]?["details"]
            #expect(details?["file"]?.string == keyed.configuration)
            #expect(details?["line"]?.int == 4 && details?["column"]?.int == 3)
            #expect(details?["path"]?.string == "gateway.prot")
            #expect(details?["suggestion"]?.string?.contains("port") == true)
            #expect(try await knows("mine", keyed))
            #expect(setting("routing.strategy", of: try await settings(keyed))?["value"]?.string == "cost")

            try FileManager.default.removeItem(atPath: keyed.configuration)
            #expect(try await keyed.post("/admin/configuration/reload").status == 422)
            #expect(try await knows("mine", keyed))
        }
    }

    @Test("secrets are masked, also where nobody expects one")
    func secrets() async throws {
        let token = "ghp_" + String(repeating: "a", count: 36)
        let yaml = """
            providers:
              - id: one
                preset: custom
                base_url: http://127.0.0.1:9/v1
                api_key: literal-secret-of-mine
                headers: { x-note: \(token) }
            """
        try await KeyedApp.run(yaml) { keyed async throws in
            let body = try await keyed.admin("/admin/configuration").body
            #expect(!body.contains("literal-secret-of-mine"))
            #expect(!body.contains(token))
            #expect(body.contains("providers[0].base_url"))
        }
    }

    @Test("steering takes an admin key once there is one; what is not understood is refused")
    func guarded() async throws {
        try await KeyedApp.run { keyed async throws in
            #expect(try await keyed.post("/admin/configuration/reload", body: #"{"file":"x"}"#).status == 400)
            #expect(try await keyed.post("/admin/configuration/reload?force=true").status == 400)
            #expect(try await keyed.admin("/admin/configuration?secrets=true").status == 400)
            let admin = try keyed.create("ops", .admin)
            #expect(try await keyed.post("/admin/configuration/reload").status == 401)
            #expect(try await keyed.admin("/admin/configuration").status == 401)
            #expect(try await keyed.post("/admin/configuration/reload", admin).status == 200)
            #expect(try await keyed.admin("/admin/configuration", admin).status == 200)
        }
    }
}
