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

    static func row(_ line: JSONDocument) -> String {
        var cells = columns.map { name -> String in
            let value = line[name] ?? line["usage"]?[name]
            return cell(value.map { $0.string ?? $0.description } ?? "")
        }
        var rest = JSONWriter()
        rest.beginObject()
        for (name, value) in line.root.members where !elsewhere.contains(name) { rest.field(name, value) }
        rest.endObject()
        cells.append(rest.bytes.count > 2 ? cell(String(decoding: rest.bytes, as: UTF8.self)) : "")
        return cells.joined(separator: ",") + "\r\n"
    }

    private static func cell(_ text: String) -> String {
        // A spreadsheet would compute what begins so, and the text is somebody else's.
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let safe = isFormula && Int(text) == nil ? "'" + text : text
        guard safe.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
