package import AurelisJSON

/// Which lines of a log somebody wants to see.
package struct AuditSelection: Sendable {
    /// Only these events; empty: all.
    package var events: Set<String> = []
    /// Only what is about this request.
    package var request: String?
    /// From this moment on: the beginning of a time as it stands in the lines, such as `2026-11-28T10`.
    package var from: String?
    /// Up to this moment, with all that begins with it.
    package var to: String?

    /// The events there are.
    package static let knownEvents = [
        "model_request", "model_response", "security_event", "auth_event", "config_event", AuditNotice.event,
        AuditHead.event,
    ]

    /// Everything.
    package init() {}

    /// Whether a line is wanted.
    package func admits(_ line: JSONDocument) -> Bool {
        if !events.isEmpty, !events.contains(line["event"]?.string ?? "") { return false }
        if let request, line["request_id"]?.string != request { return false }
        guard from != nil || to != nil else { return true }
        let time = line["time"]?.string ?? ""
        if let from, time < from { return false }
        if let to, time.prefix(to.count) > to { return false }
        return true
    }

    /// The beginning of a time of UTC: a date, or a date with a time of day as exact as one likes; nil for what is none.
    package static func moment(_ text: String) -> String? {
        let pattern = Array("dddd-dd-ddTdd:dd:dd.ddd".utf8)
        let digits = text.hasSuffix("Z") ? text.dropLast() : text[...]
        // To the date, the hour, the minute, the second, the millisecond.
        guard [10, 13, 16, 19, 23].contains(digits.utf8.count) else { return nil }
        for (byte, expected) in zip(digits.utf8, pattern) {
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard expected == UInt8(ascii: "d") ? isDigit : byte == expected else { return nil }
        }
        return String(digits)
    }
}
