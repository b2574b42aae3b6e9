internal import Aurelis

extension Configuration.Tokenizer {
    /// `{ vocabulary: o200k_base.tiktoken, models: ["openai/gpt-4o*"] }`
    init(reading section: SettingsReader) throws(ConfigurationError) {
        guard let vocabulary = try section.string("vocabulary"), !vocabulary.isEmpty else {
            throw section.error("names no file", at: "vocabulary", suggestion: "write the path of a .tiktoken file")
        }
        let patterns = TokenPattern.allCases.map { ($0.rawValue, $0) }
        let named = TokenPattern.allCases.first { vocabulary.contains($0.rawValue) }
        guard let pattern = try section.choice("pattern", among: patterns, default: named?.rawValue) else {
            throw section.error(
                "is not named, and the file's name does not tell it",
                at: "pattern",
                suggestion: "write one of \(patterns.map(\.0).joined(separator: ", "))"
            )
        }
        let models = try section.strings("models") ?? []
        guard !models.isEmpty else {
            throw section.error("names no model", at: "models", suggestion: "\"openai/gpt-4o*\" for example, or \"*\"")
        }
        self.init(
            vocabulary: vocabulary,
            pattern: pattern,
            models: models,
            origin: section.origin("vocabulary")
        )
    }
}
