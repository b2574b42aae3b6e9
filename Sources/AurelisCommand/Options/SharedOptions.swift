internal import ArgumentParser
internal import AurelisApp
internal import Logging

/// How the output looks and how much is said; the same on every command.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Write no colours; NO_COLOR in the environment does the same.")
    var noColor = false

    @Flag(name: .shortAndLong, help: "Say more on stderr; -vv and -vvv say still more.")
    var verbose: Int

    /// Standard output and standard error, as these options want them.
    func console(_ environment: [String: String] = ProcessEnvironment.current) -> Console {
        Console(color: !noColor && ProcessEnvironment.allowsColor(environment))
    }

    /// What is logged; nil: what the configuration says.
    var logLevel: Logger.Level? {
        switch verbose {
        case 0: nil
        case 1: .info
        case 2: .debug
        default: .trace
        }
    }
}

/// Where the configuration comes from and where data is; the same on every command.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: .init("Read this configuration file and no other.", valueName: "file"), completion: .file())
    var config: String?

    @Option(help: .init("Keep data in this directory.", valueName: "dir"), completion: .directory)
    var dataDir: String?

    func validate() throws {
        if config?.isEmpty == true { throw ValidationError("--config names no file") }
        if dataDir?.isEmpty == true { throw ValidationError("--data-dir names no directory") }
    }

    /// These options as they were written, for a command line that means the same configuration.
    var words: [String] {
        (config.map { ["--config", $0] } ?? []) + (dataDir.map { ["--data-dir", $0] } ?? [])
    }

    /// What these options say to the loader of configurations.
    var overrides: ConfigurationOverrides {
        var overrides = ConfigurationOverrides()
        overrides.configFile = config
        overrides.dataDirectory = dataDir
        return overrides
    }
}

/// Who answers; the same on every command that asks somebody.
struct ProviderOptions: ParsableArguments {
    @OptionGroup
    var configuration: ConfigurationOptions

    @Flag(help: "Let the embedded simulator answer: no account, no network.")
    var simulate = false

    @Option(help: .init("Ask this OpenAI-compatible server.", valueName: "url"))
    var baseURL: String?

    @Option(name: .customLong("api-key-env"), help: .init("Take the credential from this variable.", valueName: "var"))
    var apiKeyEnv: String?

    @Option(help: .init("Ask this provider, by the name of its preset.", valueName: "preset"), completion: .presets)
    var provider: String?

    func validate() throws {
        guard simulate, provider != nil || baseURL != nil else { return }
        let other = provider == nil ? "--base-url" : "--provider"
        throw ValidationError("--simulate lets the simulator answer and \(other) somebody else; choose one")
    }

    /// What these options say to the loader of configurations.
    var overrides: ConfigurationOverrides {
        var overrides = configuration.overrides
        overrides.simulate = simulate
        overrides.baseURL = baseURL
        overrides.apiKeyEnv = apiKeyEnv
        overrides.provider = provider
        return overrides
    }
}
