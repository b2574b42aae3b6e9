import Testing

@testable import AurelisCommand

@Suite("Text table")
struct TextTableTests {
    private let plain = Style(isEnabled: false)

    @Test(
        "a text's width is what a terminal gives it",
        arguments: [
            ("", 0), ("abc", 3), ("naïve", 5), ("e\u{301}", 1), ("日本語", 6), ("한국", 4), ("ＡＢ", 4), ("👩‍👩‍👧", 2), ("✓", 1),
            ("❤\u{FE0F}", 2), ("…─", 2), ("\u{200B}x", 1), ("ﾊﾛｰ", 3), ("🇩🇪", 2),
        ]
    )
    func widths(text: String, columns: Int) {
        #expect(text.displayWidth == columns)
    }

    @Test("columns are as wide as their widest cell, wide characters included")
    func measured() {
        var table = TextTable([.init("model"), .init("time", .right), .init("note")])
        table.add("gpt-4o", "12 ms", "ok")
        table.add("日本語モデル", "1.02 s")
        #expect(
            table.rendered(width: 80, style: plain) == """
                model           time  note
                ──────────────────────────
                gpt-4o         12 ms  ok
                日本語モデル  1.02 s

                """
        )
    }

    @Test("colours change no width and appear only where they are wanted")
    func colours() {
        var table = TextTable([.init("a"), .init("b")])
        table.add(.init("x", .good), "y")
        let coloured = table.rendered(width: 80, style: Style(isEnabled: true))
        #expect(coloured.contains("\u{1B}[32mx\u{1B}[0m  y"))
        let stripped = coloured.replacing(/\u{1B}\[\d+m/, with: "")
        #expect(stripped == table.rendered(width: 80, style: plain))
    }

    @Test("the column that folds keeps the table within the width", arguments: [40, 60, 100])
    func folding(width: Int) {
        var table = TextTable([.init("model"), .init("outcome", folds: true), .init("time", .right)])
        table.add("codestral-2501", "rate_limit 429: Rate limit of 10 per 60s exceeded for UserByModelByMinute", "3 ms")
        table.add("gpt-4o", .init(String(repeating: "漢", count: 70), .bad), "4 ms")
        for line in table.rendered(width: width, style: plain).split(separator: "\n") {
            #expect(String(line).displayWidth <= width)
        }
    }

    @Test("before a word is broken, a column is left out that can be; headings fold before cells do")
    func order() {
        var table = TextTable([
            .init("model"), .init("name there", folds: true, drops: .beforeBreaking),
            .init("first choice", folds: true),
            .init("answer tokens", .right),
        ])
        table.add("gpt-4o", "openai/gpt-4o-2024-11-20", "codeGeneration, architecturalDecision", "12")
        func lines(_ width: Int) -> [String] {
            table.rendered(width: width, style: plain).split(separator: "\n").map(String.init)
        }
        #expect(lines(100)[0].contains("answer tokens") && lines(100).count == 3)
        #expect(lines(80)[0].hasSuffix("answer") && lines(80)[1].hasSuffix("tokens"))
        #expect(lines(70).contains { $0.contains("openai/gpt-4o-2024-11-20  codeGeneration,") })
        #expect(!lines(50).contains { $0.contains("openai") })
        #expect(lines(50).contains { $0.hasSuffix("architecturalDecision") })
        for width in [40, 50, 70, 80] { #expect(lines(width).allSatisfy { $0.displayWidth <= width }) }
    }

    @Test("folding loses no word and breaks only words that are too long")
    func foldedText() {
        #expect("one two three".folded(to: 7) == ["one two", "three"])
        #expect("abcdefgh ij".folded(to: 3) == ["abc", "def", "gh", "ij"])
        #expect("日本語".folded(to: 5) == ["日本", "語"])
        #expect("short".folded(to: 10) == ["short"])
        #expect("anything".folded(to: 0) == ["anything"])
    }

    @Test("what a cell holds cannot break the table or reach the terminal")
    func hostileCells() {
        var table = TextTable([.init("a")])
        table.add(.init("evil\u{1B}[2J\nnext"))
        #expect(table.rendered(width: 80, style: plain).hasSuffix("evil␛[2J next\n"))
    }
}
