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
        writeStatusLine(to: &buffer)
        if let contentType { buffer.writeField("content-type: ", contentType) }
        switch framing {
        case .length(let count): buffer.writeField("content-length: ", decimal: count)
        case .chunked: buffer.writeStaticString("transfer-encoding: chunked\r\n")
        case .untilClose, .none: break
        }
        switch connection {
        case .keep: break
        case .keepAlive: buffer.writeStaticString("connection: keep-alive\r\n")
        case .close: buffer.writeStaticString("connection: close\r\n")
        }
        if isEventStream { buffer.writeStaticString("cache-control: no-cache\r\n") }
        buffer.writeStaticString("date: ")
        buffer.writeBytes(date.bytes)
        buffer.writeStaticString("\r\n")
        writeOwnFields(to: &buffer)
        buffer.writeStaticString("\r\n")
    }

    private func writeStatusLine(to buffer: inout ByteBuffer) {
        guard status != 200 else {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
            return
        }
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString("\(status) \(HTTPReason.phrase(status))\r\n")
    }

    private func writeOwnFields(to buffer: inout ByteBuffer) {
        if let requestID { buffer.writeField("x-aurelis-request-id: ", text: requestID.description) }
        if let model { buffer.writeField("x-aurelis-model: ", text: model.canonical) }
        if let provider { buffer.writeField("x-aurelis-provider: ", text: provider.rawValue) }
        if let trace {
            buffer.writeStaticString("x-aurelis-route: ")
            RouteField.write(trace, to: &buffer)
            buffer.writeStaticString("\r\n")
            buffer.writeField("x-aurelis-attempts: ", decimal: trace.upstreamAttempts)
            if let cache = trace.cache { writeCache(cache, to: &buffer) }
            if let left = trace.quotaLeft { write(left, to: &buffer) }
            if let tokens = trace.clampedTokens { buffer.writeField("x-aurelis-max-tokens: ", decimal: tokens) }
            if !trace.findings.isEmpty { FindingsField.write(trace.findings, to: &buffer) }
            if trace.waited > .zero {
                buffer.writeField("x-aurelis-waited-ms: ", decimal: Int(trace.waited.milliseconds))
            }
        }
        if let retryAfter {
            let milliseconds = max(0, retryAfter.milliseconds)
            buffer.writeField("retry-after: ", decimal: Int((milliseconds + 999) / 1_000))
            buffer.writeField("retry-after-ms: ", decimal: Int(milliseconds))
        }
        if forbidsRetry { buffer.writeStaticString("x-should-retry: false\r\n") }
        if let challenge { buffer.writeField("www-authenticate: ", text: challenge) }
        if let allow { buffer.writeField("allow: ", text: allow) }
        if let hint { buffer.writeField("x-aurelis-hint: ", text: hint) }
    }

    /// As its description has it.
    private func write(_ left: QuotaLeft, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("x-aurelis-quota-remaining: ")
        if let minute = left.minute {
            buffer.writeStaticString("minute=")
            buffer.writeDecimal(Int(minute))
        }
        if let day = left.day {
            if left.minute != nil { buffer.writeStaticString(", ") }
            buffer.writeStaticString("day=")
            buffer.writeDecimal(Int(day))
        }
        buffer.writeStaticString("\r\n")
    }

    private func writeCache(_ cache: CacheStatus, to buffer: inout ByteBuffer) {
        buffer.writeField("x-aurelis-cache: ", text: cache.description)
        if let age = cache.age { buffer.writeField("age: ", decimal: Int(age.milliseconds / 1_000)) }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeField(_ name: StaticString, _ value: StaticString) {
        writeStaticString(name)
        writeStaticString(value)
        writeStaticString("\r\n")
    }

    fileprivate mutating func writeField(_ name: StaticString, decimal value: Int) {
        writeStaticString(name)
        writeDecimal(value)
        writeStaticString("\r\n")
    }

    fileprivate mutating func writeField(_ name: StaticString, text: String) {
        writeStaticString(name)
        writeFieldText(text, limit: ResponseHead.maximumFieldLength)
        writeStaticString("\r\n")
    }

    /// Text from a configuration or a provider: whatever is not printable ASCII would end or forge a field.
    ///
    /// - Returns: how many bytes were written.
    @discardableResult
    mutating func writeFieldText(_ text: String, limit: Int) -> Int {
        let isClean = text.utf8.count <= limit && text.utf8.allSatisfy { $0 &- 0x20 < 0x5F }
        if isClean { return writeString(text) }
        return writeBytes(text.utf8.prefix(limit).lazy.map { $0 &- 0x20 < 0x5F ? $0 : UInt8(ascii: "?") })
    }

    mutating func writeDecimal(_ value: Int) {
        guard value >= 10 else {
            writeInteger(UInt8(ascii: "0") + UInt8(max(0, value)))
            return
        }
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { digits in
            var rest = value
            var index = digits.count
            while rest > 0 {
                index -= 1
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                digits[index] = UInt8(ascii: "0") + UInt8(digit)
                rest = quotient
            }
            writeBytes(UnsafeRawBufferPointer(rebasing: digits[index...]))
        }
    }
}
