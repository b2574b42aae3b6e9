internal import Aurelis

extension Conversation {
    /// The conversation to be read by people.
    var markdown: String {
        var text = ""
        if let system { text += "## Rules\n\n\(system)\n\n" }
        for entry in messages {
            switch entry.role {
            case .user: text += "## Question\n\n"
            case .assistant: text += "## Answer\(entry.note.map { " (\($0.model))" } ?? "")\n\n"
            default: text += "## \(entry.role.rawValue.capitalized)\n\n"
            }
            text += entry.text + "\n\n"
            if let reason = entry.note?.cutOff { text += "*Cut off: \(reason).*\n\n" }
        }
        while text.hasSuffix("\n\n") { text.removeLast() }
        return text
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
