internal import Aurelis

extension BatchCredentials {
    /// What is said of lines with credentials, before a batch and after it; nil: there are none.
    ///
    ///     3 lines hold what looks like a credential, which is sent as it is (safety.secrets: warn): GitHub token
    ///     (github_token), OpenAI key (openai_key); lines 4, 7 and 9
    var words: String? {
        guard lines > 0 else { return nil }
        let fate =
            switch policy {
            case .off, .warn: "which is sent as it is"
            case .redact: "in whose place a placeholder is sent"
            case .block: lines == 1 ? "and is not sent" : "and are not sent"
            }
        let holders = lines == 1 ? "1 line holds" : "\(lines) lines hold"
        let names = kinds.map { "\($0.title) (\($0))" }.joined(separator: ", ")
        return
            "\(holders) what looks like a credential, \(fate) (safety.secrets: \(policy.rawValue)): \(names); \(places)"
    }

    private var places: String {
        var names = numbers.map(String.init)
        if lines > names.count { names.append("\(lines - names.count) more") }
        guard names.count > 1, let last = names.last else { return "line \(names.joined())" }
        return "lines \(names.dropLast().joined(separator: ", ")) and \(last)"
    }
}
