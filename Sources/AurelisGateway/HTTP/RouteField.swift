internal import Aurelis

/// The route of a request as a header field: `codestral-2501:rate_limit>gpt-4o:ok`.
enum RouteField {
    /// Writes the attempts in order, at most `ResponseHead.maximumFieldLength` bytes of them; `>...` marks a cut.
    static func write(_ trace: RouteTrace, to head: inout HeadBytes) {
        let end = head.count + ResponseHead.maximumFieldLength
        for (index, attempt) in trace.attempts.enumerated() {
            let outcome = attempt.failure?.rawValue ?? "ok"
            let length = attempt.model.canonical.utf8.count + outcome.utf8.count + 2
            guard head.count + length + 4 <= end else {
                head.literal(index == 0 ? "..." : ">...")
                return
            }
            if index > 0 { head.byte(UInt8(ascii: ">")) }
            head.text(attempt.model.canonical, limit: length)
            head.byte(UInt8(ascii: ":"))
            head.text(outcome, limit: length)
        }
        if trace.attempts.isEmpty { head.literal(trace.cache?.age == nil ? "none" : "cache") }
    }
}
