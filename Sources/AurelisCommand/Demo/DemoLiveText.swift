/// Text that is printed while it arrives, made safe and folded beside its label.
struct DemoLiveText {
    private let output: TextOutput
    private let indent: Int
    private let width: Int
    private var column: Int
    /// Spaces that are printed once a word follows them on the same line.
    private var spaces = 0
    /// Whether the line has begun: an empty one stays empty.
    private var hasIndent = true
    private var sanitizer = TerminalSanitizer()

    /// A text whose first line already stands at its indent.
    init(_ output: TextOutput, indent: Int, width: Int) {
        self.output = output
        self.indent = indent
        self.width = width
        self.column = indent
    }

    /// The next piece; a word that no longer fits goes to the next line.
    mutating func print(_ piece: String) throws {
        var word = ""
        for character in sanitizer.sanitize(piece) {
            if character == " " || character.isNewline || character == "\t" {
                try print(word: word)
                word = ""
                if character.isNewline { try startLine() } else { spaces += character == "\t" ? 4 : 1 }
            } else {
                word.append(character)
            }
        }
        try print(word: word)
    }

    /// The text is complete.
    mutating func finish() throws { try output.write("\n") }

    private mutating func print(word: String) throws {
        guard !word.isEmpty else { return }
        if column > indent, column + spaces + word.displayWidth > width { try startLine() }
        try write(String(repeating: " ", count: spaces))
        spaces = 0
        for character in word {
            if column + character.displayWidth > width { try startLine() }
            try write(String(character))
        }
    }

    private mutating func write(_ text: String) throws {
        guard !text.isEmpty else { return }
        if !hasIndent {
            try output.write(String(repeating: " ", count: indent))
            hasIndent = true
        }
        try output.write(text)
        column += text.displayWidth
    }

    private mutating func startLine() throws {
        try output.write("\n")
        column = indent
        spaces = 0
        hasIndent = false
    }
}
