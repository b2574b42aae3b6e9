internal import Aurelis

/// The environment variables that set something: the same settings as the flags, and the log's level.
enum EnvironmentSettings {
    private static let variables: [String: String] = [
        "AURELIS_CONFIG": "--config", "AURELIS_DATA_DIR": "--data-dir", "AURELIS_SIMULATE": "--simulate",
        "AURELIS_BASE_URL": "--base-url", "AURELIS_API_KEY_ENV": "--api-key-env", "AURELIS_PROVIDER": "--provider",
        "AURELIS_HOST": "--host", "AURELIS_PORT": "--port", "AURELIS_ADMIN_PORT": "--admin-port",
        "AURELIS_THREADS": "--threads", "AURELIS_SEED": "--seed", "AURELIS_TIER": "--tier",
        "AURELIS_FAULTS": "--faults", "AURELIS_CACHE": "--cache",
    ]

    /// Variables that mean something to Aurelis elsewhere: keys that a configuration names belong to their provider.
    private static func isSetting(_ name: String, credentials: Set<String>) -> Bool {
        name.hasPrefix("AURELIS_") && !credentials.contains(name)
    }

    /// The layer that the environment makes.
    static func layer(_ environment: [String: String]) throws(ConfigurationError) -> ConfigurationTree {
        // One that is set to nothing is not set.
        let environment = environment.filter { !$0.value.isEmpty }
        var overrides = ConfigurationOverrides()
        overrides.dataDirectory = environment["AURELIS_DATA_DIR"]
        overrides.baseURL = environment["AURELIS_BASE_URL"]
        overrides.apiKeyEnv = environment["AURELIS_API_KEY_ENV"]
        overrides.provider = environment["AURELIS_PROVIDER"]
        overrides.host = environment["AURELIS_HOST"]
        overrides.tier = environment["AURELIS_TIER"]
        overrides.faultsFile = environment["AURELIS_FAULTS"]
        overrides.cachePolicy = environment["AURELIS_CACHE"]
        let names = Dictionary(uniqueKeysWithValues: variables.map { ($0.value, $0.key) })
        var layer = overrides.layer { .environment(names[$0] ?? $0) }
        TracingEnvironment.add(to: &layer, environment)
        // As text: the reader says what is wrong with a number, and where it was said.
        let texts: [(String, [String])] = [
            ("AURELIS_PORT", ["gateway", "port"]), ("AURELIS_ADMIN_PORT", ["admin", "port"]),
            ("AURELIS_THREADS", ["gateway", "threads"]), ("AURELIS_SEED", ["simulator", "seed"]),
            ("AURELIS_LOG_LEVEL", ["log", "level"]), ("AURELIS_SIMULATE", ["simulate"]),
        ]
        for (name, path) in texts {
            guard let text = environment[name] else { continue }
            let value = name == "AURELIS_SIMULATE" ? (text == "1" ? "true" : text == "0" ? "false" : text) : text
            layer.set(path[...], to: ConfigurationTree(.scalar(value, isPlain: true), .environment(name)))
        }
        return layer
    }

    /// Warnings about variables that look like settings and are none.
    static func warnings(_ environment: [String: String], credentials: Set<String>) -> [String] {
        let known = Array(variables.keys) + ["AURELIS_LOG_LEVEL", "AURELIS_ADMIN_KEY", "AURELIS_PASSPHRASE_FILE"]
        return environment.keys.sorted().compactMap { name in
            guard isSetting(name, credentials: credentials), !known.contains(name) else { return nil }
            let nearest = Suggestion.nearest(to: name, among: known).map { "; did you mean $\($0)?" } ?? ""
            return "$\(name) means nothing to Aurelis\(nearest)"
        }
    }
}
