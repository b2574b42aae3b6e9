/// How a word stands out on a terminal that shows colours; elsewhere it stays plain.
///
///     let style = Style(isEnabled: true)
///     print(style(.good, "ok"))
struct Style: Sendable {
    /// Whether escape sequences are written at all.
    let isEnabled: Bool

    /// What a word is, not how it looks.
    enum Role: String, Sendable {
        case heading = "1"
        case quiet = "2"
        case good = "32"
        case caution = "33"
        case bad = "31"
        case name = "36"
    }

    /// The text in its role.
    func callAsFunction(_ role: Role, _ text: String) -> String {
        guard isEnabled, !text.isEmpty else { return text }
        return "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m"
    }
}
