import Aurelis
import AurelisApp
import AurelisJSON
import AurelisProviders
import Foundation
import Testing

@Suite("The audit log of the app")
struct AuditTests {
    /// Runs the app, and returns what its log holds afterwards.
    private func log(
        _ audit: String = "audit: { enabled: true }",
        _ body: @escaping @Sendable (FaultyProvider) async throws -> Void
    ) async throws -> [JSONDocument] {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("audit-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try await FaultyProvider.run(configuration: audit, dataDirectory: directory.path, body)
        let file = directory.appendingPathComponent("audit/audit-00000001.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return try text.split(separator: "\n").map { try JSONDocument(String($0)) }
    }

    private func events(_ log: [JSONDocument]) -> [String] { log.compactMap { $0["event"]?.string } }

    @Test("requests, whole and streamed, are in it by default, without a word of what was said")
    func requests() async throws {
        let log = try await log("") { provider async throws in
            #expect(try await provider.ask("gpt-4o", prompt: "private").status == 200)
            #expect(try await provider.stream("gpt-4o", prompt: "private").isDone)
            #expect(try await provider.ask("no-such-model").status == 404)
        }
        #expect(events(log).prefix(2) == ["audit_head", "config_event"])
        let answers = log.filter { $0["event"]?.string == "model_response" }
        #expect(answers.map { $0["outcome"]?.string } == ["answered", "answered", "failed"])
        #expect(answers.last?["error_category"]?.string == "model_unavailable")
        #expect(!log.contains { $0.description.contains("private") || $0["content"] != nil })
    }

    @Test("what was said is in it where that is wanted, of streams too")
    func content() async throws {
        let log = try await log("audit: { content: true, compliance_level: high }") { provider async throws in
            let token = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh"
            let whole = try await provider.ask("gpt-4o", prompt: "first question \(token)")
            let stream = try await provider.stream("gpt-4o", prompt: "second question")
            #expect(whole.status == 200 && !stream.text.isEmpty)
        }
        let asked = log.filter { $0["event"]?.string == "model_request" }.map { $0["content"]?[0]?["text"]?.string }
        #expect(asked == ["first question [redacted:github_token]", "second question"])
        let answers = log.filter { $0["event"]?.string == "model_response" }
        #expect(answers.count == 2 && answers.allSatisfy { $0["content"]?.string?.isEmpty == false })
        #expect(log.dropFirst().allSatisfy { $0["compliance_level"]?.string == "high" })
    }

    @Test("there is none where none is wanted")
    func disabled() async throws {
        let log = try await log("audit: { enabled: false }") { provider async throws in
            #expect(try await provider.ask("gpt-4o").status == 200)
        }
        #expect(log.isEmpty)
    }

    @Test(
        "what cannot be recorded is refused, or answered, as the configuration says",
        arguments: ["block", "continue"]
    )
    func unwritable(policy: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("audit-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data().write(to: directory.appendingPathComponent("audit"))
        let audit = "audit: { on_failure: \(policy) }"
        try await FaultyProvider.run(
            configuration: audit,
            cache: "cache: { policy: always }",
            dataDirectory: directory.path
        ) { provider async throws in
            for _ in 0..<2 {
                let answer = try await provider.ask("gpt-4o")
                #expect(answer.status == (policy == "block" ? 503 : 200))
                if policy == "block" { #expect(answer.errorMessage?.contains("audit log") == true) }
            }
            let app = provider.app
            for address in [app.addresses.gateway, app.addresses.admin] {
                let ready = try await app.send("GET", "/health/ready", to: address)
                #expect(ready.status == (policy == "block" ? 503 : 200), "\(ready.body)")
                #expect(ready.body.contains("the audit log cannot be written") == (policy == "block"))
                #expect(try await app.send("GET", "/health/live", to: address).status == 200)
            }
            #expect(provider.seen.count == (policy == "block" ? 0 : 1))
        }
    }

    @Test("a reload is in it with the paths of what changed, and the parts of the app have a say")
    func reload() async throws {
        let log = try await log { provider async throws in
            let engine = provider.app.engine
            engine.trail.authentication(.init(time: engine.trail.now, place: "gateway", reason: "unknown_key"))
            engine.trail.security(.init(time: engine.trail.now, action: "redacted", rule: "github_token"))
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent("c-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let file = directory.appendingPathComponent("aurelis.yaml").path
            let yaml = """
                providers: [{ id: openai, base_url: "http://127.0.0.1:1", api_key: "sk-secret" }]
                retry: { rate_limit: { retries: 2 } }
                """
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: file))
            var overrides = ConfigurationOverrides()
            overrides.configFile = file
            let next = try ConfigurationLoader.load(
                overrides,
                environment: [:],
                workingDirectory: directory.path,
                homeDirectory: directory.path
            ).configuration
            try engine.reload(next)
        }
        #expect(events(log) == ["audit_head", "config_event", "auth_event", "security_event", "config_event"])
        let changed = log[4]["settings"]?.elements.compactMap(\.string) ?? []
        #expect(log[4]["action"]?.string == "reload" && changed.contains("retry.rate_limit.retries"))
        #expect(changed.contains("providers[0].id"))
        #expect(!log[4].description.contains("secret") && !log[4].description.contains("127.0.0.1"))
    }
}

@Suite("Configuration: the audit log")
struct AuditConfigurationTests {
    private func audit(_ yaml: String) throws -> Configuration.Audit {
        try withTemporaryDirectory { directory in
            try directory.write("simulate: true\n" + yaml, to: "aurelis.yaml")
            return try ConfigurationLoader.load(
                ConfigurationOverrides(),
                environment: [:],
                workingDirectory: directory.path,
                homeDirectory: directory.path
            ).configuration.audit
        }
    }

    @Test("without a word it is on, without content, and holds nobody up")
    func defaults() throws {
        let audit = try audit("")
        #expect(audit == Configuration.Audit())
        #expect(audit.isEnabled && !audit.settings.withContent && audit.settings.onFailure == .continues)
        #expect(audit.settings.sync == .interval && audit.settings.syncInterval == .seconds(1))
    }

    @Test("every setting is read")
    func everything() throws {
        let audit = try audit(
            """
            audit:
              enabled: false
              compliance_level: high
              content: true
              sync: always
              sync_interval: 5s
              on_failure: block
              queue: 100
              key: { env: AUDIT_KEY }
              rotation: { size: 1MB, daily: false }
              retention: { days: 7, size: 2MB }
              anchors: { file: /a, command: "b", entries: 5, interval: 1m, timeout: 2s }
            """
        )
        var expected = AuditSettings()
        (expected.withContent, expected.sync, expected.syncInterval) = (true, .always, .seconds(5))
        (expected.onFailure, expected.queue) = (.block, 100)
        (expected.fileSize, expected.isDaily) = (1 << 20, false)
        (expected.retentionDays, expected.retentionBytes) = (7, 2 << 20)
        (expected.anchors.file, expected.anchors.command, expected.anchors.entries) = ("/a", "b", 5)
        (expected.anchors.interval, expected.anchors.timeout) = (.seconds(60), .seconds(2))
        #expect(audit.settings == expected)
        #expect(!audit.isEnabled && audit.complianceLevel == "high" && audit.key == .environment("AUDIT_KEY"))
    }

    @Test(
        "what is wrong is told with its path",
        arguments: [
            ("{ sync: sometimes }", "audit.sync"), ("{ queue: 1 }", "audit.queue"),
            ("{ rotation: { size: 1 } }", "audit.rotation.size"), ("{ on_failure: ignore }", "audit.on_failure"),
            ("{ anchor: {} }", "audit.anchor"),
        ]
    )
    func mistakes(yaml: String, path: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try audit("audit: \(yaml)") }
        #expect("\(error)".contains(path))
    }

    @Test("a key is found, made once, and refused when it is none")
    func keys() throws {
        try withTemporaryDirectory { directory in
            var configuration = Configuration()
            configuration.dataDirectory = directory.path
            #expect(throws: ConfigurationError.self) {
                try AuditKeys.ring(configuration, environment: [:], makes: false)
            }
            let first = try AuditKeys.ring(configuration, environment: [:], makes: true)
            #expect(try AuditKeys.ring(configuration, environment: [:], makes: true).current.id == first.current.id)
            let path = directory.path + "/audit.key"
            let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(rights as? Int == 0o600)
            let old = try String(contentsOfFile: path, encoding: .utf8)
            configuration.audit.key = .environment("KEY")
            let new = Data(repeating: 1, count: 32).base64EncodedString()
            let ring = try AuditKeys.ring(configuration, environment: ["KEY": "\(new),\(old)"], makes: false)
            #expect(ring[first.current.id] != nil && ring.current.id != first.current.id)
            for text in ["", "x", "AAAA", "\(new),", "\(new) \(old)"] {
                #expect(throws: ConfigurationError.self) {
                    try AuditKeys.ring(configuration, environment: ["KEY": text], makes: false)
                }
            }
        }
    }
}
