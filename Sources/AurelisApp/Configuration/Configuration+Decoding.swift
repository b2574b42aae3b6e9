internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport
internal import Logging

extension Configuration {
    /// Decodes merged layers; every setting that is read is noted in `log`.
    init(decoding tree: ConfigurationTree, log: SettingsLog, warnings: inout [String]) throws(ConfigurationError) {
        let root = try SettingsReader(
            tree,
            knowing: [
                "providers", "routing", "retry", "transport", "gateway", "admin", "data_dir", "log", "simulate",
                "simulator",
            ],
            log: log
        )
        simulates = try root.flag("simulate", default: false)
        simulator = try SimulatorSettings(reading: root, isUsed: simulates)
        for section in try root.sections("providers", knowing: Provider.settings) {
            providers.append(try Provider(reading: section, warnings: &warnings))
        }
        try checkNames(root)
        try readRouting(root)
        retry = try RetryPolicy(reading: root)
        transport = try Transport(reading: root)
        gateway = try Gateway(reading: root)
        admin = try Listener(reading: root.section("admin", knowing: ["host", "port"]), port: 8_788)
        dataDirectory = try root.string("data_dir") ?? ""
        let levels = Logger.Level.allCases.map { ($0.rawValue, $0) }
        logLevel = try root.section("log", knowing: ["level"]).choice("level", among: levels, default: nil)
    }

    private func checkNames(_ root: SettingsReader) throws(ConfigurationError) {
        var seen: Set<String> = []
        for provider in providers where !seen.insert(provider.id).inserted {
            throw root.error("two providers are called \"\(provider.id)\"", at: "providers")
        }
    }

    private mutating func readRouting(_ root: SettingsReader) throws(ConfigurationError) {
        let names = [
            "tasks", "global_fallback", "replace_named_models", "request_timeout", "maximum_attempts",
        ]
        let section = try root.section("routing", knowing: names)
        let tasks = try section.section("tasks", knowing: nil)
        var rows: [TaskType: [ModelID]] = [:]
        for name in tasks.names {
            let task: TaskType
            do { task = try TaskType(parsing: name) } catch { throw tasks.error(error.message, at: name) }
            guard rows[task] == nil else { throw tasks.error("is the same task as another row", at: name) }
            let models = try tasks.strings(name) ?? []
            guard !models.isEmpty else { throw tasks.error("must name at least one model", at: name) }
            rows[task] = models.map { ModelID($0) }
        }
        let fallback: ModelID? =
            section.isNull("global_fallback")
            ? nil : try section.string("global_fallback", default: ModelID.gpt4oMini.canonical).map { ModelID($0) }
        routing = RoutingTable(replacing: rows, globalFallback: fallback)
        replacesNamedModels = try section.flag("replace_named_models", default: replacesNamedModels)
        requestTimeout = try section.positive("request_timeout", default: requestTimeout)
        maximumAttempts = try section.integer("maximum_attempts", in: 1...100, default: maximumAttempts)
    }
}

extension Configuration.Provider {
    fileprivate static let settings = [
        "id", "preset", "base_url", "resource", "api_key", "models", "headers", "time_limits",
    ]

    fileprivate init(reading section: SettingsReader, warnings: inout [String]) throws(ConfigurationError) {
        guard let id = try section.string("id"), !id.isEmpty else {
            throw section.error("is missing; give the provider a name", at: "id")
        }
        guard id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), id.count <= 64 else {
            throw section.error("must be up to 64 letters, digits and signs without spaces", at: "id")
        }
        self.id = id
        let isPreset = ProviderPreset.names.contains(id)
        preset = try section.string("preset", default: isPreset ? id : "custom") ?? "custom"
        do {
            _ = try ProviderPreset.named(preset)
        } catch {
            throw section.error("\(error)", at: section.has("preset") ? "preset" : "id")
        }
        if !isPreset, !section.has("preset"), !section.has("base_url") {
            let nearest = Suggestion.nearest(to: id, among: ProviderPreset.names)
            throw section.error(
                "\"\(id)\" is no preset, so it needs a base_url",
                at: "id",
                suggestion: nearest.map { "did you mean \"\($0)\"?" }
                    ?? "presets: \(ProviderPreset.names.joined(separator: ", "))"
            )
        }
        baseURL = try section.string("base_url")
        if let baseURL {
            do { _ = try HTTPOrigin(parsing: baseURL) } catch {
                throw section.error("is no http or https address: \(error)", at: "base_url")
            }
        }
        if let resource = try section.string("resource") { placeholders["resource"] = resource }
        apiKey = try Self.apiKey(section, provider: id, warnings: &warnings)
        models = try Self.texts(section, "models").reduce(into: [:]) { $0[ModelID($1.key)] = $1.value }
        headers = try Self.texts(section, "headers")
        let limits = try section.section("time_limits", knowing: ["connect", "first_byte", "between_bytes", "total"])
        timeouts.connect = try limits.positive("connect", default: timeouts.connect)
        timeouts.firstByte = try limits.positive("first_byte", default: timeouts.firstByte)
        timeouts.betweenBytes = try limits.positive("between_bytes", default: timeouts.betweenBytes)
        timeouts.total = try limits.positive("total", default: timeouts.total ?? .seconds(60))
    }

    private static func apiKey(
        _ section: SettingsReader,
        provider: String,
        warnings: inout [String]
    ) throws(ConfigurationError) -> Configuration.APIKey? {
        guard section.has("api_key") else { return nil }
        guard section.isMap("api_key") else {
            guard let text = try section.string("api_key", secret: true), !text.isEmpty else { return nil }
            let place = section.origin("api_key").map { "\($0): " } ?? ""
            warnings.append(
                "\(place)the key of \"\(provider)\" stands in the file; better: api_key: { env: VARIABLE } or { file: path }"
            )
            return .literal(Secret(text))
        }
        let key = try section.section("api_key", knowing: ["env", "file"])
        let variable = try key.string("env")
        let file = try key.string("file")
        switch (variable, file) {
        case (let variable?, nil) where !variable.isEmpty: return .environment(variable)
        case (nil, let file?) where !file.isEmpty: return .file(file)
        default: throw section.error("must name either a variable (env) or a file", at: "api_key")
        }
    }

    private static func texts(_ section: SettingsReader, _ name: String) throws(ConfigurationError) -> [String: String]
    {
        let map = try section.section(name, knowing: nil)
        var texts: [String: String] = [:]
        for key in map.names { texts[key] = try map.string(key, secret: name == "headers") }
        return texts
    }
}

