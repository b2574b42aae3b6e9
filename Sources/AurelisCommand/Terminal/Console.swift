/// Both outputs of a command: answers here, everything else there.
struct Console: Sendable {
    /// Where answers go.
    let output: TextOutput
    /// Where remarks, warnings and failures go.
    let errors: TextOutput
    /// The line that an answer has not ended.
    let line = OpenLine()

    init(output: TextOutput, errors: TextOutput) {
        self.output = output
        self.errors = errors
    }

    /// The process's own outputs.
    init(color: Bool) {
        self.init(output: TextOutput(descriptor: 1, color: color), errors: TextOutput(descriptor: 2, color: color))
    }

    /// Says something beside the answer.
    func remark(_ text: String) {
        beginLine()
        for line in lines(text) { errors.note(errors.style(.quiet, line) + "\n") }
    }

    /// Warns.
    func warn(_ text: String) {
        beginLine()
        let mark = "warning: "
        for (index, line) in lines(mark + text).enumerated() {
            let isFirst = index == 0 && line.hasPrefix(mark)
            let shown = isFirst ? errors.style(.caution, "warning:") + " " + line.dropFirst(mark.count) : line
            errors.note((index == 0 ? "" : "  ") + shown + "\n")
        }
    }

    /// Ends the line of an answer on a terminal, so that what is said beside it does not begin in its middle.
    func beginLine() { if errors.isTerminal, line.end() { errors.note("\n") } }

    /// One line, folded where a person would see it wrapped.
    private func lines(_ text: String) -> [String] {
        let line = TerminalSanitizer.singleLine(text)
        return errors.isTerminal ? line.folded(to: errors.columns - 2) : [line]
    }
}
