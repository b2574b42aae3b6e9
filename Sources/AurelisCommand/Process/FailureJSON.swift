internal import Aurelis
internal import AurelisJSON

/// A failure for programs: what every command with `--json` prints on standard output when it fails, as its last line.
///
///     {"type":"error","error":{"message":"there is no key \"nope\"","hint":"…","exit_status":1}}
///
/// One that comes from a request has its category, its provider and the rest besides.
enum FailureJSON {
    /// Whether a command line asks for JSON.
    static func isWanted(by arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains("--json")
    }

    static func text(_ failure: CommandFailure) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.field("type", "error")
        json.object("error") { json in
            json.field("message", failure.message)
            if !failure.hints.isEmpty { json.field("hint", failure.hints.joined(separator: "\n")) }
            json.field("exit_status", Int(failure.status.rawValue))
        }
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
