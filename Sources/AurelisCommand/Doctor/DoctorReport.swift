internal import AurelisApp
internal import AurelisJSON

/// What the doctor has found, a line for each finding and one for what to do about it.
struct DoctorReport {
    private let findings: [DoctorFinding]

    init(_ findings: [DoctorFinding]) { self.findings = findings }

    func text(_ out: TextOutput) -> String {
        let names = findings.reduce(0) { max($0, $1.check.displayWidth) }
        let indent = String(repeating: " ", count: Self.verdictWidth + names + 2)
        let width = out.isTerminal ? max(20, out.columns - indent.displayWidth) : .max
        var text = ""
        var last = ""
        for finding in findings {
            let verdict = Self.word(finding.verdict)
            let name = finding.check == last ? "" : finding.check
            last = finding.check
            let head =
                out.style(Self.role(finding.verdict), verdict) + Self.padding(verdict, Self.verdictWidth)
                + out.style(.name, name) + Self.padding(name, names + 2)
            for (index, line) in TerminalSanitizer.singleLine(finding.message).folded(to: width).enumerated() {
                text += (index == 0 ? head : indent) + line + "\n"
            }
            guard let advice = finding.advice else { continue }
            for (index, line) in TerminalSanitizer.singleLine(advice).folded(to: width - 2).enumerated() {
                text += indent + (index == 0 ? out.style(.caution, "→ ") : "  ") + line + "\n"
            }
        }
        return text + "\n" + summary(out) + "\n"
    }

    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.field("ok", !findings.contains { $0.verdict == .fail })
        json.array("checks", findings) { finding, json in
            json.field("check", finding.check)
            json.field("verdict", finding.verdict.rawValue)
            json.field("message", finding.message)
            json.optional("advice", finding.advice)
        }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func summary(_ out: TextOutput) -> String {
        let fails = findings.count { $0.verdict == .fail }
        let warnings = findings.count { $0.verdict == .warn }
        let parts = [
            fails > 0 ? out.style(.bad, "\(fails) failed") : nil,
            warnings > 0 ? out.style(.caution, warnings == 1 ? "1 warning" : "\(warnings) warnings") : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? out.style(.good, "all is well") : parts.joined(separator: ", ")
    }

    private static let verdictWidth = 6

    private static func padding(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.displayWidth))
    }

    private static func word(_ verdict: DoctorFinding.Verdict) -> String {
        switch verdict {
        case .ok: "ok"
        case .warn: "warn"
        case .fail: "fail"
        case .skipped: "–"
        }
    }

    private static func role(_ verdict: DoctorFinding.Verdict) -> Style.Role {
        switch verdict {
        case .ok: .good
        case .warn: .caution
        case .fail: .bad
        case .skipped: .quiet
        }
    }
}
