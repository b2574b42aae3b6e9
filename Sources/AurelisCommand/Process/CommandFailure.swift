/// Why a command ends without success, as a person reads it.
///
///     throw CommandFailure(.configuration, "aurelis.yaml is not readable", hint: "chmod u+r aurelis.yaml")
struct CommandFailure: Error, Hashable, Sendable {
    /// What the process ends with.
    var status: CommandStatus
    /// What went wrong.
    var message: String
    /// What can be done about it, one line each.
    var hints: [String]
    /// Whether standard output tells programs of it already.
    var isPrinted = false

    /// A failure with its ways out.
    init(_ status: CommandStatus, _ message: String, hint: String...) {
        self.status = status
        self.message = message
        self.hints = hint
    }

    /// `aurelis: …`, with an indented line for each hint.
    ///
    /// - Parameter width: where lines are folded; nil: nowhere, as a log wants it.
    func rendered(style: Style, width: Int? = nil) -> String {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let head = "aurelis: " + TerminalSanitizer.singleLine(lines.first ?? "")
        var text = ""
        for (index, part) in CommandFailure.folded(head, width).enumerated() {
            text += index == 0 ? style(.bad, "aurelis:") + part.dropFirst("aurelis:".count) : "  " + part
            text += "\n"
        }
        for line in lines.dropFirst() { text += "  " + TerminalSanitizer.singleLine(line) + "\n" }
        for hint in hints {
            for part in CommandFailure.folded(TerminalSanitizer.singleLine(hint), width) {
                text += "  " + style(.quiet, part) + "\n"
            }
        }
        return text
    }

    private static func folded(_ text: String, _ width: Int?) -> [String] {
        width.map { text.folded(to: $0 - 2) } ?? [text]
    }
}
