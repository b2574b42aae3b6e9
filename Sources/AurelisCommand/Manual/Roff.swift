/// Writes the language of man(7): every text is escaped here, so that none is taken for a command.
struct Roff {
    /// Lines of the source are no longer than this before their escapes.
    private static let width = 70

    private(set) var output = ""
    /// Whether a paragraph begins here anyway.
    private var isFresh = true

    /// A line of the language itself.
    mutating func line(_ line: String) {
        output += line + "\n"
        isFresh = false
    }

    mutating func section(_ title: String) {
        line(".SH \(Self.quoted(title))")
        isFresh = true
    }

    mutating func subsection(_ title: String) {
        line(".SS \(Self.quoted(title))")
        isFresh = true
    }

    /// Text that is filled.
    mutating func text(_ text: String) {
        for part in text.split(separator: "\n") {
            for piece in String(part).folded(to: Self.width) { line(Self.escaped(piece)) }
        }
    }

    private mutating func paragraph() {
        if !isFresh { line(".PP") }
    }

    /// A term and what it means.
    mutating func entry(_ term: String, _ meaning: String) {
        line(".TP")
        line("\\fB" + Self.escaped(term) + "\\fR")
        text(meaning.isEmpty ? term : meaning)
    }

    /// Lines as they are.
    mutating func example(_ lines: [String]) {
        paragraph()
        line(".RS 4")
        line(".nf")
        for text in lines { line(Self.escaped(text)) }
        line(".fi")
        line(".RE")
    }

    /// Paragraphs with blank lines between them; what is indented is an example.
    mutating func discussion(_ text: String) {
        var paragraph: [String] = []
        var indented: [String] = []
        func flush(_ roff: inout Roff) {
            if !paragraph.isEmpty {
                roff.paragraph()
                roff.text(paragraph.joined(separator: "\n"))
            }
            if !indented.isEmpty { roff.example(indented) }
            (paragraph, indented) = ([], [])
        }
        for part in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            let isIndented = part.hasPrefix("  ")
            if part.isEmpty || isIndented != !indented.isEmpty { flush(&self) }
            if part.isEmpty { continue }
            if isIndented { indented.append(String(part.dropFirst(2))) } else { paragraph.append(part) }
        }
        flush(&self)
    }

    /// A text in which nothing means anything to the formatter.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\"": result += "\\(dq"
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default: result += "\\[u" + Self.hexadecimal(scalar) + "]"
            }
        }
        return result.hasPrefix(".") ? "\\&" + result : result
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }
}
