internal import Aurelis
internal import AurelisJSON

/// A line of the log for people: when, what, and everything else by name.
enum AuditText {
    private static let left = ["seq", "time", "event", "mac", "compliance_level", "pid"]

    /// One line, harmless on a terminal.
    static func line(_ line: JSONDocument, _ style: Style) -> String {
        let event = line["event"]?.string ?? "?"
        let facts = line.root.members.lazy.filter { !left.contains($0.key) }.map { name, value in
            "\(name)=" + text(value)
        }
        let time = TerminalSanitizer.singleLine(line["time"]?.string ?? "")
        let name = TerminalSanitizer.singleLine(event)
        let padding = String(repeating: " ", count: max(1, 15 - name.count))
        return style(.quiet, time) + "  " + style(role(of: event, line), name) + padding
            + TerminalSanitizer.singleLine(facts.joined(separator: " ")) + "\n"
    }

    private static func text(_ value: JSONValue) -> String {
        guard let text = value.string else { return value.description }
        let isWord =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || "0123456789_-./:".unicodeScalars.contains($0)
            }
        return isWord ? text : value.description
    }

    private static func role(of event: String, _ line: JSONDocument) -> Style.Role {
        switch event {
        case "security_event", "auth_event": .bad
        case "audit_event", "config_event": .caution
        case "model_response": line["outcome"]?.string == "answered" ? .good : .bad
        default: .name
        }
    }
}
