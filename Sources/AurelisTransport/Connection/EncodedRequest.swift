import NIOCore
import NIOHTTP1

/// A request in its wire form: checked, with the fields that are the client's own.
///
/// Head and body are one buffer, so that an ordinary request is one write; only the rest of a large body is kept
/// apart and sent as the connection accepts it.
struct EncodedRequest: Sendable {
    /// How much of a body is handed to the connection at a time.
    static let sliceBytes = 64 * 1024

    let method: HTTPMethod
    /// The head and the first slice of the body.
    let start: ByteBuffer
    /// The whole body; `start` holds the first `sliceBytes` of it.
    let body: [UInt8]
    /// Whether sending it twice has the effect of sending it once (RFC 9110, 9.2.2).
    let isIdempotent: Bool
    /// Wipes the credential from `start` when nobody needs that any more.
    private let confidential: ConfidentialRange?

    /// Throws `.invalidRequest` for what would break the message's framing, such as a line break in a value.
    ///
    /// - Parameter proxy: who passes the request on, in plain text; nil: nobody, or somebody who sees nothing of it.
    init(
        _ request: HTTPClientRequest,
        userAgent: String,
        through proxy: ProxyServer? = nil
    ) throws(TransportError) {
        try FieldRules.check(method: request.method)
        try FieldRules.check(target: request.target)
        let firstSlice = min(request.body.count, EncodedRequest.sliceBytes)
        // A head is some thirty short texts: an append to an array takes a fifth of a write into a buffer.
        var head: [UInt8] = []
        head.reserveCapacity(512 + request.target.utf8.count)
        head += request.method.utf8
        head.append(UInt8(ascii: " "))
        if proxy != nil { head += request.origin.description.utf8 }
        head += request.target.utf8
        head.append(" HTTP/1.1\r\nHost: ")
        head += request.origin.authority.utf8
        head.append("\r\n")
        var hasUserAgent = false
        var hasAcceptEncoding = false
        for (name, value) in request.headers.storage {
            switch try FieldRules.kind(of: name) {
            case .ordinary: break
            case .owned: continue
            case .userAgent: hasUserAgent = true
            case .acceptEncoding: hasAcceptEncoding = true
            }
            try FieldRules.check(value: value, of: name)
            head.appendField(name, value)
        }
        if let credentials = proxy?.credentials { head.appendField("Proxy-Authorization", credentials.field) }
        if !hasUserAgent { head.appendField("User-Agent", userAgent) }
        if !hasAcceptEncoding { head.append("Accept-Encoding: gzip, deflate\r\n") }
        let method = FieldRules.method(request.method)
        if !request.body.isEmpty || FieldRules.expectsBody(method) {
            head.appendField("Content-Length", String(request.body.count))
        }
        var buffer = ByteBufferAllocator().buffer(capacity: head.count + 256 + firstSlice)
        buffer.writeBytes(head)
        let secret = try request.credential.map { credential throws(TransportError) in
            // Room for all that follows: a buffer that grew would leave a copy behind.
            try buffer.writeField(credential, reserving: firstSlice + 2)
        }
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(request.body[..<firstSlice])
        self.method = method
        self.start = buffer
        confidential = secret.map { ConfidentialRange($0, of: buffer) }
        self.body = request.body
        self.isIdempotent = FieldRules.isIdempotent(method)
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    fileprivate mutating func appendField(_ name: String, _ value: String) {
        self += name.utf8
        append(": ")
        self += value.utf8
        append("\r\n")
    }
}

extension ByteBuffer {
    /// Writes a field; tells where its value is.
    fileprivate mutating func writeField(
        _ field: ConfidentialField,
        reserving rest: Int
    ) throws(TransportError) -> Range<Int> {
        guard try FieldRules.kind(of: field.name) == .ordinary else {
            throw TransportError(.invalidRequest, "\(field.name) is no field for a credential.")
        }
        try FieldRules.check(value: field.scheme, of: field.name)
        let range = field.value.withBytes { bytes -> Range<Int>? in
            guard FieldRules.isValue(bytes) else { return nil }
            reserveCapacity(
                minimumWritableBytes: field.name.utf8.count + field.scheme.utf8.count + bytes.count + 4 + rest
            )
            writeString(field.name)
            writeStaticString(": ")
            writeString(field.scheme)
            let start = writerIndex
            writeBytes(bytes)
            return start..<writerIndex
        }
        guard let range else { throw FieldRules.badValue(of: field.name) }
        writeStaticString("\r\n")
        return range
    }
}
