/// What has to be written to a terminal so that it shows a frame, knowing what it shows already.
///
///     var painter = EditorPainter(style: style)
///     terminal.write(painter.paint(frame))
struct EditorPainter: Sendable {
    let style: Style
    private var shown: EditorFrame?

    init(style: Style) { self.style = style }

    /// The frame, in the place of the one before.
    mutating func paint(_ frame: EditorFrame) -> String {
        // Without the cursor in between, which would be seen to run about.
        var text = "\u{1B}[?25l" + toFirstRow()
        for (index, row) in frame.rows.enumerated() {
            if index > 0 { text += "\r\n" }
            text += style(.name, row.margin) + row.text + "\u{1B}[K"
        }
        text += "\u{1B}[J" + up(frame.rows.count - 1 - frame.cursor.row) + "\r" + right(frame.cursor.column)
        shown = frame
        return text + "\u{1B}[?25h"
    }

    /// Takes the frame away; what is written next stands where it began.
    mutating func erase() -> String {
        defer { shown = nil }
        return toFirstRow() + "\u{1B}[J"
    }

    /// Leaves the frame as it is; what is written next stands below.
    mutating func leave() -> String {
        guard let frame = shown else { return "" }
        shown = nil
        let below = frame.rows.count - 1 - frame.cursor.row
        return (below > 0 ? "\u{1B}[\(below)B" : "") + "\r\n"
    }

    /// The terminal has shown something else meanwhile, or forgotten everything.
    mutating func forget() { shown = nil }

    /// The terminal has another width: rows that no longer fit take several now.
    mutating func resize(to columns: Int) -> String {
        guard let frame = shown, columns > 0 else { return "" }
        shown = nil
        var above = frame.cursor.column / columns
        for row in frame.rows[..<frame.cursor.row] { above += max(0, row.width - 1) / columns + 1 }
        return up(above) + "\r\u{1B}[J"
    }

    private func toFirstRow() -> String { up(shown?.cursor.row ?? 0) + "\r" }

    private func up(_ count: Int) -> String { count > 0 ? "\u{1B}[\(count)A" : "" }

    private func right(_ count: Int) -> String { count > 0 ? "\u{1B}[\(count)C" : "" }
}
