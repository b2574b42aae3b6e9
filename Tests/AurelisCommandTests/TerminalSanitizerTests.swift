import Testing

@testable import AurelisCommand

@Suite("Terminal sanitizer")
struct TerminalSanitizerTests {
    @Test(
        "control characters become visible signs",
        arguments: [
            ("\u{1B}[2J\u{1B}[1;31mred", "␛[2J␛[1;31mred"),
            ("\u{1B}]0;owned\u{7}", "␛]0;owned␇"),
            ("\u{1B}]8;;http://evil\u{1B}\\link", "␛]8;;http://evil␛\\link"),
            ("\u{9B}31m and \u{9D}0;t\u{9C}", "\u{FFFD}31m and \u{FFFD}0;t\u{FFFD}"),
            ("a\u{8}\u{7F}\u{0}b", "a␈␡␀b"),
            ("tab\tand\nnewline", "tab\tand\nnewline"),
            ("dos\r\nline", "dos\nline"),
            ("over\rwritten", "over␍written"),
            ("if a \u{202E}nimda == \u{2066}b\u{2069}\u{202C}", "if a \u{FFFD}nimda == \u{FFFD}b\u{FFFD}\u{FFFD}"),
            ("\u{202A}\u{202B}\u{202D}\u{2067}\u{2068}", String(repeating: "\u{FFFD}", count: 5)),
            ("א\u{200F}, \u{200E}b\u{61C}", "א, b"),
            ("one\u{85}two\u{2028}three\u{2029}four", "one\u{FFFD}two\nthree\nfour"),
            ("naïve 日本 👩‍👩‍👧 e\u{301}", "naïve 日本 👩‍👩‍👧 e\u{301}"),
        ]
    )
    func visibleSigns(raw: String, shown: String) {
        var sanitizer = TerminalSanitizer()
        #expect(sanitizer.sanitize(raw) + sanitizer.finish() == shown)
    }

    @Test("a text reads the same however it is cut into pieces")
    func pieces() {
        let alphabet = Array("\u{1B}\r\n[mé\u{301}\u{9B}日\u{200D}👩\u{202E}\u{2028}\u{200F}".unicodeScalars)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let scalars = (0..<12).map { _ in alphabet.randomElement(using: &generator) ?? "x" }
            var whole = TerminalSanitizer()
            let text = String(String.UnicodeScalarView(scalars))
            let expected = whole.sanitize(text) + whole.finish()

            var pieced = TerminalSanitizer()
            var shown = ""
            var rest = scalars[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &generator)
                shown += pieced.sanitize(String(String.UnicodeScalarView(rest.prefix(count))))
                rest = rest.dropFirst(count)
            }
            shown += pieced.finish()
            #expect(Array(shown.unicodeScalars) == Array(expected.unicodeScalars))
            #expect(!shown.unicodeScalars.contains { isControl($0) })
        }
    }

    @Test("on a terminal an answer and its JSON steer nothing; in a pipe they are byte for byte what came")
    func outputs() throws {
        let text = "a\u{202E}b\u{9B}1m\u{2028}c\u{200E}"
        let json = "{\"t\":\"\(text)\"}"
        let shown = "a\u{FFFD}b\u{FFFD}1m\nc\n" + #"{"t":"a\u202eb\u009b1m\u2028c\u200e"}"#
        for (isTerminal, expected) in [(true, shown), (false, text + json)] {
            let captured = CapturedConsole(isTerminal: isTerminal)
            var printer = AnswerPrinter(captured.console.output)
            try printer.print(text)
            try printer.finish()
            try captured.console.output.write(json: json)
            #expect(try Array(captured.finish().output.unicodeScalars) == Array(expected.unicodeScalars))
        }
    }

    @Test(
        "what is said on a terminal beside an answer begins a line, also where the answer goes through a pipe to it",
        arguments: [true, false]
    )
    func openLine(isTerminal: Bool) throws {
        let captured = CapturedConsole(isTerminal: isTerminal, showsErrors: true)
        var printer = AnswerPrinter(captured.console.output, line: captured.console.line)
        captured.console.remark("before")
        try printer.print("half a ")
        captured.console.remark("waiting")
        captured.console.warn("still")
        try printer.print("line")
        try printer.finish()
        captured.console.remark("after")
        let written = try captured.finish()
        let end = isTerminal ? ("\n", "") : ("", "\n")
        #expect(written.output == "half a line" + end.0)
        #expect(written.errors == "before\n\nwaiting\nwarning: still\n\(end.1)after\n")
    }

    @Test("in a log of both outputs nothing is added to an answer")
    func log() throws {
        let captured = CapturedConsole()
        var printer = AnswerPrinter(captured.console.output, line: captured.console.line)
        try printer.print("answer")
        try printer.finish()
        captured.console.remark("after")
        let written = try captured.finish()
        #expect(written.output == "answer" && written.errors == "after\n")
    }

    @Test("a line for a table or an error holds no line breaks")
    func singleLine() {
        #expect(TerminalSanitizer.singleLine("one\r\ntwo\tthree\n\u{1B}[0m") == "one two three ␛[0m")
    }

    private func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\n" && scalar != "\t" && scalar.properties.generalCategory == .control
    }
}
