/// Prints an answer: made safe and ended by a newline on a terminal, untouched anywhere else.
struct AnswerPrinter {
    private let output: TextOutput
    private var sanitizer = TerminalSanitizer()
    private var endsWithNewline = true

    init(_ output: TextOutput) { self.output = output }

    /// The next piece of the answer.
    mutating func print(_ piece: String) throws(WriteFailure) {
        guard !piece.isEmpty else { return }
        try write(output.isTerminal ? sanitizer.sanitize(piece) : piece)
    }

    /// The answer is over, whether complete or not; may be called again.
    mutating func finish() throws(WriteFailure) {
        guard output.isTerminal else { return }
        try write(sanitizer.finish())
        if !endsWithNewline { try write("\n") }
    }

    private mutating func write(_ text: String) throws(WriteFailure) {
        guard let last = text.unicodeScalars.last else { return }
        try output.write(text)
        endsWithNewline = last == "\n"
    }
}
