internal import Aurelis

/// A plan for people: what becomes of the lines, and what each model has to do.
struct PlanReport {
    private static let maximumProblems = 5
    /// Longer than this a batch waits for no limit unless it has a deadline.
    private static let patience: Int64 = 300_000

    private let plan: BatchPlan
    private let path: String

    init(_ plan: BatchPlan, of path: String) {
        self.plan = plan
        self.path = path
    }

    func write(to console: Console) throws {
        let out = console.output
        try out.write(out.style(.heading, summary) + "\n")
        if !plan.shares.isEmpty {
            try out.write("\n" + table.rendered(width: out.columns, style: out.style))
        }
        let problems = plan.problems.prefix(Self.maximumProblems)
        if !problems.isEmpty { try out.write("\n") }
        for problem in problems {
            let message = problem.error.message
            let line = message.hasPrefix("line ") ? message : "line \(problem.line): \(message)"
            try out.write(out.style(.bad, TerminalSanitizer.singleLine(line)) + "\n")
        }
        let more = plan.invalid - problems.count
        if more > 0 { try out.write(out.style(.quiet, "and \(more) more lines that cannot be asked") + "\n") }
        for remark in remarks { try out.write("\n" + remark + "\n") }
    }

    /// `1000 lines: 120 from the cache, 77 equal to others, 3 cannot be asked, 800 requests`
    private var summary: String {
        var parts: [String] = []
        if plan.cached > 0 { parts.append("\(plan.cached) from the cache") }
        if plan.coalesced > 0 { parts.append("\(plan.coalesced) equal to others") }
        if plan.invalid > 0 { parts.append("\(plan.invalid) cannot be asked") }
        parts.append(plan.requests == 1 ? "1 request" : "\(plan.requests) requests")
        return "\(plan.items) line\(plan.items == 1 ? "" : "s"): \(parts.joined(separator: ", "))"
    }

    private var table: TextTable {
        var table = TextTable([
            .init("model", folds: true), .init("requests", .right), .init("prompt tokens", .right),
            .init("answer tokens", .right), .init("cost", .right), .init("done"),
        ])
        for share in plan.shares {
            table.add(
                .init("\(share.model.canonical) at \(share.provider)", .name),
                .init("\(share.requests)"),
                .init("~\(share.promptTokens)"),
                .init(share.answerTokens.map { "≤\($0)" } ?? "–"),
                .init(cost(share)),
                end(share.end)
            )
        }
        return table
    }

    private func cost(_ share: BatchPlan.Share) -> String {
        guard let prompt = share.promptCost else { return "–" }
        return share.greatestCost.map { "≤\(Dollars.text($0))" } ?? "≥\(Dollars.text(prompt))"
    }

    private func end(_ end: Int64) -> TextTable.Cell {
        let wait = end - plan.start
        guard wait > 0 else { return .init("without waiting", .good) }
        let time = TimeOfDay.of(milliseconds: end, withDate: wait >= 43_200_000)
        return .init("in \(Duration.milliseconds(wait).briefly), \(time)", wait > Self.patience ? .caution : nil)
    }

    private var remarks: [String] {
        var remarks: [String] = []
        let wait = plan.end - plan.start
        if wait > Self.patience {
            let hours = wait / 3_600_000 + 1
            remarks.append(
                "Limits are in the way for longer than 5 minutes: `aurelis batch` ends with what it has and goes on "
                    + "when it is run again; with --deadline \(hours)h it waits."
            )
        }
        if plan.shares.contains(where: { $0.promptCost == nil }) {
            remarks.append("A price is unknown (–): `price` of the model in the configuration says it.")
        }
        return remarks
    }
}
