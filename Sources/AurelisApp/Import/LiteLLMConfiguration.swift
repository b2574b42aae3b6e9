/// What a configuration of the LiteLLM proxy says, as far as it means something here, and notes of all the rest.
struct LiteLLMConfiguration {
    private(set) var deployments: [LiteLLMDeployment] = []
    /// For each name the models that answer when it fails, in their order.
    private(set) var fallbacks: [(name: String, models: [String])] = []
    private(set) var defaultFallbacks: [String] = []
    private(set) var aliases: [(name: String, model: String)] = []
    private(set) var strategy: String?
    private(set) var retries: Int?
    /// In seconds.
    private(set) var requestTimeout: Int?
    private(set) var firstTokenTimeout: Int?
    private(set) var keepsAnswers = false
    private(set) var redis: Redis?
    /// In seconds.
    private(set) var lifetime: Int?
    private(set) var needsKeys = false
    private(set) var notes: [ImportNote] = []

    struct Redis {
        var host: String
        var port: Int
        var prefix: String?
    }

    /// - Throws: where the file is not what LiteLLM would read.
    init(_ tree: ConfigurationTree) throws(ConfigurationError) {
        var root = ImportSection(tree, path: "")
        guard let models = root.take("model_list") else {
            throw ConfigurationError(
                "has no model_list, so it is no configuration of the LiteLLM proxy",
                origin: tree.origin
            )
        }
        for (index, entry) in models.list.enumerated() {
            deployments.append(try LiteLLMDeployment(entry, index: index))
        }
        var library = ImportSection(root.take("litellm_settings"), path: "litellm_settings")
        var router = ImportSection(root.take("router_settings"), path: "router_settings")
        var general = ImportSection(root.take("general_settings"), path: "general_settings")
        readFallbacks(&library)
        readFallbacks(&router)
        readAliases(&router)
        readRouting(&library, &router)
        readCache(&library, &router)
        if let key = general.take("master_key") {
            needsKeys = true
            notes.append(ImportNote(key.origin, "general_settings.master_key", "is not taken over: see gateway.keys"))
        }
        for member in root.take("environment_variables")?.merged ?? [] {
            notes.append(ImportNote(member.keyOrigin, "environment_variables.\(member.key)", "export it yourself"))
        }
        notes += library.rest(Self.reasons) + router.rest(Self.reasons) + general.rest(Self.reasons)
        notes += root.rest(Self.reasons)
    }

    private static let reasons = [
        "drop_params": "a field that a provider does not know is its own affair: it is passed on",
        "set_verbose": "what is logged says log.level, or --verbose", "json_logs": "logs are lines of text",
        "success_callback": "the audit log and `aurelis usage` tell what became of requests",
        "failure_callback": "the audit log and `aurelis why` tell what became of requests",
        "callbacks": "there are no callbacks", "allowed_fails": "five failures in a row open a circuit",
        "cooldown_time": "an open circuit is tried again after a minute",
        "content_policy_fallbacks": "what a content filter refuses is asked nowhere else",
        "database_url": "keys and usage lie in the data directory",
        "store_model_in_db": "models stand in this file", "redis_password": "put it into cache.redis.url yourself",
        "alerting": "there are no alerts", "telemetry": "nothing is told to anybody",
        "num_workers": "the gateway uses all processors: gateway.threads",
        "enable_pre_call_checks": "prompts that are too long are always found before they are sent",
        "max_parallel_requests": "at once a provider gets as many as routing.concurrency allows",
        "global_max_parallel_requests": "at once a provider gets as many as routing.concurrency allows",
        "guardrails": "secrets in requests are found by safety", "mcp_servers": "tools are the clients' affair",
    ]

    private mutating func readFallbacks(_ section: inout ImportSection) {
        for name in ["fallbacks", "context_window_fallbacks"] {
            guard let list = section.take(name) else { continue }
            for member in list.list.flatMap(\.merged) {
                let models = member.value.list.compactMap(\.text)
                if member.key == "*" { defaultFallbacks += models } else { addFallbacks(member.key, models) }
            }
            if name == "context_window_fallbacks" {
                let text = "stands behind the fallbacks: here it answers after other failures too"
                notes.append(ImportNote(list.origin, "\(section.path).\(name)", text))
            }
        }
        if let list = section.take("default_fallbacks") { defaultFallbacks += list.list.compactMap(\.text) }
    }

    private mutating func addFallbacks(_ name: String, _ models: [String]) {
        if let index = fallbacks.firstIndex(where: { $0.name == name }) {
            fallbacks[index].models += models
        } else {
            fallbacks.append((name, models))
        }
    }

    private mutating func readAliases(_ router: inout ImportSection) {
        guard let map = router.take("model_group_alias") else { return }
        for member in map.merged {
            let model = member.value.text ?? member.value.members.first { $0.key == "model" }?.value.text
            guard let model else { continue }
            aliases.append((member.key, model))
        }
    }

    private mutating func readRouting(_ library: inout ImportSection, _ router: inout ImportSection) {
        if let word = router.takeText("routing_strategy") {
            let known = [
                "latency-based-routing": "performance", "cost-based-routing": "cost", "usage-based-routing": "quota",
                "usage-based-routing-v2": "quota", "simple-shuffle": "preference", "least-busy": "preference",
            ]
            strategy = known[word]
            if strategy == nil || strategy == "preference" {
                let text = "the first provider of a model is preferred; others answer when it cannot"
                notes.append(ImportNote(nil, "router_settings.routing_strategy: \(strategy == nil ? "?" : word)", text))
            }
        }
        retries = router.takeCount("num_retries") ?? library.takeCount("num_retries")
        requestTimeout = router.takeCount("timeout") ?? library.takeCount("request_timeout")
        firstTokenTimeout = router.takeCount("stream_timeout")
    }

    private mutating func readCache(_ library: inout ImportSection, _ router: inout ImportSection) {
        keepsAnswers = library.takeFlag("cache") ?? false
        var cache = ImportSection(library.take("cache_params"), path: "litellm_settings.cache_params")
        let kind = cache.takeText("type") ?? "local"
        lifetime = cache.takeCount("ttl")
        let host = cache.takeText("host") ?? router.takeText("redis_host")
        let port = cache.takeCount("port") ?? router.takeCount("redis_port") ?? 6_379
        let prefix = cache.takeText("namespace")
        if keepsAnswers, kind == "redis" {
            if let host, LiteLLMDeployment.variable(host) == nil, Self.isHost(host) {
                redis = Redis(host: host, port: min(port, 65_535), prefix: prefix)
            } else {
                notes.append(ImportNote(nil, "the address of Redis", "is not in the file: write cache.redis.url"))
            }
        } else if keepsAnswers, kind != "local" {
            notes.append(
                ImportNote(nil, "litellm_settings.cache_params.type: \(kind)", "answers are kept here on disk")
            )
        }
        notes += cache.rest(["password": "put it into cache.redis.url yourself", "supported_call_types": "all are"])
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.allSatisfy { byte in
                let letter = (byte | 0x20) &- UInt8(ascii: "a") < 26
                return letter || byte &- UInt8(ascii: "0") < 10 || byte == 0x2D || byte == 0x2E
            }
    }
}
