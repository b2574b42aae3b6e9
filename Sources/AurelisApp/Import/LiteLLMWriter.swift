internal import Aurelis
internal import AurelisProviders

/// The text of a configuration that was imported from LiteLLM.
struct LiteLLMWriter {
    /// No provider here waits longer for a whole answer unless told to, in seconds.
    private static let usualTotal = 60
    private static let placeholder = "https://write-the-address-here.invalid/v1"

    let file: String
    let configuration: LiteLLMConfiguration
    let groups: LiteLLMProviderGroups
    let notes: [ImportNote]

    var yaml: String {
        var lines = [
            "# Imported from \(YAMLScalar.comment(file)), a configuration of the LiteLLM proxy.",
            "# `aurelis config check` checks this file, `aurelis config show` prints what is in effect.",
            "",
        ]
        lines += providers + [""] + routing + retry + cache + gateway
        if !notes.isEmpty {
            lines += ["# What is otherwise here than there, or has no counterpart:"]
            for note in notes {
                let place = note.line > 0 ? "line \(note.line): " : ""
                lines.append("# - " + YAMLScalar.comment("\(place)\(note.subject): \(note.text)"))
            }
        }
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Providers

    private var providers: [String] {
        guard !groups.groups.isEmpty else {
            return ["# None of its models can be asked from here.", "providers: []"]
        }
        return ["providers:                        # the first that serves a model is preferred"]
            + groups.groups.flatMap(lines)
    }

    private func lines(_ group: LiteLLMProviderGroups.Group) -> [String] {
        var lines = ["  - id: \(YAMLScalar.text(group.id))"]
        if group.preset != group.id { lines.append("    preset: \(group.preset)") }
        let needsResource = group.preset == "foundry"
        switch group.address {
        case .url(let url): lines.append("    base_url: \(YAMLScalar.text(url))")
        case .resource(let name): lines.append("    resource: \(YAMLScalar.text(name))")
        case .variable(let name) where needsResource:
            lines.append("    resource: my-resource         # TODO: the resource whose address is in $\(name)")
        case .variable(let name):
            lines.append("    base_url: \(YAMLScalar.text(Self.placeholder))    # TODO: the address in $\(name)")
        case .preset where needsResource:
            lines.append("    resource: my-resource         # TODO: the first part of the resource's address")
        case .preset where group.preset == "custom":
            lines.append("    base_url: \(YAMLScalar.text(Self.placeholder))    # TODO: the file has no address")
        case .preset:
            if groups.needsAddress(group), let url = (try? ProviderPreset.named(group.preset))?.baseURL {
                lines.append(
                    "    base_url: \(YAMLScalar.text(url))    # so that its own key is used, not the first one's"
                )
            }
        }
        if let retirement = (try? ProviderPreset.named(group.preset))?.retirement, group.address == .preset {
            lines.append("    # \(YAMLScalar.comment(retirement.message))")
        }
        if let variable = group.variable {
            let other = group.other.map { "; \($0) holds another" } ?? ""
            let why = group.isKeyInFile ? "    # TODO: put the key there that stands in the imported file\(other)" : ""
            lines.append("    api_key: { env: \(YAMLScalar.text(variable)) }\(why)")
        }
        if let total = configuration.requestTimeout, total > Self.usualTotal {
            lines.append("    time_limits: { total: \(total)s }")
        }
        // Whoever passes every name on would be asked for the others' models too.
        if group.wildcards.isEmpty { lines.append("    unlisted_models: none") }
        for name in group.wildcards {
            lines.append("    # \(YAMLScalar.comment(name)): models that are not listed go here by their own name")
        }
        if !group.models.isEmpty { lines.append("    models:") }
        return lines + group.models.map { "      \(YAMLScalar.text($0.name)): \(Self.settings($0))" }
    }

    private static func settings(_ model: LiteLLMDeployment) -> String {
        var parts = ["name: \(YAMLScalar.text(model.wireName))"]
        if let tokens = model.inputTokens { parts.append("input_tokens: \(min(tokens, 100_000_000))") }
        if let tokens = model.outputTokens { parts.append("output_tokens: \(min(tokens, 100_000_000))") }
        if let price = model.price { parts.append("price: { input: \(price.input), output: \(price.output) }") }
        if !model.limits.isEmpty {
            let limits = model.limits.map {
                "\($0.name): \($0.name == "concurrent" ? min($0.amount, 10_000) : $0.amount)"
            }
            parts.append("limits: { \(limits.joined(separator: ", ")) }")
        }
        return parts.count == 1 ? YAMLScalar.text(model.wireName) : "{ \(parts.joined(separator: ", ")) }"
    }

    // MARK: The rest

    private var routing: [String] {
        var lines: [String] = []
        let names = groups.groups.flatMap { $0.models.map(\.name) }
        if let strategy = configuration.strategy { lines.append("  strategy: \(strategy)") }
        if let seconds = configuration.requestTimeout { lines.append("  request_timeout: \(seconds)s") }
        if let seconds = configuration.firstTokenTimeout { lines.append("  first_token_timeout: \(seconds)s") }
        if let last = names.first, !names.contains(where: { ModelID($0) == .gpt4oMini }) {
            lines.append(
                "  global_fallback: \(YAMLScalar.text(last))    # answers \"auto\" where no model of the task does"
            )
        }
        let rows = aliases
        if !rows.isEmpty {
            lines.append("  aliases:                        # a name, and who answers to it, the best first")
            for (name, models) in rows {
                let list = models.map(YAMLScalar.text).joined(separator: ", ")
                lines.append("    \(YAMLScalar.text(name)): [\(list)]")
            }
        }
        return lines.isEmpty ? [] : ["routing:"] + lines + [""]
    }

    /// Who answers to a name that has fallbacks, or stands for another.
    private var aliases: [(name: String, models: [String])] {
        var rows: [(name: String, models: [String])] = []
        func add(_ name: String, _ models: [String]) {
            guard name != "auto", !name.hasPrefix("auto/"), !rows.contains(where: { ModelID($0.name) == ModelID(name) })
            else { return }
            var seen: Set<ModelID> = []
            rows.append((name, models.filter { !$0.isEmpty && seen.insert(ModelID($0)).inserted }))
        }
        for (name, models) in configuration.fallbacks where !models.isEmpty { add(name, [name] + models) }
        if !configuration.defaultFallbacks.isEmpty {
            for name in groups.groups.flatMap({ $0.models.map(\.name) }) where !name.isEmpty {
                let models = [name] + configuration.defaultFallbacks
                if Set(models.map { ModelID($0) }).count > 1 { add(name, models) }
            }
        }
        for (name, model) in configuration.aliases {
            add(name, rows.first { ModelID($0.name) == ModelID(model) }?.models ?? [model])
        }
        return rows
    }

    private var retry: [String] {
        guard let retries = configuration.retries.map({ min($0, 20) }) else { return [] }
        let rules = ["rate_limit", "connection", "upstream"].map { "  \($0): { retries: \(retries) }" }
        return ["retry:"] + rules + [""]
    }

    private var cache: [String] {
        guard configuration.keepsAnswers else {
            return [
                "# LiteLLM was told to keep no answers. Here those that would be the same again are kept, unless you",
                "# write:", "# cache: { policy: off }", "",
            ]
        }
        var lines: [String] = []
        if let seconds = configuration.lifetime { lines.append("  ttl: \(seconds)s") }
        if let redis = configuration.redis {
            lines.append("  redis:")
            lines.append("    url: \(YAMLScalar.text("redis://\(redis.host):\(redis.port)"))")
            if let prefix = redis.prefix, Self.isPrefix(prefix) {
                lines.append("    prefix: \(YAMLScalar.text(prefix))")
            }
        }
        return lines.isEmpty ? [] : ["cache:"] + lines + [""]
    }

    private static func isPrefix(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private var gateway: [String] {
        guard configuration.needsKeys else { return [] }
        return [
            "gateway:", "  keys: required                  # `aurelis keys create NAME` makes one for each client", "",
        ]
    }
}
