import Aurelis
import AurelisSimulator
import AurelisTesting
import AurelisTransport
import Foundation
import Testing

@testable import AurelisApp

@Suite("The app: credentials in requests")
struct SafetyTests {
    private static let token = "gh" + "p_" + String(repeating: "0", count: 30) + "2C8GjS"

    private func decode(_ yaml: String) throws -> Configuration {
        var warnings: [String] = []
        return try Configuration(
            decoding: try ConfigurationTree.parsing(yaml, file: "a.yaml"),
            log: SettingsLog(),
            warnings: &warnings
        )
    }

    @Test("the settings are read; what contradicts or is unknown is refused with a way out")
    func settings() throws {
        let yaml = """
            safety:
              secrets: redact
              restore: true
              ignore: [jwt, secret_literal]
              limits: { prompt: 200000, system_prompt: 0, metadata: 1KB }
            """
        let safety = try decode(yaml).orchestrator.safety
        #expect(safety.secrets == .redact && safety.restoresSecrets)
        #expect(safety.ignored.map(\.rawValue).sorted() == ["jwt", "secret_literal"])
        #expect(safety.limits.prompt == 200_000 && safety.limits.systemPrompt == 0 && safety.limits.metadata == 1_024)
        #expect(try decode("").orchestrator.safety == SafetyConfiguration())
        let restore = #expect(throws: ConfigurationError.self) { try decode("safety: { restore: true }") }
        #expect(restore?.suggestion?.contains("redact") == true)
        let kind = #expect(throws: ConfigurationError.self) { try decode("safety: { ignore: [jwtt] }") }
        #expect(kind?.suggestion == "did you mean \"jwt\"?")
    }

    @Test("findings are told in a field, streamed or not, also when the answer comes from memory")
    func field() async throws {
        try await FaultyProvider.run(cache: "cache: { policy: use }") { provider in
            for _ in 0..<3 {
                let answer = try await provider.ask("gpt-4o", prompt: Self.token)
                #expect(answer.status == 200)
                #expect(answer.headers["x-aurelis-findings"] == "github_token@messages[0].content:passed")
            }
            let streamed = try await provider.stream("gpt-4o", prompt: Self.token)
            #expect(streamed.headers["x-aurelis-findings"] == "github_token@messages[0].content:passed")
            #expect(try await provider.ask("gpt-4o").headers["x-aurelis-findings"] == nil)
            // What was kept whole is streamed too.
            #expect(provider.seen.count == 2)
        }
    }

    @Test("a caller may be stricter, and is refused in OpenAI's shape")
    func stricter() async throws {
        try await FaultyProvider.run { provider in
            let answer = try await provider.ask("gpt-4o", prompt: Self.token, headers: [("x-aurelis-secrets", "block")])
            #expect(answer.status == 403)
            #expect(answer.errorCode == "secret_detected")
            #expect(answer.headers["x-aurelis-findings"] == "github_token@messages[0].content:blocked")
            #expect(!answer.body.contains(Self.token))
            #expect(provider.seen.isEmpty)
            let wrong = try await provider.ask("gpt-4o", headers: [("x-aurelis-secrets", "loud")])
            #expect(wrong.status == 400)
        }
        try await FaultyProvider.run(configuration: "safety: { secrets: block }") { provider in
            let answer = try await provider.ask("gpt-4o", prompt: Self.token, headers: [("x-aurelis-secrets", "off")])
            #expect(answer.status == 403)
        }
    }

    @Test("the provider sees placeholders; the caller gets the secret back where that is configured")
    func restored() async throws {
        try await FaultyProvider.run(configuration: "safety: { secrets: redact, restore: true }") { provider in
            let answer = try await provider.ask("gpt-4o", prompt: "Repeat: \(Self.token)")
            #expect(answer.status == 200)
            let bodies = provider.simulator.requestLog.compactMap(\.body).map { String(decoding: $0, as: UTF8.self) }
            #expect(bodies.allSatisfy { $0.contains("[redacted:github_token:1]") && !$0.contains(Self.token) })
            #expect(!answer.body.contains("[redacted:"))
        }
    }

    @Test("a prompt that is too long is refused, saying how to allow it")
    func limits() async throws {
        try await FaultyProvider.run(configuration: "safety: { limits: { prompt: 10 } }") { provider in
            let answer = try await provider.ask("gpt-4o", prompt: "more than ten")
            #expect(answer.status == 400)
            #expect(answer.errorCode == "prompt_too_long")
            #expect(answer.errorMessage?.contains("safety.limits.prompt") == true)
            #expect(provider.seen.isEmpty)
        }
    }
}
