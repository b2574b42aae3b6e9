internal import Foundation

/// Finds and reads the configuration: flags over environment over project file over user file over defaults.
///
///     let loaded = try ConfigurationLoader.load(
///         overrides, environment: environment, workingDirectory: directory, homeDirectory: home)
package enum ConfigurationLoader {
    /// Reads all layers and decodes them into one configuration.
    ///
    /// - Throws: `ConfigurationError`, naming the place and the path, when a layer cannot be used, or when nobody says
    ///   who is to answer.
    package static func load(
        _ overrides: ConfigurationOverrides,
        environment: [String: String],
        workingDirectory: String,
        homeDirectory: String
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var sources: [String] = []
        var tree = ConfigurationTree.empty
        let files = files(overrides, environment, workingDirectory, homeDirectory)
        for file in files where file.isRequired || isThere(file.path) {
            tree = try ConfigurationTree.reading(file: file.path).over(tree)
            sources.append(file.path)
        }
        let variables = try EnvironmentSettings.layer(environment)
        tree = overrides.layer().over(variables.over(tree))

        var warnings: [String] = []
        let log = SettingsLog()
        var configuration = try Configuration(decoding: tree, log: log, warnings: &warnings)
        if configuration.dataDirectory.isEmpty {
            configuration.dataDirectory = dataDirectory(environment, homeDirectory)
            log.note(["data_dir"], SettingsLog.quoted(configuration.dataDirectory), nil)
        }
        configuration.settings = .init(log.entries)
        if overrides.needsProvider, !configuration.simulates, configuration.providers.isEmpty {
            throw nobodyAnswers(sources, mistyped: EnvironmentSettings.warnings(environment, credentials: []))
        }
        warnings += EnvironmentSettings.warnings(environment, credentials: credentials(of: configuration))
        return LoadedConfiguration(
            configuration: configuration,
            sources: sources,
            warnings: warnings,
            filesWithKeys: log.filesWithKeys,
            entries: log.entries
        )
    }

    /// Checks the text of a configuration file before it is written.
    ///
    /// - Throws: why it could not be used.
    package static func check(_ yaml: String) throws(ConfigurationError) {
        var warnings: [String] = []
        do throws(ConfigurationError) {
            let tree = try ConfigurationTree.parsing(yaml, file: "")
            _ = try Configuration(decoding: tree, log: SettingsLog(), warnings: &warnings)
        } catch {
            var error = error
            // A place in a file that is not there helps nobody.
            error.origin = nil
            throw error
        }
    }

    /// Whether there is something at a path, be it a link that leads nowhere.
    private static func isThere(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
            || (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
    }

    private static func files(
        _ overrides: ConfigurationOverrides,
        _ environment: [String: String],
        _ workingDirectory: String,
        _ homeDirectory: String
    ) -> [(path: String, isRequired: Bool)] {
        // An empty variable is none, as elsewhere.
        let variable = environment["AURELIS_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        if let named = overrides.configFile ?? variable { return [(named, true)] }
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(homeDirectory)/.config"
        return [("\(base)/aurelis/aurelis.yaml", false), ("\(workingDirectory)/aurelis.yaml", false)]
    }

    private static func dataDirectory(_ environment: [String: String], _ homeDirectory: String) -> String {
        let named = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return "\(named ?? "\(homeDirectory)/.local/share")/aurelis"
    }

    private static func credentials(of configuration: Configuration) -> Set<String> {
        Set(
            configuration.providers.compactMap { provider in
                if case .environment(let name) = provider.apiKey { name } else { nil }
            }
        )
    }

    private static func nobodyAnswers(_ sources: [String], mistyped: [String]) -> ConfigurationError {
        let place =
            sources.isEmpty ? "no configuration file was found" : "\(sources.joined(separator: " and ")) names none"
        return ConfigurationError(
            (["no provider is configured: \(place)"] + mistyped).joined(separator: "; "),
            suggestion: """
                try --simulate without an account; or --base-url URL --api-key-env VARIABLE; or --provider openai; \
                or write a file with `aurelis config init`
                """
        )
    }
}

/// A configuration with the story of where it came from.
package struct LoadedConfiguration: Sendable {
    /// The configuration.
    package let configuration: Configuration
    /// The files that were read, the weakest first.
    package let sources: [String]
    /// What works, but should be told.
    package let warnings: [String]
    /// Those of the files that have keys in them.
    let filesWithKeys: [String]
    private let entries: [SettingsLog.Entry]

    init(
        configuration: Configuration,
        sources: [String],
        warnings: [String],
        filesWithKeys: [String],
        entries: [SettingsLog.Entry]
    ) {
        self.configuration = configuration
        self.sources = sources
        self.warnings = warnings
        self.filesWithKeys = filesWithKeys
        self.entries = entries
    }

    /// Every value in effect as YAML, secrets masked, with the origin of each behind it.
    package func rendered() -> String { entries.rendered() }
}
