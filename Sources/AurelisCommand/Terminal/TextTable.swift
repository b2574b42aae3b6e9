/// A table for people: columns as wide as their cells. Where the whole would not fit, headings are folded, cells are folded,
/// and columns are left out that can be.
///
///     var table = TextTable([.init("model"), .init("time", .right)])
///     table.add("gpt-4o", "12 ms")
///     print(table.rendered(width: 80, style: style))
struct TextTable: Sendable {
    private var columns: [Column]
    private var rows: [[Cell]] = []

    /// A column by its heading.
    struct Column: Sendable {
        var title: String
        var alignment: Alignment
        /// Whether this column gives way, by folding its cells, when the table is wider than the terminal.
        var folds: Bool
        /// When this column is left out; nil: never.
        var drops: Drop?

        init(_ title: String, _ alignment: Alignment = .left, folds: Bool = false, drops: Drop? = nil) {
            self.title = title
            self.alignment = alignment
            self.folds = folds
            self.drops = drops
        }
    }

    /// When a column is left out of a table that does not fit.
    enum Drop: Sendable {
        /// Before a cell is folded: it says nothing that the others do not.
        case beforeFolding
        /// Before a word is broken.
        case beforeBreaking
    }

    /// On which side of its column a cell stands.
    enum Alignment: Sendable { case left, right }

    /// A text and its role. Text from elsewhere is made safe here, so that no table can be broken by its contents.
    struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        let text: String
        let role: Style.Role?

        init(_ text: String, _ role: Style.Role? = nil) {
            self.text = TerminalSanitizer.singleLine(text)
            self.role = role
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    /// A table without rows.
    init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; cells that are missing are empty, those beyond the columns are left out.
    mutating func add(_ cells: Cell...) { add(cells) }

    /// Adds a row; cells that are missing are empty, those beyond the columns are left out.
    mutating func add(_ cells: [Cell]) {
        let missing = max(0, columns.count - cells.count)
        rows.append(Array(cells.prefix(columns.count)) + Array(repeating: "", count: missing))
    }

    /// The table in at most `width` columns where folding allows it, each line ended by a newline.
    func rendered(width: Int, style: Style, indent: Int = 0) -> String {
        var table = self
        for (drop, folds) in [(Drop.beforeFolding, false), (.beforeBreaking, true)] {
            while table.leastWidth(folding: folds) > width - indent,
                let index = table.columns.lastIndex(where: { $0.drops == drop })
            {
                table.remove(column: index)
            }
        }
        return table.written(in: width, style, indent)
    }

    private mutating func remove(column index: Int) {
        columns.remove(at: index)
        for row in rows.indices { rows[row].remove(at: index) }
    }

    private func written(in width: Int, _ style: Style, _ indent: Int) -> String {
        let widths = columnWidths(in: width - indent)
        let margin = String(repeating: " ", count: indent)
        var text = ""
        for part in folded(columns.map { Cell($0.title, .quiet) }, widths) {
            text += margin + line(part, widths, style) + "\n"
        }
        let ruleWidth = widths.reduce(0, +) + TextTable.gap.count * max(0, widths.count - 1)
        text += margin + style(.quiet, String(repeating: "─", count: ruleWidth)) + "\n"
        for row in rows {
            for part in folded(row, widths) { text += margin + line(part, widths, style) + "\n" }
        }
        return text
    }

    private static let gap = "  "
    private static let narrowestFold = 12

    private var gaps: Int { TextTable.gap.count * max(0, columns.count - 1) }

    /// How wide a column is: as a whole, with its heading folded, and with its cells folded at spaces.
    private func widths(of index: Int) -> (whole: Int, narrow: Int, words: Int) {
        func longestWord(_ text: String) -> Int { text.split(separator: " ").reduce(0) { max($0, $1.displayWidth) } }
        let title = columns[index].title
        let cells = rows.reduce(0) { max($0, $1[index].text.displayWidth) }
        let narrow = max(cells, longestWord(title))
        guard columns[index].folds, narrow > TextTable.narrowestFold else {
            return (max(cells, title.displayWidth), narrow, narrow)
        }
        let words = rows.reduce(longestWord(title)) { max($0, longestWord($1[index].text)) }
        return (max(cells, title.displayWidth), narrow, max(TextTable.narrowestFold, words))
    }

    /// How wide the table is with its headings folded, and maybe its cells.
    private func leastWidth(folding: Bool) -> Int {
        columns.indices.map(widths(of:)).reduce(gaps) { $0 + (folding ? $1.words : $1.narrow) }
    }

    private func columnWidths(in width: Int) -> [Int] {
        let possible = columns.indices.map(widths(of:))
        var widths = possible.map(\.whole)
        var excess: Int { widths.reduce(gaps, +) - width }
        for index in columns.indices where excess > 0 {
            widths[index] = max(possible[index].narrow, widths[index] - excess)
        }
        // No word is broken as long as there is another way; the widest gives way first.
        for least in [possible.map(\.words), columns.indices.map { _ in TextTable.narrowestFold }] {
            while excess > 0 {
                let wide = columns.indices.filter { columns[$0].folds && widths[$0] > least[$0] }
                guard let index = wide.max(by: { widths[$0] < widths[$1] }) else { break }
                widths[index] -= 1
            }
        }
        return widths
    }

    /// The row as one or more lines: cells wider than their column go on below.
    private func folded(_ row: [Cell], _ widths: [Int]) -> [[Cell]] {
        let parts = zip(row, widths).map { cell, width in
            cell.text.folded(to: width).map { Cell($0, cell.role) }
        }
        let height = parts.reduce(1) { max($0, $1.count) }
        return (0..<height).map { line in parts.map { line < $0.count ? $0[line] : "" } }
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: Style) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let isLast = index == cells.count - 1
            let padding = String(repeating: " ", count: max(0, widths[index] - cell.text.displayWidth))
            let shown = cell.role.map { style($0, cell.text) } ?? cell.text
            switch columns[index].alignment {
            case .right: text += padding + shown
            case .left: text += isLast ? shown : shown + padding
            }
            if !isLast { text += TextTable.gap }
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}
