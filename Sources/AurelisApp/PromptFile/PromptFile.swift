package import Aurelis

/// A prompt that is kept in a file, in GitHub's format (`.prompt.yml`): who is asked, how, and what, with blanks to fill.
///
///     let file = try PromptFile.reading("summary.prompt.yml")
///     let messages = try file.messages(filling: ["input": text])
package struct PromptFile: Sendable {
    /// Where it lies.
    package let path: String
    package var name: String?
    /// What it is for.
    package var about: String?
    package var model: String?
    package var temperature: Double?
    package var topP: Double?
    package var maxTokens: Int?
    package var seed: Int?
    package var stop: [String] = []
    package var responseFormat: ResponseFormat?
    /// What works without being heeded, with its place.
    package var warnings: [String] = []
    var templates: [Template] = []

    /// A message with its blanks.
    struct Template: Sendable {
        var role: Message.Role
        var text: PromptTemplate
        var origin: ConfigurationOrigin
    }

    init(path: String) { self.path = path }

    /// The names of the blanks, in their order, each once.
    package var variables: [String] {
        var names: [String] = []
        for template in templates {
            for name in template.text.variables where !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The conversation with its blanks filled.
    ///
    /// - Throws: an error that lists the blanks for which there is nothing.
    package func messages(filling values: [String: String]) throws(ConfigurationError) -> [Message] {
        let missing = variables.filter { values[$0] == nil }
        guard missing.isEmpty else {
            let places = templates.filter { $0.text.variables.contains(missing[0]) }
            throw ConfigurationError(
                missing.count == 1
                    ? "the variable \(missing[0]) has no value"
                    : "the variables \(missing.joined(separator: ", ")) have no values",
                origin: places.first?.origin,
                suggestion: missing.map { "--var \($0)=…" }.joined(separator: " ")
            )
        }
        return templates.map { template in
            let text = template.text.filled(values)
            return Message(role: template.role, content: text.isEmpty ? [] : [.text(text)])
        }
    }
}
