internal import Aurelis
internal import NIOCore

/// The route of a request as a header field: `codestral-2501:rate_limit>gpt-4o:ok`.
enum RouteField {
    /// Writes the attempts in order, at most `ResponseHead.maximumFieldLength` bytes of them; `>...` marks a cut.
    static func write(_ trace: RouteTrace, to buffer: inout ByteBuffer) {
        let end = buffer.writerIndex + ResponseHead.maximumFieldLength
        for (index, attempt) in trace.attempts.enumerated() {
            let outcome = attempt.failure?.rawValue ?? "ok"
            let length = attempt.model.canonical.utf8.count + outcome.utf8.count + 2
            guard buffer.writerIndex + length + 4 <= end else {
                buffer.writeStaticString(index == 0 ? "..." : ">...")
                return
            }
            if index > 0 { buffer.writeInteger(UInt8(ascii: ">")) }
            buffer.writeFieldText(attempt.model.canonical, limit: length)
            buffer.writeInteger(UInt8(ascii: ":"))
            buffer.writeFieldText(outcome, limit: length)
        }
        if trace.attempts.isEmpty { buffer.writeStaticString(trace.cache?.age == nil ? "none" : "cache") }
    }
}
