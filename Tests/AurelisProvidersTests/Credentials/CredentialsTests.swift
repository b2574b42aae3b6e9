import Aurelis
import Synchronization
import Testing

@testable import AurelisProviders

@Suite("Credentials of a provider")
struct CredentialsTests {
    /// A source that blocks, and counts how often it is asked.
    private final class Keyring: Sendable {
        let reads = Mutex(0)
        let text: Mutex<String?>

        init(_ text: String?) { self.text = Mutex(text) }

        var source: CredentialSource {
            CredentialSource(name: "keyring", lifetime: .seconds(60)) {
                self.reads.withLock { $0 += 1 }
                guard let text = self.text.withLock({ $0 }) else { return .failed("locked") }
                return .found(Secret(text), origin: "the keyring")
            }
        }

        var count: Int { reads.withLock { $0 } }
    }

    private func credentials(
        _ sources: [CredentialSource],
        isRequired: Bool = true,
        time: any TimeSource = SystemTimeSource()
    ) -> Credentials {
        Credentials(
            sources: sources,
            isRequired: isRequired,
            missing: MissingCredential(provider: "Example", variables: ["EXAMPLE_KEY", "OTHER_KEY"]),
            time: time
        )
    }

    private func text(_ credentials: Credentials) async throws -> String? {
        try await credentials.current()?.secret.withText { $0 }
    }

    private func settings(
        _ preset: String,
        _ reference: CredentialReference? = nil,
        baseURL: String? = nil
    ) throws -> ProviderSettings {
        var settings = ProviderSettings(id: "test", preset: try .named(preset))
        settings.credential = reference
        settings.baseURL = baseURL
        return settings
    }

    @Test("explicit comes before the environment, that before the configuration's reference")
    func order() async throws {
        let environment = ["OPENAI_API_KEY": "from-environment", "MINE": "from-reference"]
        let settings = try settings("openai", .environment("MINE"))
        let all = Credentials(settings: settings, environment: environment, explicit: (Secret("from-flag"), "--key"))
        #expect(try await text(all) == "from-flag")
        #expect(try await text(Credentials(settings: settings, environment: environment)) == "from-environment")
        #expect(try await text(Credentials(settings: settings, environment: ["MINE": "ref-erred"])) == "ref-erred")
    }

    @Test("a source that fails is named, and the next one is asked")
    func failing() async throws {
        let settings = try settings("openai", .file("/nonexistent/key"))
        let broken = Credentials(settings: settings, environment: [:])
        let error = await #expect(throws: ModelError.self) { try await broken.current() }
        #expect(error?.detail?.contains("file /nonexistent/key: failed: there is no such file") == true)

        let keyring = Keyring(nil)
        let next = credentials([keyring.source, .explicit(Secret("last-resort"), origin: "flag")])
        #expect(try await text(next) == "last-resort")
        #expect(next.report.description == "keyring: failed: locked\nflag: used")
    }

    @Test("an absent credential says which variables to set, and no more")
    func absent() async throws {
        let github = Credentials(settings: try settings("github-models"), environment: ["PATH": "/nonexistent"])
        let error = try #require(await #expect(throws: ModelError.self) { try await github.current() })
        #expect(error.category == .authentication)
        #expect(error.code == "credential_missing")
        #expect(error.message == "no credential for GitHub Models")
        #expect(error.hint?.hasPrefix("set GITHUB_TOKEN or GH_TOKEN in the environment") == true)
        #expect(error.detail?.contains("gh auth token: `gh` is not installed") == true)
    }

    @Test("a local server needs none, unless the configuration names one", arguments: ["ollama", "vllm", "custom"])
    func optional(_ preset: String) async throws {
        #expect(try await Credentials(settings: settings(preset), environment: [:]).current() == nil)
        let named = Credentials(settings: try settings(preset, .environment("KEY")), environment: [:])
        let error = await #expect(throws: ModelError.self) { try await named.current() }
        #expect(error?.hint?.contains("KEY") == true)
    }

