internal import Aurelis
internal import NIOCore

/// The status line and fields of an answer.
struct ResponseHead: Sendable {
    /// How the body is delimited.
    enum Framing {
        case length(Int)
        case chunked
        case untilClose
        case none
    }

    /// What becomes of the connection.
    enum Connection {
        /// Kept, as HTTP/1.1 does without saying.
        case keep
        /// Kept, said aloud, as HTTP/1.0 needs it.
        case keepAlive
        case close
    }

    var status = 200
    var contentType: StaticString? = "application/json"
    var isEventStream = false
    var requestID: RequestID?
    var model: ModelID?
    var provider: ProviderID?
    var trace: RouteTrace?
    var retryAfter: Duration?
    /// Tells OpenAI's clients not to send the request again.
    var forbidsRetry = false
    var allow: String?
    /// What the client is to authenticate by.
    var challenge: String?
    var hint: String?

    /// No field of ours is longer, whatever a configuration names its models.
    static let maximumFieldLength = 512

    func write(to buffer: inout ByteBuffer, framing: Framing, connection: Connection, date: StaticDate) {
        var head = HeadBytes()
        writeStatusLine(to: &head)
        if let contentType { head.field("content-type: ", contentType) }
        switch framing {
        case .length(let count): head.field("content-length: ", decimal: count)
        case .chunked: head.literal("transfer-encoding: chunked\r\n")
        case .untilClose, .none: break
        }
        switch connection {
        case .keep: break
        case .keepAlive: head.literal("connection: keep-alive\r\n")
        case .close: head.literal("connection: close\r\n")
        }
        if isEventStream { head.literal("cache-control: no-cache\r\n") }
        head.literal("date: ")
        head.raw(date.bytes)
        head.literal("\r\n")
        writeOwnFields(to: &head)
        head.literal("\r\n")
        buffer.writeBytes(head.bytes)
    }

    private func writeStatusLine(to head: inout HeadBytes) {
        guard status != 200 else {
            head.literal("HTTP/1.1 200 OK\r\n")
            return
        }
        head.literal("HTTP/1.1 ")
        head.decimal(status)
        head.field(" ", text: HTTPReason.phrase(status))
    }

    private func writeOwnFields(to head: inout HeadBytes) {
        if let requestID { head.field("x-aurelis-request-id: ", text: requestID.description) }
        if let model { head.field("x-aurelis-model: ", text: model.canonical) }
        if let provider { head.field("x-aurelis-provider: ", text: provider.rawValue) }
        if let trace {
            head.literal("x-aurelis-route: ")
            RouteField.write(trace, to: &head)
            head.literal("\r\n")
            head.field("x-aurelis-attempts: ", decimal: trace.upstreamAttempts)
            if let cache = trace.cache { writeCache(cache, to: &head) }
            if let left = trace.quotaLeft { write(left, to: &head) }
            if let tokens = trace.clampedTokens { head.field("x-aurelis-max-tokens: ", decimal: tokens) }
            if !trace.findings.isEmpty { FindingsField.write(trace.findings, to: &head) }
            if trace.waited > .zero {
                head.field("x-aurelis-waited-ms: ", decimal: Int(trace.waited.milliseconds))
            }
        }
        if let retryAfter {
            let milliseconds = max(0, retryAfter.milliseconds)
            head.field("retry-after: ", decimal: Int((milliseconds + 999) / 1_000))
            head.field("retry-after-ms: ", decimal: Int(milliseconds))
        }
        if forbidsRetry { head.literal("x-should-retry: false\r\n") }
        if let challenge { head.field("www-authenticate: ", text: challenge) }
        if let allow { head.field("allow: ", text: allow) }
        if let hint { head.field("x-aurelis-hint: ", text: hint) }
    }

    /// As its description has it.
    private func write(_ left: QuotaLeft, to head: inout HeadBytes) {
        head.literal("x-aurelis-quota-remaining: ")
        if let minute = left.minute {
            head.literal("minute=")
            head.decimal(Int(minute))
        }
        if let day = left.day {
            if left.minute != nil { head.literal(", ") }
            head.literal("day=")
            head.decimal(Int(day))
        }
        head.literal("\r\n")
    }

    private func writeCache(_ cache: CacheStatus, to head: inout HeadBytes) {
        head.field("x-aurelis-cache: ", text: cache.description)
        if let age = cache.age { head.field("age: ", decimal: Int(age.milliseconds / 1_000)) }
    }
}
