import Testing

@testable import AurelisCommand

@Suite("The line editor")
struct LineEditorTests {
    /// Types keys as a terminal sends them.
    private func type(_ bytes: String, into editor: inout LineEditor) -> [LineEditor.Action] {
        var decoder = KeyDecoder()
        return decoder.decode(Array(bytes.utf8)).flatMap { editor.handle($0) }
    }

    static let edits: [(String, String)] = [
        ("abc", "abc"), ("abc\u{1}x", "xabc"), ("abc\u{1B}[Dx", "abxc"), ("ab\u{7F}c", "ac"),
        ("one two\u{17}", "one "), ("one two  \u{17}", "one "), ("one two\u{1B}\u{7F}", "one "),
        ("one two\u{1B}b\u{B}", "one "), ("one two\u{1}\u{1B}d", " two"), ("one two\u{15}", ""),
        ("one\u{1}\u{B}\u{19}\u{19}", "oneone"), ("abc\u{1}\u{4}", "bc"), ("a-b c\u{1B}b\u{1B}b\u{1B}bx", "xa-b c"),
        ("one\u{1B}\rtwo\u{1}x", "one\nxtwo"), ("one\u{1B}\rtwo\u{1B}[Ax", "onex\ntwo"),
        ("one\u{1B}\rtwo\u{1B}[A\u{1B}[Bx", "one\ntwox"), ("e\u{301}\u{7F}", ""), ("e\u{301}\u{1B}[Dx", "xe\u{301}"),
        ("👩‍👩‍👧a\u{1B}[D\u{7F}", "a"), ("\u{1B}[200~two\r\nlines\u{1B}[201~", "two\nlines"),
        ("ab\u{1B}[H\u{1B}[3~", "b"), ("one\u{1B}\rtwo\u{1}\u{15}", "onetwo"), ("世界\u{2}x", "世x界"),
    ]

    @Test("keys do what they do everywhere", arguments: edits)
    func editing(keys: String, text: String) {
        var editor = LineEditor()
        _ = type(keys, into: &editor)
        #expect(editor.buffer.text == text)
    }

    @Test("Enter gives the text away, and the next begins empty")
    func accept() {
        var editor = LineEditor()
        #expect(type("hi\r", into: &editor).last == .accept("hi"))
        #expect(editor.buffer.isEmpty)
        #expect(type("\r", into: &editor) == [.accept("")])
    }

    @Test("a text that is not complete goes on in the next line")
    func open() {
        var editor = LineEditor()
        #expect(type("first \\\r", into: &editor).last == .redraw)
        #expect(type("second\r", into: &editor).last == .accept("first \\\nsecond"))
        #expect(type("\"\"\"\ra\r\rb\r", into: &editor).last == .redraw)
        #expect(type("\"\"\"\r", into: &editor).last == .accept("\"\"\"\na\n\nb\n\"\"\""))
    }

    @Test("pasted line breaks are text, however many there are")
    func paste() {
        var editor = LineEditor()
        let actions = type("\u{1B}[200~rm -rf /\nyes\n\u{1B}[201~", into: &editor)
        #expect(actions == [.redraw])
        #expect(type("\r", into: &editor) == [.accept("rm -rf /\nyes\n")])
    }

    @Test("Ctrl-C throws away what is written; Ctrl-C and Ctrl-D at nothing say so")
    func interrupts() {
        var editor = LineEditor()
        #expect(type("abc\u{3}", into: &editor).last == .cancel("abc"))
        #expect(type("\u{3}", into: &editor) == [.interrupt])
        #expect(type("\u{4}", into: &editor) == [.end])
        #expect(type("\u{1A}", into: &editor) == [.suspend])
        #expect(type("\u{C}", into: &editor) == [.clearScreen])
    }

    @Test("going back finds what begins like the text that is there, and forward leads back to it")
    func history() {
        var editor = LineEditor(history: LineHistory(["git log", "ls", "git diff", "git diff"]))
        _ = type("git", into: &editor)
        var seen: [String] = []
        for keys in ["\u{1B}[A", "\u{1B}[A", "\u{1B}[A", "\u{1B}[B", "\u{1B}[B", "\u{1B}[B"] {
            _ = type(keys, into: &editor)
            seen.append(editor.buffer.text)
        }
        #expect(seen == ["git diff", "git log", "git log", "git diff", "git", "git"])
    }

