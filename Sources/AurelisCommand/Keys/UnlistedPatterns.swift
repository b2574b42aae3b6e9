internal import Aurelis
internal import AurelisApp
internal import AurelisProviders

/// Which patterns of a key match no model that any list names: slips, most likely.
enum UnlistedPatterns {
    /// The patterns, of those of a key, that match nothing.
    ///
    /// - Parameter configuration: whose providers' models there are; without providers those of every preset.
    static func among(_ patterns: [ModelPattern], _ configuration: Configuration) -> [ModelPattern] {
        let names = names(configuration)
        return patterns.filter { pattern in !names.contains(where: pattern.matches) }
    }

    /// What is said of them.
    static func words(_ patterns: [ModelPattern]) -> String? {
        guard !patterns.isEmpty else { return nil }
        let names = patterns.map { "\"\($0)\"" }.joined(separator: ", ")
        let verb = patterns.count == 1 ? "matches" : "match"
        return
            "\(names) \(verb) no model that a list names; `aurelis models` shows them. The key is made as it was asked for"
    }

    private static func names(_ configuration: Configuration) -> Set<String> {
        var names: Set<String> = []
        var presets = configuration.providers.map(\.preset)
        if presets.isEmpty { presets = ProviderPreset.names }
        if configuration.simulates { presets.append("github-models") }
        for preset in Set(presets) {
            for model in (try? ProviderPreset.named(preset))?.models ?? [] {
                names.insert(model.id.canonical)
                names.insert(model.wireName)
            }
        }
        for model in configuration.providers.flatMap(\.models.keys) { names.insert(model.canonical) }
        for alias in configuration.orchestrator.routing.aliases.keys { names.insert(alias.canonical) }
        return names
    }
}
