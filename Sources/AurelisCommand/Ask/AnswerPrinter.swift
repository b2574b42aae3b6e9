/// Prints an answer: made safe and ended by a newline on a terminal, untouched anywhere else.
struct AnswerPrinter {
    private let output: TextOutput
    private let line: OpenLine
    private var sanitizer = TerminalSanitizer()

    /// A printer.
    ///
    /// - Parameter line: knows whether what is said beside the answer has to begin a line.
    init(_ output: TextOutput, line: OpenLine = OpenLine()) {
        self.output = output
        self.line = line
    }

    /// The next piece of the answer.
    mutating func print(_ piece: String) throws(WriteFailure) {
        guard !piece.isEmpty else { return }
        try write(output.isTerminal ? sanitizer.sanitize(piece) : piece)
    }

    /// The answer is over, whether complete or not; may be called again.
    mutating func finish() throws(WriteFailure) {
        guard output.isTerminal else { return }
        try write(sanitizer.finish())
        if line.end() { try output.write("\n") }
    }

    private mutating func write(_ text: String) throws(WriteFailure) {
        try output.write(text)
        // Who reads a pipe may show it on the same terminal; what goes into a file stands nowhere else.
        if output.isTerminal || output.isPipe { line.wrote(text) }
    }
}
