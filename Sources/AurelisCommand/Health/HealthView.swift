internal import Aurelis
internal import AurelisApp

/// Health for people: the whole in a line, a row for each component, and under it the parts that matter.
struct HealthView {
    private let found: HealthSource.Found

    init(_ found: HealthSource.Found) { self.found = found }

    func text(_ out: TextOutput) -> String {
        let report = found.report
        let gateway = found.version.map { "aurelis \($0)" + (found.instance.map { " at \($0)" } ?? "") }
        let beginning = found.isStored ? "" : " since \(moment(report.since))"
        let head =
            out.style(Self.role(report.state) ?? .heading, report.state.rawValue) + beginning
            + (gateway.map { "  " + out.style(.quiet, TerminalSanitizer.singleLine($0)) } ?? "") + "\n"
        guard !report.components.isEmpty else { return head }
        var table = TextTable([
            .init("component"), .init("status"), .init("since"), .init("answered", .right),
            .init("reason", folds: true),
        ])
        for component in report.components {
            table.add(
                .init(component.component.rawValue, .name),
                .init(component.state.rawValue, Self.role(component.state)),
                .init(since(component.state, component.since)),
                "",
                // Told with the parts.
                .init(component.parts.isEmpty ? component.reason ?? "" : "")
            )
            for part in component.parts where part.state.isTrouble || component.component == .models {
                table.add(row(part))
            }
        }
        return head + table.rendered(width: out.columns, style: out.style)
    }

    /// What has changed, the newest first.
    func history(_ out: TextOutput) -> String {
        guard !found.history.isEmpty else { return "nothing has changed\n" }
        var table = TextTable([
            .init("time"), .init("component"), .init("from"), .init("to"), .init("reason", folds: true),
        ])
        for transition in found.history {
            let changes = transition.changes.map { "\($0.name) \($0.from.rawValue) → \($0.to.rawValue)" }
            table.add(
                .init(TimeOfDay.of(milliseconds: transition.time, withDate: true)),
                .init(transition.component.rawValue, .name),
                .init(transition.from.rawValue, Self.role(transition.from)),
                .init(transition.to.rawValue, Self.role(transition.to)),
                .init(transition.reason ?? changes.joined(separator: "; "))
            )
        }
        return table.rendered(width: out.columns, style: out.style)
    }

    private func row(_ part: HealthReport.Part) -> [TextTable.Cell] {
        let last = part.facts.lastFailure.map { "failed last at \(moment($0))" }
        let reason = [part.reason ?? last, part.isFlapping ? "changes again and again" : nil]
        return [
            .init("  " + part.name), .init(part.state.rawValue, Self.role(part.state)),
            .init(since(part.state, part.since)),
            .init(part.facts.successRate.map { "\(Int(($0 * 100).rounded())) %" } ?? ""),
            .init(reason.compactMap(\.self).joined(separator: "; "), .quiet),
        ]
    }

    private func since(_ state: HealthState, _ time: Int64) -> String {
        found.isStored || state == .unknown ? "" : moment(time)
    }

    private func moment(_ time: Int64) -> String {
        TimeOfDay.of(milliseconds: time, withDate: found.report.time - time > 86_400_000)
    }

    private static func role(_ state: HealthState) -> Style.Role? {
        switch state {
        case .healthy: .good
        case .degraded: .caution
        case .unhealthy: .bad
        case .unknown: .quiet
        }
    }
}
