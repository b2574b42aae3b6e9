internal import ArgumentParser
internal import AurelisApp
internal import AurelisProviders

/// `aurelis config init`: the first draft of a configuration file.
struct ConfigInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a configuration file to start from.",
        discussion: """
            Without a provider the file lets the simulator answer, so it works at once.
            It names the variable that holds a credential, never the credential itself.

            Examples:
              aurelis config init
              aurelis config init --provider openai
              aurelis config init --provider custom --base-url http://127.0.0.1:8000/v1
              aurelis config init --provider openai --path - | less
            """
    )

    @Option(help: .init("Ask this provider, by the name of its preset.", valueName: "preset"), completion: .presets)
    var provider: String?

    @Option(help: .init("The provider's address.", valueName: "url"))
    var baseURL: String?

    @Option(name: .customLong("api-key-env"), help: .init("The variable with the credential.", valueName: "var"))
    var apiKeyEnv: String?

    @Option(help: .init("Write to this file; `-` is stdout.", valueName: "file"), completion: .file())
    var path = "aurelis.yaml"

    @Flag(help: "Replace the file when there is one.")
    var force = false

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        if provider == nil, baseURL == nil, apiKeyEnv != nil {
            throw ValidationError("--api-key-env needs a --provider or a --base-url to go with")
        }
        if let apiKeyEnv, !VariableName.isValid(apiKeyEnv) {
            throw ValidationError("--api-key-env \(VariableName.refusal)\n\(VariableName.suggestion)")
        }
    }

    func run() async throws {
        let console = output.console()
        let draft = ConfigurationDraft(preset: try preset(), baseURL: baseURL, apiKeyEnv: apiKeyEnv)
        try ConfigurationLoader.check(draft.yaml)
        guard path != "-" else { return try console.output.write(draft.yaml) }
        try OutputFile.write(draft.yaml, to: path, replacing: force)
        try console.output.write("wrote \(TerminalSanitizer.singleLine(path))\n")
        // What was written is read back as every command will read it: its warnings are told now.
        var overrides = ConfigurationOverrides()
        overrides.configFile = path
        let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
        for notice in RetirementNotice.all(session.configuration) { console.warn(notice) }
        console.remark("`aurelis config check` checks it, `aurelis config show` prints what is in effect")
    }

    /// The preset that was asked for; nil: the simulator answers.
    private func preset() throws -> ProviderPreset? {
        guard provider != nil || baseURL != nil else { return nil }
        let preset: ProviderPreset
        do {
            preset = try ProviderPreset.named(provider ?? "custom")
        } catch {
            throw CommandFailure(.usage, "--provider: \(error)")
        }
        if preset.baseURL == nil, baseURL == nil {
            throw CommandFailure(.usage, "the preset \(preset.id) has no address of its own", hint: "--base-url URL")
        }
        return preset
    }
}
