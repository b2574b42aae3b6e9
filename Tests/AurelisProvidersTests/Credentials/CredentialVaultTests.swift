import Aurelis
import Synchronization
import Testing

@testable import AurelisProviders

@Suite("Stored credentials among the other sources")
struct CredentialVaultTests {
    private func settings(_ preset: String, baseURL: String? = nil) throws -> ProviderSettings {
        var settings = ProviderSettings(id: ProviderID(rawValue: preset), preset: try .named(preset))
        settings.baseURL = baseURL
        return settings
    }

    private func vault(_ directory: String, _ keyring: MemoryKeyring = MemoryKeyring()) -> CredentialVault {
        CredentialVault(directory: directory, environment: [:], keyring: keyring.keyring)
    }

    private func text(_ credentials: Credentials) async throws -> String? {
        try await credentials.current()?.secret.withText { $0 }
    }

    @Test("the order: argument, environment, reference, store, keyring, gh; a source that fails is named")
    func order() async throws {
        let folder = try TemporaryFolder()
        let keyring = MemoryKeyring()
        let vault = vault(folder.path, keyring)
        try folder.write("gh", "#!/bin/sh\necho gho_from_gh", mode: 0o700)
        let server = "https://models.github.ai"
        try vault.store?.put(Secret("from-store"), for: "github-models", at: server)
        _ = vault.keyring.write(Secret("from-keyring"), as: .init(account: "github-models", server: server), label: "")
        var settings = try settings("github-models")
        settings.credential = .environment("MINE")
        var environment = ["GITHUB_TOKEN": "from-environment", "MINE": "from-reference", "PATH": folder.path]

        func current(_ explicit: Secret? = nil) async throws -> String? {
            let credentials = Credentials(
                settings: settings,
                environment: environment,
                explicit: explicit.map { ($0, "--key") },
                vault: vault
            )
            return try await text(credentials)
        }
        #expect(try await current(Secret("from-flag")) == "from-flag")
        #expect(try await current() == "from-environment")
        environment["GITHUB_TOKEN"] = nil
        #expect(try await current() == "from-reference")
        environment["MINE"] = nil
        #expect(try await current() == "from-store")
        let survey = CredentialSurvey(of: settings, environment: environment, vault: vault)
        #expect(
            survey.entries.map(\.source) == [
                "environment (GITHUB_TOKEN, GH_TOKEN)", "environment (MINE)", "encrypted store", "test keyring",
                "gh auth token",
            ]
        )
        #expect(survey.used?.origin == "the encrypted store")
        try folder.write("credentials.store", "damaged")
        #expect(try await current() == "from-keyring")
        let credentials = Credentials(settings: settings, environment: environment, vault: vault)
        _ = try await credentials.current()
        #expect(credentials.report.description.contains("encrypted store: failed: it is damaged"))
        keyring.isBroken.withLock { $0 = true }
        #expect(try await current() == "gho_from_gh")
    }

    @Test("a credential that is replaced in the store is used for the next request, without a restart")
    func rotation() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        let settings = try settings("openai")
        let credentials = Credentials(settings: settings, environment: [:], vault: vault(folder.path), time: time)
        await #expect(throws: ModelError.self) { try await credentials.current() }
        // As another process does it.
        let store = try #require(vault(folder.path).store)
        try store.put(Secret("first"), for: "openai", at: "https://api.openai.com")
        time.advance(by: .seconds(5))
        #expect(try await text(credentials) == "first")
        let first = try await credentials.current()
        time.advance(by: .seconds(1))
        _ = try await credentials.current()
        while time.now >= credentials.nextLook ?? time.now { await Task.yield() }
        #expect(try await credentials.current() === first)
        try store.put(Secret("second"), for: "openai", at: "https://api.openai.com")
        time.advance(by: .seconds(1))
        while try await text(credentials) != "second" { await Task.yield() }
    }

    @Test("a store that appears comes before a source that was used until then")
    func appearing() async throws {
        let folder = try TemporaryFolder()
        let keyring = MemoryKeyring()
        let time = ManualTime()
        let vault = vault(folder.path, keyring)
        let item = KeyringItem(account: "openai", server: "https://api.openai.com")
        _ = vault.keyring.write(Secret("from-keyring"), as: item, label: "")
        let credentials = Credentials(settings: try settings("openai"), environment: [:], vault: vault, time: time)
        #expect(try await text(credentials) == "from-keyring")
        try vault.store?.put(Secret("from-store"), for: "openai", at: item.server)
        time.advance(by: .seconds(1))
        while try await text(credentials) != "from-store" { await Task.yield() }
    }

    @Test("what is stored for one server is not sent to another")
    func otherServer() async throws {
        let folder = try TemporaryFolder()
        let keyring = MemoryKeyring()
        let vault = vault(folder.path, keyring)
        try vault.store?.put(Secret("from-store"), for: "openai", at: "https://api.openai.com")
        let item = KeyringItem(account: "openai", server: "https://api.openai.com")
        _ = vault.keyring.write(Secret("from-keyring"), as: item, label: "")
        let elsewhere = try settings("openai", baseURL: "http://127.0.0.1:1/v1")
        let credentials = Credentials(settings: elsewhere, environment: [:], vault: vault)
        let error = await #expect(throws: ModelError.self) { try await credentials.current() }
        #expect(error?.detail?.contains("is not sent to http://127.0.0.1:1") == true)
        #expect(error?.hint?.contains("aurelis auth login --provider openai") == true)
    }

    @Test("a keyring is not asked for who may do without a credential, and nobody waits for a look that finds none")
    func optional() async throws {
        let folder = try TemporaryFolder()
        let reads = Counter()
        let keyring = SystemKeyring(
            name: "counting",
            read: { _ in
                reads.add()
                return .absent("none")
            },
            write: { _, _, _ in nil },
            remove: { _ in .absent }
        )
        let vault = CredentialVault(directory: folder.path, environment: [:], keyring: keyring)
        let time = ManualTime()
        let credentials = Credentials(settings: try settings("ollama"), environment: [:], vault: vault, time: time)
        #expect(try await credentials.current() == nil)
        time.advance(by: .seconds(60))
        #expect(try await credentials.current() == nil)
        #expect(reads.value == 0)
    }

    static let masks = [
        ("ghp_0123456789abcdefghijklmnopqrstuvWXYZ", "ghp_…WXYZ"), ("sk-proj-0123456789abcdefgh", "sk-proj-…efgh"),
        ("0123456789abcdefghijklmnop", "…mnop"), ("sk-0123456789abcdef", "…"), ("ollama", "…"), ("", "…"),
    ]

    @Test("of a credential its prefix and last four characters are shown, of a short one nothing", arguments: masks)
    func masked(text: String, shown: String) { #expect(Secret(text).masked == shown) }

    @Test("a token's checksum is right, wrong or absent")
    func checksum() {
        let random = String(repeating: "A", count: 30)
        let right = "ghp_" + random + String(decoding: GitHubToken.checksum(of: random.utf8), as: UTF8.self)
        #expect(GitHubToken.checksum(in: Secret(right)) == .right)
        #expect(GitHubToken.checksum(in: Secret(right.replacing("AAA", with: "AAB", maxReplacements: 1))) == .wrong)
        for other in ["ghp_short", "github_pat_" + String(repeating: "A", count: 82), "sk-x"] {
            #expect(GitHubToken.checksum(in: Secret(other)) == .absent)
        }
    }
}
