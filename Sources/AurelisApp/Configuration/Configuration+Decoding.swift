internal import Aurelis
internal import AurelisProviders
internal import AurelisTLS
internal import Logging

extension Configuration {
    /// Decodes merged layers; every setting that is read is noted in `log`.
    init(decoding tree: ConfigurationTree, log: SettingsLog, warnings: inout [String]) throws(ConfigurationError) {
        let root = try SettingsReader(
            tree,
            knowing: [
                "providers", "routing", "retry", "quota", "tokenizers", "cache", "audit", "transport", "gateway",
                "files", "batches", "admin", "data_dir", "log", "simulate", "simulator", "safety",
                "health", "alerts", "tracing",
            ],
            log: log
        )
        simulates = try root.flag("simulate", default: false)
        simulator = try SimulatorSettings(reading: root, isUsed: simulates)
        transport = try Transport(reading: root, warnings: &warnings)
        for section in try root.sections("providers", knowing: Provider.settings) {
            providers.append(try Provider(reading: section, over: transport.tls, warnings: &warnings))
        }
        try checkNames(root)
        try readRouting(root)
        for section in try root.sections("tokenizers", knowing: ["vocabulary", "pattern", "models"]) {
            tokenizers.append(try Tokenizer(reading: section))
        }
        orchestrator.safety = try SafetyConfiguration(reading: root)
        cache = try Cache(reading: root, warnings: &warnings)
        audit = try Audit(reading: root, warnings: &warnings)
        health = try Health(reading: root)
        alerts = try Alert.all(reading: root, warnings: &warnings)
        tracing = try Tracing(reading: root, warnings: &warnings)
        gateway = try Gateway(reading: root, warnings: &warnings)
        files = try Files(reading: root)
        batches = try Batches(reading: root)
        let admin = try root.section("admin", knowing: ["host", "port", "maximum_connections", "tls", "client"])
        self.admin = try Listener(reading: admin, port: 8_788)
        adminConnections = try admin.integer("maximum_connections", in: 1...100_000, default: adminConnections)
        adminClient = try AdminClient(reading: admin)
        if self.admin.collides(with: gateway.listener) {
            throw admin.error(
                "both the gateway and the control plane would listen on port \(gateway.listener.port)",
                at: "port",
                suggestion: "give one of them another, with --port or --admin-port for example"
            )
        }
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
}

extension Configuration.Gateway {
    fileprivate init(reading root: SettingsReader, warnings: inout [String]) throws(ConfigurationError) {
        let names = [
            "host", "port", "keys", "maximum_body", "maximum_connections", "drain_timeout", "threads", "tls",
            "signatures",
        ]
        let section = try root.section("gateway", knowing: names)
        listener = try Configuration.Listener(reading: section, port: listener.port)
        let rules = Configuration.KeyRule.allCases.map { ($0.rawValue, $0) }
        let usual: Configuration.KeyRule = listener.isLocal ? .optional : .required
        keys = try section.choice("keys", among: rules, default: usual.rawValue) ?? usual
        guard listener.isLocal || keys == .required else {
            throw section.error(
                "\"\(listener.host)\" can be reached from other machines, so keys are required",
                at: "keys",
                suggestion: "leave it out, or listen on 127.0.0.1"
            )
        }
        maximumBody = try section.bytes("maximum_body", default: maximumBody)
        guard (1_024...(1 << 30)).contains(maximumBody) else {
            throw section.error("must be 1KB to 1GB", at: "maximum_body")
        }
        maximumConnections = try section.integer("maximum_connections", in: 1...1_000_000, default: maximumConnections)
        drainTimeout = try section.duration("drain_timeout", default: drainTimeout)
        threads = try section.integer("threads", in: 0...1_024, default: threads)
        signatures = try Configuration.Signatures(reading: "signatures", of: section, warnings: &warnings)
    }
}

extension Configuration.Listener {
    fileprivate init(reading section: SettingsReader, port: Int) throws(ConfigurationError) {
        host = try section.string("host", default: "127.0.0.1") ?? "127.0.0.1"
        self.port = try section.integer("port", in: 0...65_535, default: port)
        tls = try TLSServerSettings(reading: "tls", of: section)
    }

    /// Whether two servers would want the same port of the same address; `localhost` may be any of them.
    fileprivate func collides(with other: Configuration.Listener) -> Bool {
        port != 0 && port == other.port && (host == other.host || host == "localhost" || other.host == "localhost")
    }
}

extension Configuration.SimulatorSettings {
    fileprivate init(reading root: SettingsReader, isUsed: Bool) throws(ConfigurationError) {
        let section = try root.section("simulator", knowing: ["seed", "tier", "time_scale", "faults"])
        guard isUsed || !section.names.isEmpty else { return }
        seed = try section.unsigned("seed", default: seed)
        let tiers = ["free", "pro", "business", "enterprise"].map { ($0, $0) }
        tier = try section.choice("tier", among: tiers, default: tier) ?? tier
        timeScale = try section.integer("time_scale", in: 1...100_000, default: timeScale)
        faults = try section.string("faults")
    }
}
