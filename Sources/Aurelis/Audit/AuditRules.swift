/// How entries are put into words: the rules of one process.
///
///     var rules = AuditRules()
///     rules.redact = { text in sanitiser.redacted(text) }
package struct AuditRules: Sendable {
    /// The level of compliance that every entry names.
    package var complianceLevel = "standard"
    /// Whether the simulator answers.
    package var isSimulated = false
    /// The process that writes.
    package var process: Int32 = 0
    /// Takes secrets out of a text, before it is shortened; the sanitiser is plugged in here.
    package var redact: @Sendable (String) -> String = { $0 }

    /// The standard rules.
    package init() {}

    /// Longer values are truncated.
    package static let maximumCharacters = 1_000
    /// What stands for a value that is not written down.
    package static let redacted = "[redacted]"

    /// A text without secrets, and of a length that a log can bear.
    func text(_ text: String) -> String { Self.truncated(redact(text)) }

    /// At most 1,000 characters, and a mark where something is missing.
    static func truncated(_ text: String) -> String {
        guard text.utf8.count > maximumCharacters else { return text }
        let kept = text.prefix(maximumCharacters)
        return kept.endIndex == text.endIndex ? text : "\(kept)…[truncated, \(text.utf8.count) bytes in all]"
    }
}
