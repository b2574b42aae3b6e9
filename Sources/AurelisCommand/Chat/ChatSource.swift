/// Where the texts of a chat come from: a person at an editor, or lines that are piped in.
enum ChatSource {
    case prompt(LinePrompt)
    case lines(ChatLines)

    mutating func next() async throws -> LinePrompt.Line {
        switch self {
        case .prompt(var prompt):
            defer { self = .prompt(prompt) }
            return try await prompt.next()
        case .lines(var lines):
            defer { self = .lines(lines) }
            return try await lines.next()
        }
    }

    /// Puts a text where the next one is written, if anybody writes it.
    mutating func prefill(_ text: String) {
        guard case .prompt(var prompt) = self else { return }
        prompt.prefill(text)
        self = .prompt(prompt)
    }
}

/// Texts from lines: one each, or several where a line goes on in the next one.
struct ChatLines {
    private let input: InputEvents
    /// Says that a line is awaited, to a person whose terminal can do no more.
    private let ask: @Sendable () -> Void
    private var bytes: [UInt8] = []
    private var searched = 0
    private var text: String?
    private var isAtEnd = false

    init(input: InputEvents, ask: @escaping @Sendable () -> Void = {}) {
        self.input = input
        self.ask = ask
    }

    /// - Throws: a usage failure for what is no text or too long; `CancellationError`.
    mutating func next() async throws -> LinePrompt.Line {
        ask()
        while true {
            while let line = try takeLine() {
                let whole = text.map { $0 + "\n" + line } ?? line
                guard !MultilineText.isOpen(whole) || isAtEnd && bytes.isEmpty else {
                    text = whole
                    continue
                }
                text = nil
                return .text(whole)
            }
            guard !isAtEnd else {
                defer { text = nil }
                return text.map { .text($0) } ?? .end
            }
            try Task.checkCancellation()
            switch await input.next() {
            case .bytes(let more): bytes += more
            case .end: isAtEnd = true
            case .woken, .silence: break
            }
            guard bytes.count <= InputFile.maximumBytes else {
                throw CommandFailure(
                    .usage,
                    "a line of standard input is longer than \(InputFile.maximumBytes >> 20) MB"
                )
            }
        }
    }

    private mutating func takeLine() throws(CommandFailure) -> String? {
        var line: [UInt8]
        if let end = bytes[searched...].firstIndex(of: 0x0A) {
            line = Array(bytes[..<end])
            bytes.removeSubrange(...end)
        } else if isAtEnd, !bytes.isEmpty {
            line = bytes
            bytes = []
        } else {
            searched = bytes.count
            return nil
        }
        searched = 0
        if line.last == 0x0D { line.removeLast() }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw CommandFailure(.usage, "standard input is not UTF-8 text")
        }
        return text
    }
}
