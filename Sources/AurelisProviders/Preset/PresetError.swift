/// Why a preset cannot be used: misspelt, or its data file is wrong.
///
///     do { _ = try ProviderPreset.named("opnai") } catch { print(error) }
///     // unknown preset "opnai"; did you mean "openai"?
package struct PresetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the preset, such as `models[3].wire`; nil when the preset as a whole is meant.
    package var path: String?
    /// What is wrong, for a person.
    package var message: String
    /// The name that was probably meant.
    package var suggestion: String?

    init(_ message: String, path: String? = nil, suggestion: String? = nil) {
        self.message = message
        self.path = path
        self.suggestion = suggestion
    }

    /// One line for terminals.
    package var description: String {
        var text = path.map { "\($0): \(message)" } ?? message
        if let suggestion { text += "; did you mean \"\(suggestion)\"?" }
        return text
    }
}
