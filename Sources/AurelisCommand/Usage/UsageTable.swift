internal import Aurelis

/// What was used, for people: a line for each day or model, and one for all.
struct UsageTable {
    private let report: UsageReport

    init(_ report: UsageReport) { self.report = report }

    /// The table in at most `width` columns where that is possible, each line ended by a newline.
    func rendered(width: Int, style: Style) -> String {
        var table = TextTable([
            .init(report.grouping.rawValue, folds: true), .init("requests", .right), .init("cached", .right),
            .init("shared", .right), .init("failed", .right), .init("prompt tokens", .right),
            .init("answer tokens", .right), .init("saved tokens", .right), .init("cost", .right),
        ])
        for row in report.rows { table.add(cells(row.name, row.counts)) }
        if report.rows.count > 1 { table.add(cells("all", report.total)) }
        return table.rendered(width: width, style: style)
    }

    private func cells(_ name: String, _ counts: UsageCounts) -> [TextTable.Cell] {
        let atLeast = counts.uncounted > 0 ? "≥" : ""
        return [
            name.isEmpty ? .init("(none)", .quiet) : .init(name, .name),
            .init(Self.grouped(counts.requests)),
            count(counts.cached, .good),
            count(counts.shared, .good),
            count(counts.failed, .bad),
            .init(atLeast + Self.grouped(counts.promptTokens)),
            .init(atLeast + Self.grouped(counts.answerTokens)),
            count(counts.savedTokens, .good),
            .init(Self.cost(counts)),
        ]
    }

    private func count(_ value: Int64, _ role: Style.Role) -> TextTable.Cell {
        value == 0 ? .init("0", .quiet) : .init(Self.grouped(value), role)
    }

    /// What is known, `≥` when that is not all, `–` when it is nothing.
    private static func cost(_ counts: UsageCounts) -> String {
        guard counts.unpriced > 0 else { return Dollars.text(counts.cost) }
        return counts.cost == 0 ? "–" : "≥" + Dollars.text(counts.cost)
    }

    /// `1,234,567`
    private static func grouped(_ value: Int64) -> String {
        var text = ""
        for (index, digit) in "\(value)".reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