    @Test("another server gets the credential that was named for it, not the preset's own")
    func otherServer() async throws {
        let environment = ["OPENAI_API_KEY": "for-openai", "MINE": "for-my-server"]
        let named = try settings("openai", .environment("MINE"), baseURL: "http://127.0.0.1:1/v1")
        #expect(try await text(Credentials(settings: named, environment: environment)) == "for-my-server")
        #expect(
            await #expect(throws: ModelError.self) {
                try await Credentials(settings: named, environment: ["OPENAI_API_KEY": "for-openai"]).current()
            }?.hint?.contains("OPENAI_API_KEY") == false
        )
        let unnamed = try settings("openai", baseURL: "http://127.0.0.1:1/v1")
        #expect(try await text(Credentials(settings: unnamed, environment: environment)) == "for-openai")
    }

    @Test("`gh` is asked only for GitHub's own servers")
    func gitHubCLI() async throws {
        let folder = try TemporaryFolder()
        try folder.write("gh", "#!/bin/sh\necho gho_from_gh", mode: 0o700)
        let environment = ["PATH": folder.path]
        let own = Credentials(settings: try settings("github-models"), environment: environment)
        #expect(try await text(own) == "gho_from_gh")
        for other in [try settings("openai"), try settings("github-models", baseURL: "http://127.0.0.1:1")] {
            let credentials = Credentials(settings: other, environment: environment)
            await #expect(throws: ModelError.self) { try await credentials.current() }
        }
    }

    @Test("a mistyped GitHub token is used, with a warning", arguments: [("github-models", true), ("openai", false)])
    func warning(_ preset: String, _ isWarned: Bool) async throws {
        let typo = Secret("ghp_" + String(repeating: "a", count: 36))
        let credentials = Credentials(settings: try settings(preset), environment: [:], explicit: (typo, "flag"))
        #expect((try await credentials.current()?.warning != nil) == isWarned)
    }

    @Test("a credential that no header can carry is a failure of its source")
    func unusable() async throws {
        let credentials = credentials([.explicit(Secret("two\nlines"), origin: "flag")])
        let error = await #expect(throws: ModelError.self) { try await credentials.current() }
        #expect(error?.detail?.contains("flag: failed: it holds characters that no credential has") == true)
        #expect(error?.detail?.contains("lines") == false)
    }

    @Test("a slow source is asked once, however many requests wait for it")
    func singleFlight() async throws {
        let keyring = Keyring("from-keyring")
        let credentials = credentials([keyring.source])
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<50 { group.addTask { try await self.text(credentials) } }
            for try await found in group { #expect(found == "from-keyring") }
        }
        #expect(keyring.count == 1)
    }

    @Test("a credential that is due for another look is used until the look is over")
    func refresh() async throws {
        let time = ManualTime()
        let keyring = Keyring("first")
        let credentials = credentials([keyring.source], time: time)
        #expect(try await text(credentials) == "first")
        keyring.text.withLock { $0 = "second" }
        time.advance(by: .seconds(59))
        #expect(try await text(credentials) == "first")
        #expect(keyring.count == 1)
        time.advance(by: .seconds(2))
        #expect(try await text(credentials) == "first")
        while try await text(credentials) != "second" { await Task.yield() }
        #expect(keyring.count == 2)
    }

    @Test("a file that was replaced is read again; one that was not is left alone")
    func file() async throws {
        let time = ManualTime()
        let folder = try TemporaryFolder()
        let path = try folder.write("key", "first-key")
        let credentials = credentials([.file(path)], time: time)
        let first = try #require(try await credentials.current())
        time.advance(by: .seconds(2))
        _ = try await credentials.current()
        while time.now >= credentials.nextLook ?? time.now { await Task.yield() }
        #expect(try await credentials.current() === first)
        try folder.write("key", "second-key")
        time.advance(by: .seconds(2))
        while try await text(credentials) != "second-key" { await Task.yield() }
    }

    @Test("a refused credential is looked for anew, but not one that was just found")
    func invalidation() async throws {
        let time = ManualTime()
        let keyring = Keyring("old")
        let credentials = credentials([keyring.source], time: time)
        let refused = try #require(try await credentials.current())
        keyring.text.withLock { $0 = "new" }
        credentials.invalidate(refused)
        #expect(try await text(credentials) == "old")
        time.advance(by: .seconds(1))
        credentials.invalidate(refused)
        #expect(try await text(credentials) == "new")
        time.advance(by: .seconds(1))
        credentials.invalidate(refused)
        #expect(try await text(credentials) == "new")
        #expect(keyring.count == 2)
    }

    @Test("that there is none is remembered for a while, not for ever")
    func absence() async throws {
        let time = ManualTime()
        let keyring = Keyring(nil)
        let credentials = credentials([keyring.source], time: time)
        for _ in 0..<3 { await #expect(throws: ModelError.self) { try await credentials.current() } }
        #expect(keyring.count == 1)
        keyring.text.withLock { $0 = "there-now" }
        time.advance(by: .seconds(5))
        #expect(try await text(credentials) == "there-now")
    }

    @Test("a cancelled request does not wait for a slow source")
    func cancellation() async throws {
        let gate = Gate()
        let slow = CredentialSource(name: "slow", lifetime: .seconds(60)) {
            gate.wait()
            return .found(Secret("late"), origin: "slow")
        }
        let credentials = credentials([slow])
        let task = Task { try await credentials.current() }
        await gate.reached()
        task.cancel()
        await #expect { try await task.value } throws: { ($0 as? ModelError)?.category == .cancelled }
        gate.open()
        #expect(try await text(credentials) == "late")
    }
}
