/// What the flags of a command say; nil or false: nothing.
package struct ConfigurationOverrides: Sendable {
    /// `--config`: this file and no other.
    package var configFile: String?
    /// `--data-dir`
    package var dataDirectory: String?
    /// `--simulate`
    package var simulate = false
    /// `--base-url`
    package var baseURL: String?
    /// `--api-key-env`
    package var apiKeyEnv: String?
    /// `--provider`
    package var provider: String?
    /// `--host`
    package var host: String?
    /// `--port`
    package var port: Int?
    /// `--admin-port`
    package var adminPort: Int?
    /// `--threads`
    package var threads: Int?
    /// `--seed`
    package var seed: UInt64?
    /// `--tier`
    package var tier: String?
    /// `--time-scale`
    package var timeScale: Int?
    /// `--faults`
    package var faultsFile: String?
    /// `--cache`
    package var cachePolicy: String?
    /// Whether somebody must be there to answer; false for what only looks at what is stored.
    package var needsProvider = true

    /// Nothing said.
    package init() {}
}

extension ConfigurationOverrides {
    /// The layer of values that the flags make.
    func layer(_ origin: (String) -> ConfigurationOrigin = ConfigurationOrigin.flag) -> ConfigurationTree {
        var layer = ConfigurationTree.empty
        func set(_ path: String..., to value: String?, from flag: String) {
            guard let value else { return }
            layer.set(path[...], to: ConfigurationTree(.scalar(value, isPlain: true), origin(flag)))
        }
        set("data_dir", to: dataDirectory, from: "--data-dir")
        set("simulate", to: simulate ? "true" : nil, from: "--simulate")
        set("gateway", "host", to: host, from: "--host")
        set("gateway", "port", to: port.map(String.init), from: "--port")
        set("gateway", "threads", to: threads.map(String.init), from: "--threads")
        // Who lets other machines ask models does not thereby let them steer.
        let local = host.flatMap { Configuration.Listener(host: $0, port: 0).isLocal ? $0 : nil }
        set("admin", "host", to: local, from: "--host")
        set("admin", "port", to: adminPort.map(String.init), from: "--admin-port")
        set("simulator", "seed", to: seed.map(String.init), from: "--seed")
        set("simulator", "tier", to: tier, from: "--tier")
        set("simulator", "time_scale", to: timeScale.map(String.init), from: "--time-scale")
        set("simulator", "faults", to: faultsFile, from: "--faults")
        set("cache", "policy", to: cachePolicy, from: "--cache")
        if let list = provider(origin) {
            layer.set(["providers"], to: list)
            // A provider that is named here and now wins over a simulator that a file asks for.
            if !simulate { set("simulate", to: "false", from: provider == nil ? "--base-url" : "--provider") }
        }
        return layer
    }

    /// The only provider, when the flags name one: the list replaces that of any file.
    private func provider(_ origin: (String) -> ConfigurationOrigin) -> ConfigurationTree? {
        guard provider != nil || baseURL != nil else { return nil }
        let flag = origin(provider == nil ? "--base-url" : "--provider")
        var entry = ConfigurationTree(.mapping([]), flag)
        entry.set(["id"], to: ConfigurationTree(.scalar(provider ?? "custom", isPlain: false), flag))
        if let baseURL {
            entry.set(["base_url"], to: ConfigurationTree(.scalar(baseURL, isPlain: false), origin("--base-url")))
        }
        if let apiKeyEnv {
            let variable = ConfigurationTree(.scalar(apiKeyEnv, isPlain: false), origin("--api-key-env"))
            entry.set(["api_key", "env"], to: variable)
        }
        return ConfigurationTree(.sequence([entry]), flag)
    }
}