extension RetryPolicy {
    fileprivate init(reading root: SettingsReader) throws(ConfigurationError) {
        let categories: [(String, ModelError.Category)] = [
            ("rate_limit", .rateLimit), ("connection", .connection), ("upstream", .upstream),
        ]
        let section = try root.section("retry", knowing: categories.map(\.0))
        self = .standard
        for (name, category) in categories {
            let rule = try section.section(name, knowing: ["retries", "base", "cap", "jitter"])
            guard let standard = RetryPolicy.standard.rules[category] else { continue }
            rules[category] = Rule(
                retries: try rule.integer("retries", in: 0...20, default: standard.retries),
                base: try rule.positive("base", default: standard.base),
                cap: try rule.positive("cap", default: standard.cap),
                jitter: try rule.flag("jitter", default: standard.jitter)
            )
        }
    }
}

extension Configuration.Transport {
    fileprivate init(reading root: SettingsReader) throws(ConfigurationError) {
        let names = ["total_connections", "connections_per_host", "idle_timeout", "tls"]
        let section = try root.section("transport", knowing: names)
        totalConnections = try section.integer("total_connections", in: 1...100_000, default: totalConnections)
        connectionsPerHost = try section.integer("connections_per_host", in: 1...100_000, default: connectionsPerHost)
        idleTimeout = try section.positive("idle_timeout", default: idleTimeout)
        let security = try section.section("tls", knowing: ["minimum", "extra_roots"])
        let versions: [(String, TLSClientSettings.Version)] = [("1.2", .tls12), ("1.3", .tls13)]
        tls.minimumVersion = try security.choice("minimum", among: versions, default: "1.3") ?? .tls13
        tls.additionalRootsFile = try security.string("extra_roots")
    }
}

extension Configuration.Gateway {
    fileprivate init(reading root: SettingsReader) throws(ConfigurationError) {
        let names = ["host", "port", "maximum_body", "maximum_connections", "drain_timeout", "threads"]
        let section = try root.section("gateway", knowing: names)
        listener = try Configuration.Listener(reading: section, port: listener.port)
        maximumBody = try section.bytes("maximum_body", default: maximumBody)
        guard (1_024...(1 << 30)).contains(maximumBody) else {
            throw section.error("must be 1KB to 1GB", at: "maximum_body")
        }
        maximumConnections = try section.integer("maximum_connections", in: 1...1_000_000, default: maximumConnections)
        drainTimeout = try section.duration("drain_timeout", default: drainTimeout)
        threads = try section.integer("threads", in: 0...1_024, default: threads)
    }
}

extension Configuration.Listener {
    fileprivate init(reading section: SettingsReader, port: Int) throws(ConfigurationError) {
        host = try section.string("host", default: "127.0.0.1") ?? "127.0.0.1"
        guard host == "localhost" || host == "::1" || Self.isLoopback(host) else {
            throw section.error(
                "\"\(host)\" can be reached from other machines, which needs gateway keys; this version has none",
                at: "host",
                suggestion: "use 127.0.0.1"
            )
        }
        self.port = try section.integer("port", in: 0...65_535, default: port)
    }

    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && parts.allSatisfy { $0 != nil }
    }
}

extension Configuration.SimulatorSettings {
    fileprivate init(reading root: SettingsReader, isUsed: Bool) throws(ConfigurationError) {
        let section = try root.section("simulator", knowing: ["seed", "tier", "faults"])
        guard isUsed || !section.names.isEmpty else { return }
        seed = try section.unsigned("seed", default: seed)
        let tiers = ["free", "pro", "business", "enterprise"].map { ($0, $0) }
        tier = try section.choice("tier", among: tiers, default: tier) ?? tier
        faults = try section.string("faults")
    }
}

extension SettingsReader {
    /// A length of time above zero.
    fileprivate func positive(_ name: String, default fallback: Duration) throws(ConfigurationError) -> Duration {
        let value = try duration(name, default: fallback)
        guard value > .zero else { throw error("must be longer than nothing", at: name) }
        return value
    }
}
