internal import Aurelis
internal import AurelisJSON
internal import AurelisStorage

/// What `aurelis audit verify` has to say.
struct AuditReport {
    private let report: AuditVerification
    private let directory: String

    init(_ report: AuditVerification, directory: String) {
        self.report = report
        self.directory = directory
    }

    /// For people, when nothing is wrong.
    func rendered(_ style: Style) -> String {
        let files = report.files == 1 ? "1 file" : "\(report.files) files"
        let name = TerminalSanitizer.singleLine(directory)
        var text = style(.good, "whole") + ": entries \(report.first) to \(report.last) in \(files) of \(name)\n"
        if let anchor = report.lastAnchor {
            let time = TerminalSanitizer.singleLine(anchor.time)
            text += "anchored up to entry \(anchor.sequence) (\(time)); \(report.metAnchors) anchors agree\n"
        }
        if report.lost > 0 {
            text += style(.caution, "\(report.lost) entries were lost") + ", as the log itself says\n"
        }
        text += style(.quiet, "not proven:") + "\n"
        for line in doubts { text += "  " + line + "\n" }
        return text
    }

    /// What no look at the log can prove.
    private var doubts: [String] {
        var lines: [String] = []
        if report.lastAnchor == nil {
            lines.append("that the log does not go on: there is no anchor, so its end could have been cut off")
        } else if report.unanchored > 0 {
            lines.append(
                "that nothing followed: the \(report.unanchored) entries after the last anchor have none behind them"
            )
        } else {
            lines.append("that nothing followed the last anchor")
        }
        lines.append("that whoever has the key did not rewrite it since the last anchor that he could not reach")
        lines.append("that what was recorded is true, or that all was recorded that happened")
        return lines
    }

    /// For programs.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.field("whole", report.broken == nil && report.files > 0)
        json.field("directory", directory)
        json.field("files", report.files)
        json.field("entries", report.entries)
        json.field("first", report.first)
        json.field("last", report.last)
        json.field("lost", report.lost)
        json.field("anchors", report.anchors)
        json.field("anchors_met", report.metAnchors)
        if let anchor = report.lastAnchor {
            json.key("last_anchor")
            json.beginObject()
            json.field("time", anchor.time)
            json.field("file", anchor.file)
            json.field("seq", anchor.sequence)
            json.endObject()
        }
        if report.files > 0 { json.field("unanchored", report.unanchored) }
        if let broken = report.broken {
            json.key("broken")
            json.beginObject()
            json.field("kind", broken.kind.rawValue)
            if let file = broken.file { json.field("file", file) }
            if let line = broken.line { json.field("line", line) }
            json.field("message", broken.message)
            json.endObject()
        }
        json.key("not_proven")
        json.beginArray()
        for line in doubts { json.string(line) }
        json.endArray()
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
