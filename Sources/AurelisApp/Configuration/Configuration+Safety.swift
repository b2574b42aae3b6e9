internal import Aurelis

extension SafetyConfiguration {
    /// Reads `safety`.
    init(reading root: SettingsReader) throws(ConfigurationError) {
        self.init()
        let section = try root.section("safety", knowing: ["secrets", "ignore", "restore", "limits"])
        let policies = SecretPolicy.allCases.map { ($0.rawValue, $0) }
        secrets = try section.choice("secrets", among: policies, default: secrets.rawValue) ?? secrets
        restoresSecrets = try section.flag("restore", default: restoresSecrets)
        guard !restoresSecrets || secrets == .redact else {
            throw section.error(
                "has nothing to restore: credentials are replaced only under `secrets: redact`",
                at: "restore",
                suggestion: "add `secrets: redact` to safety, or remove `restore`"
            )
        }
        let kinds = SecretKind.catalog.map(\.kind.rawValue)
        for name in try section.strings("ignore") ?? [] {
            guard kinds.contains(name) else {
                let nearest = Suggestion.nearest(to: name, among: kinds).map { "did you mean \"\($0)\"?" }
                throw section.error(
                    "\(RepeatedText.value(name)) is no kind of credential",
                    at: "ignore",
                    suggestion: nearest ?? "known here: \(kinds.joined(separator: ", "))"
                )
            }
            ignored.insert(SecretKind(rawValue: name))
        }
        let limits = try section.section("limits", knowing: ["prompt", "system_prompt", "metadata"])
        self.limits.prompt = try limits.integer("prompt", in: 0...1_000_000_000, default: self.limits.prompt)
        self.limits.systemPrompt =
            try limits.integer("system_prompt", in: 0...1_000_000_000, default: self.limits.systemPrompt)
        self.limits.metadata = try limits.bytes("metadata", default: self.limits.metadata)
    }
}
