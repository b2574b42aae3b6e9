internal import Aurelis

extension Configuration {
    /// Reads `routing`, `retry` and `quota`.
    mutating func readRouting(_ root: SettingsReader) throws(ConfigurationError) {
        let section = try root.section(
            "routing",
            knowing: [
                "tasks", "global_fallback", "aliases", "equivalents", "strategy", "replace_named_models",
                "request_timeout", "maximum_attempts", "first_token_timeout", "stall_timeout", "resume_streams",
                "restart_streams", "concurrency", "clamp_max_tokens",
            ]
        )
        orchestrator.routing = try RoutingTable(reading: section)
        let strategies = RoutingStrategy.allCases.map { ($0.rawValue, $0) }
        orchestrator.strategy =
            try section.choice("strategy", among: strategies, default: orchestrator.strategy.rawValue) ?? .preference
        orchestrator.replacesNamedModels =
            try section.flag("replace_named_models", default: orchestrator.replacesNamedModels)
        orchestrator.requestTimeout = try section.positive("request_timeout", default: orchestrator.requestTimeout)
        orchestrator.maximumAttempts =
            try section.integer("maximum_attempts", in: 1...100, default: orchestrator.maximumAttempts)
        orchestrator.firstTokenTimeout =
            try section.positive("first_token_timeout", default: orchestrator.firstTokenTimeout)
        orchestrator.stallTimeout = try section.positive("stall_timeout", default: orchestrator.stallTimeout)
        orchestrator.resumesStreams = try section.flag("resume_streams", default: orchestrator.resumesStreams)
        orchestrator.restartsStreams = try section.flag("restart_streams", default: orchestrator.restartsStreams)
        orchestrator.clampsMaxTokens = try section.flag("clamp_max_tokens", default: orchestrator.clampsMaxTokens)
        if section.has("concurrency") {
            concurrency = try section.integer("concurrency", in: 1...100_000, default: 10)
        }
        orchestrator.retry = try RetryPolicy(reading: root)
        let quota = try root.section("quota", knowing: ["queue", "interactive_share"])
        orchestrator.quotaQueue = try quota.integer("queue", in: 0...10_000, default: orchestrator.quotaQueue)
        orchestrator.interactiveShare =
            try quota.integer("interactive_share", in: 0...90, default: orchestrator.interactiveShare)
    }
}

extension RoutingTable {
    fileprivate init(reading section: SettingsReader) throws(ConfigurationError) {
        let tasks = try section.section("tasks", knowing: nil)
        var rows: [TaskType: [ModelID]] = [:]
        for name in tasks.names {
            let task = try tasks.task(name)
            guard rows[task] == nil else { throw tasks.error("is the same task as another row", at: name) }
            rows[task] = try tasks.models(name)
        }
        let last: ModelID? =
            section.isNull("global_fallback")
            ? nil : try section.string("global_fallback", default: ModelID.gpt4oMini.canonical).map { ModelID($0) }
        self.init(replacing: rows, globalFallback: last)

        let names = try section.section("aliases", knowing: nil)
        for name in names.names {
            guard name != "auto", !name.hasPrefix("auto/") else {
                throw names.error("is the name by which Aurelis is asked to choose", at: name)
            }
            let alias = ModelID(name)
            guard aliases[alias] == nil else { throw names.error("is the same name as another alias", at: name) }
            aliases[alias] = try names.models(name)
        }
        let classes = try section.section("equivalents", knowing: nil)
        for name in classes.names { equivalents.append(try classes.models(name)) }
    }
}

extension SettingsReader {
    /// One model or a list of them.
    fileprivate func models(_ name: String) throws(ConfigurationError) -> [ModelID] {
        let names = try isText(name) ? [string(name) ?? ""] : strings(name) ?? []
        guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
            throw error("must name at least one model", at: name)
        }
        return names.map { ModelID($0) }
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
