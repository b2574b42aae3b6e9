internal import Aurelis

/// Tells the demo on standard output, in at most 100 columns.
struct DemoNarrator: Sendable {
    private let output: TextOutput
    private let width: Int
    private var style: Style { output.style }

    init(_ output: TextOutput) {
        self.output = output
        self.width = min(output.columns, 100)
    }

    /// A paragraph.
    func say(_ text: String) throws {
        for line in text.folded(to: width) { try output.write(line + "\n") }
    }

    /// The heading of a scene.
    func open(_ scene: DemoScene, number: Int, routing: RoutingTable) throws {
        try output.write("\n" + style(.heading, "\(number)  \(scene.title)") + "\n")
        try line("asked", "\(scene.model): “\(scene.prompt)”")
        let models = scene.task.map { routing[$0].map(\.canonical) } ?? []
        if let task = scene.task, let first = models.first {
            let others = models.count > 1 ? ", then \(models.dropFirst().joined(separator: ", "))" : ""
            try line("rule", "\(task.rawValue) asks \(first)\(others)")
        }
    }

    /// A fact under its label, folded beside it.
    func line(_ label: String, _ text: String, _ role: Style.Role? = nil) throws {
        let indent = DemoNarrator.labelColumns
        var lead = "   " + style(.quiet, label) + padding(indent - 3 - label.displayWidth)
        for part in TerminalSanitizer.singleLine(text).folded(to: width - indent) {
            try output.write(lead + (role.map { style($0, part) } ?? part) + "\n")
            lead = padding(indent)
        }
    }

    /// A text that is printed while it arrives.
    func live(_ label: String) throws -> DemoLiveText {
        try output.write("   " + style(.quiet, label) + padding(DemoNarrator.labelColumns - 3 - label.displayWidth))
        return DemoLiveText(output, indent: DemoNarrator.labelColumns, width: width)
    }

    /// What came of a scene, and why.
    func close(_ scene: DemoScene, _ outcome: DemoOutcome, problems: [String]) throws {
        let attempts = outcome.attempts.map { $0 == 1 ? "1 attempt" : "\($0) attempts" }
        let head = outcome.status == 200 ? "\(outcome.model ?? "nobody") answered" : "refused"
        var facts = ["HTTP \(outcome.status) after \(outcome.duration.readable)"]
        if let attempts { facts.append(attempts) }
        if outcome.pieces > 1, let first = outcome.firstText {
            facts.append("\(outcome.pieces) pieces, the first after \(first.readable)")
        }
        try line("result", "\(head): \(facts.joined(separator: ", "))")
        if let route = outcome.routeInWords { try line("route", route) }
        if let hint = outcome.hint { try line("way out", hint) }
        if let explanation = scene.explanation { try line("how", explanation) }
        try line("provider", "saw \(outcome.seenInWords)")
        if problems.isEmpty {
            try output.write("   " + style(.good, "✓ as it should be") + "\n")
        } else {
            for problem in problems { try line("✗", problem, .bad) }
        }
    }

    /// The run in one table.
    func table(_ results: [(scene: DemoScene, outcome: DemoOutcome, problems: [String])]) throws {
        var table = TextTable([
            .init("scenario"), .init("answered by"), .init("attempts", .right), .init("outcome", folds: true),
            .init("time", .right),
        ])
        for (scene, outcome, problems) in results {
            table.add(
                .init(scene.name),
                outcome.status == 200 ? .init(outcome.model ?? "-", .name) : .init("-", .quiet),
                .init("\(outcome.seen.count)"),
                .init(problems.isEmpty ? outcome.verdict : problems[0], problems.isEmpty ? .good : .bad),
                .init(outcome.duration.readable)
            )
        }
        try output.write("\n" + table.rendered(width: width, style: style))
        let good = results.count { $0.problems.isEmpty }
        let time = results.reduce(Duration.zero) { $0 + $1.outcome.duration }
        try output.write("\n\(good) of \(results.count) scenes as they should be, \(time.readable) of requests.\n")
    }

    private static let labelColumns = 13

    private func padding(_ count: Int) -> String { String(repeating: " ", count: max(1, count)) }
}
