internal import Aurelis

/// Quotas for people, those of models first: a line for each limit, with a bar of what is used.
struct QuotaTable {
    private let report: QuotaReport

    init(_ report: QuotaReport) { self.report = report }

    var table: TextTable {
        var table = TextTable([
            .init("model", folds: true), .init("limit", folds: true), .init("", drops: .beforeFolding),
            .init("used", .right),
            .init("left", .right), .init("back in"),
        ])
        let names =
            report.rows.map { ("\($0.model.canonical) at \($0.provider)", $0.standing) }
            + report.keys.map { ("key \($0.key)", $0.standing) }
        for (text, standing) in names {
            var name: TextTable.Cell = .init(text, .name)
            for line in standing.lines {
                table.add(cells(name, line))
                name = ""
            }
            guard let concurrent = standing.concurrent else { continue }
            let inFlight = standing.inFlight
            table.add(
                name,
                "at once",
                bar(Int64(inFlight), of: Int64(concurrent)),
                .init("\(inFlight) of \(concurrent)"),
                .init("\(max(0, concurrent - inFlight))"),
                ""
            )
        }
        return table
    }

    private func cells(_ name: TextTable.Cell, _ line: QuotaStanding.Line) -> [TextTable.Cell] {
        let what = line.limit.unit == .money ? "dollars" : line.limit.unit.rawValue
        let limit = "\(what) a \(line.limit.period.rawValue)" + (line.isLearned ? ", learned" : "")
        let back = (line.closedUntil ?? line.resets).map { Duration.milliseconds(max(0, $0 - report.time)).briefly }
        guard line.limit.amount < .max else {
            return [name, .init(limit), bar(1, of: 1), "unknown", .init("0", .bad), .init(back ?? "")]
        }
        return [
            name, .init(limit), bar(line.closedUntil == nil ? line.used : line.limit.amount, of: line.limit.amount),
            .init("\(amount(line.used, line)) of \(amount(line.limit.amount, line))"),
            .init(amount(line.left, line), line.left == 0 ? .bad : nil), .init(back ?? ""),
        ]
    }

    private func amount(_ value: Int64, _ line: QuotaStanding.Line) -> String {
        line.limit.unit == .money ? String(Dollars.text(value).dropFirst()) : "\(value)"
    }

    /// Ten places; what is used at all shows, and only what is used up is full.
    private func bar(_ used: Int64, of amount: Int64) -> TextTable.Cell {
        let places = 10
        let share = amount > 0 ? Double(used) / Double(amount) : 1
        var full = Int((share * Double(places)).rounded())
        if used > 0 { full = max(1, full) }
        if used < amount { full = min(places - 1, full) }
        full = max(0, min(places, full))
        let text = String(repeating: "█", count: full) + String(repeating: "░", count: places - full)
        return .init(text, used >= amount ? .bad : share >= 0.8 ? .caution : .good)
    }
}
