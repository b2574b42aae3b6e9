internal import AurelisJSON

/// Lines of the log as rows of a table (RFC 4180): what most lines have in columns, the rest in the last one, as JSON.
enum AuditCSV {
    private static let columns = [
        "seq", "time", "event", "request_id", "tenant", "user", "task", "model_requested", "model_used", "provider",
        "outcome", "error_category", "latency_ms", "attempts", "cache", "prompt_tokens", "completion_tokens",
        "cost_picodollars", "action", "rule", "place", "key", "reason", "message", "compliance_level", "pid",
    ]
    private static let elsewhere = Set(columns + ["usage", "mac"])

    static let heading = (columns + ["other"]).joined(separator: ",") + "\r\n"

    /// - Parameter isShown: whether it goes to a terminal, which nothing in it may steer; a file gets every character.
    static func row(_ line: JSONDocument, isShown: Bool = false) -> String {
        var cells = columns.map { name -> String in
            let value = line[name] ?? line["usage"]?[name]
            let text = value.map { $0.string ?? $0.description } ?? ""
            return cell(isShown ? TerminalSanitizer.singleLine(text) : text)
        }
        var rest = JSONWriter()
        rest.beginObject()
        for (name, value) in line.root.members where !elsewhere.contains(name) { rest.field(name, value) }
        rest.endObject()
        let others = String(decoding: rest.bytes, as: UTF8.self)
        cells.append(rest.bytes.count > 2 ? cell(isShown ? TerminalSanitizer.json(others) : others) : "")
        return cells.joined(separator: ",") + "\r\n"
    }

    private static func cell(_ text: String) -> String {
        // A spreadsheet would compute what begins so, and the text is somebody else's.
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let safe = isFormula && Int(text) == nil ? "'" + text : text
        // Control characters, and spaces at the ends, which some readers take away.
        let needsQuotes = safe.utf8.contains { $0 < 0x20 || ",\"\u{7F}".utf8.contains($0) }
        guard needsQuotes || safe.utf8.first == 0x20 || safe.utf8.last == 0x20 else { return safe }
        // Scalar by scalar: a quote with an accent on it is another character, and still ends the cell.
        var quoted = "\""
        for scalar in safe.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
