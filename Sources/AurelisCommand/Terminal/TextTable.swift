/// A table for people: columns as wide as their cells, one of them folded when the whole would not fit.
///
///     var table = TextTable([.init("model"), .init("time", .right)])
///     table.add("gpt-4o", "12 ms")
///     print(table.rendered(width: 80, style: style))
struct TextTable: Sendable {
    private let columns: [Column]
    private var rows: [[Cell]] = []

    /// A column by its heading.
    struct Column: Sendable {
        var title: String
        var alignment: Alignment
        /// Whether this column gives way, by folding its cells, when the table is wider than the terminal.
        var folds: Bool

        init(_ title: String, _ alignment: Alignment = .left, folds: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.folds = folds
        }
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
        let widths = columnWidths(in: width - indent)
        let margin = String(repeating: " ", count: indent)
        var text = margin + line(columns.map { Cell($0.title, .quiet) }, widths, style) + "\n"
        let ruleWidth = widths.reduce(0, +) + TextTable.gap.count * max(0, widths.count - 1)
        text += margin + style(.quiet, String(repeating: "─", count: ruleWidth)) + "\n"
        for row in rows {
            for part in folded(row, widths) { text += margin + line(part, widths, style) + "\n" }
        }
        return text
    }

    private static let gap = "  "
    private static let narrowestFold = 12

    private func columnWidths(in width: Int) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].title.displayWidth) { max($0, $1[index].text.displayWidth) }
        }
        let gaps = TextTable.gap.count * max(0, columns.count - 1)
        for index in columns.indices where columns[index].folds {
            let excess = widths.reduce(0, +) + gaps - width
            guard excess > 0 else { break }
            widths[index] = max(min(TextTable.narrowestFold, widths[index]), widths[index] - excess)
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
