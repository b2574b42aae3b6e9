import Testing

@testable import AurelisCommand

@Suite("How an edited text looks")
struct EditorFrameTests {
    private func frame(_ text: String, back: Int = 0, columns: Int = 11, rows: Int = 10) -> EditorFrame {
        var buffer = EditBuffer(text)
        buffer.move(by: -back)
        return EditorFrame(buffer, prompt: "> ", continuation: "· ", columns: columns, rows: rows)
    }

    private func lines(_ frame: EditorFrame) -> [String] { frame.rows.map { $0.margin + $0.text } }

    @Test("long lines go on below, and the last column stays free")
    func wrapping() {
        #expect(lines(frame("abcdefghijkl")) == ["> abcdefgh", "  ijkl"])
        #expect(frame("abcdefghijkl").cursor == .init(row: 1, column: 6))
        #expect(frame("abcdefghijkl", back: 4).cursor == .init(row: 1, column: 2))
        #expect(frame("abcdefgh").cursor == .init(row: 0, column: 10))
    }

    @Test("wide characters take two columns and are not cut in half")
    func wide() {
        #expect(lines(frame("世界世界世", columns: 10)) == ["> 世界世", "  界世"])
        #expect(frame("世界", back: 1).cursor == .init(row: 0, column: 4))
    }

    @Test("lines of their own have a mark of their own")
    func lines() {
        #expect(lines(frame("one\ntwo\n")) == ["> one", "· two", "· "])
        #expect(frame("one\ntwo\n").cursor == .init(row: 2, column: 2))
        #expect(frame("one\ntwo", back: 4).cursor == .init(row: 0, column: 5))
    }

    @Test("what steers a terminal is shown, not sent")
    func hostile() {
        let shown = lines(frame("a\u{1B}[2J\u{202E}b\t", columns: 40))[0]
        #expect(shown == "> a␛[2J\u{FFFD}b    ")
    }

    @Test("of a text that is higher than the screen the part around the cursor is shown")
    func high() {
        let text = (0..<20).map { "\($0)" }.joined(separator: "\n")
        #expect(lines(frame(text, rows: 4)) == ["· 16", "· 17", "· 18", "· 19"])
        #expect(frame(text, rows: 4).cursor == .init(row: 3, column: 4))
        #expect(lines(frame(text, back: 100, rows: 4)).first == "> 0")
        #expect(frame(text, back: 100, rows: 4).cursor == .init(row: 0, column: 2))
    }

    @Test("where there is hardly any room there is no prompt")
    func narrow() {
        #expect(lines(frame("abc", columns: 4)) == ["abc"])
        #expect(lines(frame("abcd", columns: 4)) == ["abc", "d"])
    }

    @Test("painting again moves back to the first row, and leaving goes below the last")
    func painting() {
        var painter = EditorPainter(style: Style(isEnabled: false))
        #expect(
            painter.paint(frame("one\ntwo"))
                == "\u{1B}[?25l\r> one\u{1B}[K\r\n· two\u{1B}[K\u{1B}[J\r\u{1B}[5C\u{1B}[?25h"
        )
        #expect(painter.paint(frame("x")).hasPrefix("\u{1B}[?25l\u{1B}[1A\r> x\u{1B}[K"))
        #expect(painter.leave() == "\r\n")
        #expect(painter.leave() == "")
        _ = painter.paint(frame("one\ntwo", back: 5))
        #expect(painter.leave() == "\u{1B}[1B\r\n")
    }

    @Test("after the terminal became narrower, rows that take several now are counted so")
    func resizing() {
        var painter = EditorPainter(style: Style(isEnabled: false))
        _ = painter.paint(frame("abcdefgh\nx"))
        // The first row had ten columns, which are three rows of four; the cursor is in the one after.
        #expect(painter.resize(to: 4) == "\u{1B}[3A\r\u{1B}[J")
    }
}
