internal import Aurelis

extension Conversation {
    /// What each message costs beside its text.
    private static let messageTokens = 4

    /// As much of the conversation as fits into so many tokens: the rules and the latest, from a question on.
    ///
    /// At least the latest question is sent: whether that is too long the provider says.
    ///
    /// - Returns: the messages, and how many were left out.
    func fitting(_ tokens: Int) -> (messages: [Message], leftOut: Int) {
        var room = tokens - (system.map { Self.tokens($0) } ?? 0)
        var first = messages.count
        var start = messages.count
        while first > 0 {
            room -= Self.tokens(messages[first - 1].text)
            let isLatestQuestion = !messages[first...].contains { $0.role == .user }
            guard room >= 0 || isLatestQuestion else { break }
            first -= 1
            // An answer without its question would be one to another.
            if messages[first].role == .user || first == 0 { start = first }
        }
        return (Self.request(system, messages[start...]), start)
    }

    /// About how many tokens the whole takes.
    var tokens: Int {
        messages.reduce(system.map { Self.tokens($0) } ?? 0) { $0 + Self.tokens($1.text) }
    }

    private static func tokens(_ text: String) -> Int { TokenEstimate(text).typical + messageTokens }
}