    @Test("what was accepted can be gone back to, but not what began with a space or was nothing")
    func remembered() {
        var editor = LineEditor()
        _ = type("one\r secret\r\rtwo\r", into: &editor)
        #expect(editor.history.entries == ["one", "two"])
    }

    @Test("the history has a bound")
    func bound() {
        var history = LineHistory()
        for number in 0..<(LineHistory.limit + 10) { history.add("\(number)") }
        #expect(history.entries.count == LineHistory.limit)
        #expect(history.entries.first == "10")
    }

    @Test("one possibility is put there, of several what they have in common, then they are listed")
    func completion() {
        var editor = LineEditor()
        #expect(type("/mo\t", into: &editor).last == .complete("/mo"))
        #expect(editor.complete(with: .words(["/model", "/help"], beginning: "/mo")) == [.redraw])
        #expect(editor.buffer.text == "/model ")
        _ = type("gpt", into: &editor)
        let models = LineCompletion.words(["gpt-4o", "gpt-4o-mini"], beginning: "gpt")
        #expect(editor.complete(with: models) == [.redraw])
        #expect(editor.buffer.text == "/model gpt-4o")
        let again = LineCompletion.words(["gpt-4o", "gpt-4o-mini"], beginning: "gpt-4o")
        #expect(editor.complete(with: again) == [.list(["gpt-4o", "gpt-4o-mini"])])
        #expect(editor.complete(with: .none) == [.bell])
        #expect(editor.complete(with: LineCompletion(replaced: 6, candidates: ["gpt-4o/"])) == [.redraw])
        #expect(editor.buffer.text == "/model gpt-4o/")
    }

    @Test("whatever is typed, the cursor stays in the text and the frame holds it", arguments: 0..<150)
    func anything(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var editor = LineEditor(history: LineHistory(["one", "two\nlines", "世界"]))
        let keys: [Key] = [
            .text("a"), .text("世"), .text("e\u{301}"), .text(" "), .paste("x\ny\tz"), .newline, .backspace, .delete,
            .left,
            .right, .up, .down, .wordLeft, .wordRight, .home, .end, .deleteWordLeft, .deleteWordRight, .control("k"),
            .control("u"), .control("w"), .control("y"), .enter, .control("c"), .other,
        ]
        for _ in 0..<120 {
            _ = editor.handle(keys.randomElement(using: &random)!)
            let buffer = editor.buffer
            #expect((0...buffer.characters.count).contains(buffer.cursor))
            let columns = Int.random(in: 1..<30, using: &random)
            let frame = EditorFrame(buffer, prompt: "> ", continuation: "· ", columns: columns, rows: 5)
            #expect(frame.rows.count <= 5)
            #expect(frame.rows.indices.contains(frame.cursor.row))
            #expect(
                frame.rows.allSatisfy { $0.width <= max(2, columns - 1) || $0.text.count == 1 || $0.text == "    " }
            )
        }
    }
}

@Suite("Texts of several lines")
struct MultilineTextTests {
    static let texts: [(String, Bool, String)] = [
        ("one", false, "one"), ("one \\", true, "one "), ("one \\\\", false, "one \\\\"), ("a\\\nb", false, "a\nb"),
        ("\"\"\"", true, "\"\"\""), ("\"\"\"\nx", true, "\"\"\"\nx"), ("\"\"\"\nx\n\"\"\"", false, "x"),
        ("\"\"\"x\"\"\"", false, "x"), ("\"\"\"\n a\\\n\n b\n\"\"\"  ", false, " a\\\n\n b"),
        ("\"\"\"\"\"\"", false, ""),
        ("say \"\"\"", false, "say \"\"\""), ("", false, ""),
    ]

    @Test("a backslash goes on, and between quotes everything is text", arguments: texts)
    func text(typed: String, isOpen: Bool, meant: String) {
        #expect(MultilineText.isOpen(typed) == isOpen)
        if !isOpen { #expect(MultilineText.resolved(typed) == meant) }
    }
}
