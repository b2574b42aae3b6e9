import AurelisApp
import AurelisJSON
import AurelisProviders
import Logging
import Testing

@testable import AurelisCommand

@Suite("auth status")
struct CredentialStatusTests {
    private static let random = String(repeating: "A", count: 30)
    private static let token = "ghp_\(random)2LCPlr"

    private func status(
        _ preset: String,
        _ environment: [String: String],
        validities: [CredentialValidity] = []
    ) async throws -> CredentialStatus {
        var environment = environment
        environment["PATH"] = "/nonexistent"
        let desk = CredentialDesk(Configuration(), environment: environment, logger: Logger(label: "test"))
        let provider = try desk.provider(preset)
        return try CredentialStatus(provider, try await desk.survey(provider), validities: validities)
    }

    private func json(_ status: CredentialStatus) throws -> JSONDocument {
        var json = JSONWriter()
        json.beginObject()
        status.write(to: &json)
        json.endObject()
        return try JSONDocument(json.bytes)
    }

    @Test("each source is there in order, with what it has, and no more of a secret than may be shown")
    func report() async throws {
        let status = try await status("github-models", ["GITHUB_TOKEN": Self.token], validities: [.valid])
        let table = status.table().rendered(width: 200, style: Style(isEnabled: false))
        #expect(!table.contains(Self.random) && table.contains("ghp_…CPlr"))
        let document = try json(status)
        let sources = document["sources"]?.elements.map { $0["source"]?.string }
        #expect(
            sources == [
                "environment (GITHUB_TOKEN, GH_TOKEN)", "system keyring (secret-tool)", "gh auth token",
            ]
        )
        var elements = document["sources"]?.elements.makeIterator()
        let entry = elements?.next()
        let first = try #require(entry)
        #expect(first["used"]?.bool == true)
        #expect(first["kind"]?.string == "classic token")
        #expect(first["validity"]?.string == "valid")
        #expect(document["problem"] == nil)
    }

    @Test("a credential that is missing or refused is a problem; one that nobody could check is none")
    func problems() async throws {
        #expect(try await status("openai", [:]).problem == "no credential for openai")
        #expect(try await status("ollama", [:]).problem == nil)
        let environment = ["OPENAI_API_KEY": "sk-0123456789abcdefghijkl"]
        #expect(try await status("openai", environment).problem == nil)
        let refused = try await status("openai", environment, validities: [.invalid("no such key")])
        #expect(refused.problem == "openai refuses its credential: no such key")
        #expect(try await status("openai", environment, validities: [.unverifiable("no network")]).problem == nil)
    }

    @Test("a provider is found by its name in the configuration, then by its preset; a mistyped one is suggested")
    func providers() throws {
        var overrides = ConfigurationOverrides()
        overrides.provider = "openai"
        overrides.baseURL = "http://127.0.0.1:1/v1"
        let configuration = try Session.read(overrides, environment: ["HOME": "/nonexistent"]).configuration
        let work = configuration.providers[0]
        let desk = CredentialDesk(configuration, environment: [:], logger: Logger(label: "test"))
        #expect(try desk.provider(nil) == work)
        #expect(try desk.provider("openai").baseURL == work.baseURL)
        #expect(try desk.provider("groq").preset == "groq")
        let error = #expect(throws: ConfigurationError.self) { try desk.provider("opena") }
        #expect(error?.suggestion == "did you mean \"openai\"?")
        let none = CredentialDesk(Configuration(), environment: ["GROQ_API_KEY": "x"], logger: Logger(label: "test"))
        #expect(none.providers.map(\.id) == ["groq"])
    }
}
