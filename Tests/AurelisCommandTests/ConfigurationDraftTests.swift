import ArgumentParser
import AurelisApp
import AurelisProviders
import Testing

@testable import AurelisCommand

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite("config init")
struct ConfigurationDraftTests {
    @Test("without a provider the simulator answers")
    func simulator() {
        let lines = ConfigurationDraft().yaml.split(separator: "\n")
        #expect(lines.contains("simulate: true"))
        #expect(!lines.contains { $0.hasPrefix("providers:") })
    }

    @Test("every preset gives a draft that names the preset and its variable", arguments: ProviderPreset.names)
    func presets(name: String) throws {
        let preset = try ProviderPreset.named(name)
        let yaml = ConfigurationDraft(preset: preset).yaml
        #expect(yaml.contains("\n  - id: \(name)\n"))
        #expect(!yaml.contains("\nsimulate: true"))
        if let variable = preset.credential.environment.first { #expect(yaml.contains("env: \(variable) }")) }
        for placeholder in preset.placeholders.keys {
            #expect(yaml.contains("\n    \(placeholder): my-\(placeholder)"))
        }
    }

    @Test("an address and a variable of one's own are written")
    func custom() throws {
        let draft = ConfigurationDraft(
            preset: try .named("custom"),
            baseURL: "http://127.0.0.1:8000/v1",
            apiKeyEnv: "MY_KEY"
        )
        #expect(draft.yaml.contains("\n    base_url: \"http://127.0.0.1:8000/v1\"\n    api_key: { env: MY_KEY }"))
    }

    @Test(
        "what could be read as something else is quoted",
        arguments: [
            ("openai", "openai"), ("github-models", "github-models"), ("OPENAI_API_KEY", "OPENAI_API_KEY"),
            ("http://x:1/v1", "\"http://x:1/v1\""), ("null", "\"null\""), ("No", "\"No\""), ("12", "\"12\""),
            ("", "\"\""), ("a \"b\" \\c", "\"a \\\"b\\\" \\\\c\""), ("x\n- y: z", "\"x\\x0a- y: z\""), ("é", "\"é\""),
            ("a\u{2028}b\u{2029}", "\"a\\Lb\\P\""),
        ]
    )
    func quoting(text: String, scalar: String) {
        #expect(ConfigurationDraft.scalar(text) == scalar)
    }

    @Test("every draft can be read again; an address that could not is refused before a file is written")
    func loads() async throws {
        for name in ProviderPreset.names {
            let baseURL = try ProviderPreset.named(name).baseURL == nil ? "http://127.0.0.1:1/v1" : nil
            try ConfigurationLoader.check(ConfigurationDraft(preset: .named(name), baseURL: baseURL).yaml)
        }
        try ConfigurationLoader.check(ConfigurationDraft().yaml)
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path + "/aurelis.yaml"
        for address in ["http://x: #y", "http://x/\u{2028}", "ftp://x", "", "\"", "http://x\nsimulate: true"] {
            let parsed = try AurelisTool.parseAsRoot(["config", "init", "--base-url", address, "--path", path])
            let command = try #require(parsed as? ConfigInitCommand)
            let error = await #expect(throws: ConfigurationError.self) { try await command.run() }
            #expect(error?.description.hasPrefix("providers[0].base_url: ") == true)
            #expect(throws: CommandFailure.self) { try InputFile.text(path) }
        }
    }

    @Test("a file that is there is only replaced when that is asked for, and is its owner's alone")
    func files() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path + "/aurelis.yaml"
        try OutputFile.write("one", to: path, replacing: false)
        let failure = #expect(throws: CommandFailure.self) { try OutputFile.write("two", to: path, replacing: false) }
        #expect(failure?.status == .failure)
        #expect(failure?.hints == ["--force replaces it"])
        #expect(try InputFile.text(path) == "one")
        try OutputFile.write("2", to: path, replacing: true)
        #expect(try InputFile.text(path) == "2")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
}
