/// How an edited text looks on a terminal: rows that fit, and where the cursor stands.
///
///     let frame = EditorFrame(buffer, prompt: "> ", continuation: ". ", columns: 80, rows: 24)
struct EditorFrame: Hashable, Sendable {
    struct Row: Hashable, Sendable {
        /// The prompt, or what stands in its place further down.
        var margin: String
        var text: String
        var width: Int
    }

    private(set) var rows: [Row]
    private(set) var cursor: Place

    struct Place: Hashable, Sendable {
        var row: Int
        var column: Int
    }

    /// - Parameters:
    ///   - columns: how wide the terminal is; its last column stays free, because terminals differ in what they do there.
    ///   - maximum: how many rows may be shown; of a longer text those around the cursor.
    init(_ buffer: EditBuffer, prompt: String, continuation: String, columns: Int, rows maximum: Int) {
        let width = max(2, columns - 1)
        // Where there is hardly room for a text, there is none for a prompt.
        let hasMargin = width > 4 * max(prompt.displayWidth, continuation.displayWidth) / 3 + 4
        let margins = hasMargin ? (prompt, continuation) : ("", "")
        var rows = [Row(margin: margins.0, text: "", width: margins.0.displayWidth)]
        var cursor = Place(row: 0, column: rows[0].width)
        func beginRow(_ margin: String) {
            rows.append(Row(margin: margin, text: "", width: margin.displayWidth))
        }
        for (index, character) in buffer.characters.enumerated() {
            let shown = Self.shown(character)
            let columns = shown.displayWidth
            let isBreak = character == "\n"
            if !isBreak, rows[rows.count - 1].width + columns > width {
                beginRow(String(repeating: " ", count: margins.1.displayWidth))
            }
            if index == buffer.cursor { cursor = Place(row: rows.count - 1, column: rows[rows.count - 1].width) }
            if isBreak {
                beginRow(margins.1)
            } else {
                rows[rows.count - 1].text += shown
                rows[rows.count - 1].width += columns
            }
        }
        if buffer.cursor == buffer.characters.count {
            cursor = Place(row: rows.count - 1, column: rows[rows.count - 1].width)
        }
        let height = max(1, maximum)
        let first = min(max(0, cursor.row - height / 2), max(0, rows.count - height))
        self.rows = Array(rows[first..<min(rows.count, first + height)])
        self.cursor = Place(row: cursor.row - first, column: cursor.column)
    }

    /// A character without anything that would move the cursor otherwise than it seems.
    private static func shown(_ character: Character) -> String {
        if let ascii = character.asciiValue, (0x20..<0x7F).contains(ascii) { return String(character) }
        return character == "\t" ? "    " : TerminalSanitizer.singleLine(String(character))
    }
}
