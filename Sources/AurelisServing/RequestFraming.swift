package import NIOHTTP1

/// What a request's head says of where the request ends and whom it is for, refused where two readers could differ.
///
///     let framing = try RequestFraming(head, maximumTarget: 8_192)
///     if framing.expectsContinue { … }
///
/// What the decoder refuses itself (conflicting lengths, length with chunks, folded lines, bad characters) never comes
/// here.
package struct RequestFraming: Equatable {
    /// How the body is delimited.
    package enum Body: Equatable, Sendable {
        case none
        case length(Int)
        case chunked
    }

    /// How the body is delimited.
    package private(set) var body = Body.none
    /// Whether the client waits for `100 Continue` before it sends the body.
    package private(set) var expectsContinue = false
    private var hosts = 0

    /// What a head without fields says.
    package init() {}

    /// Reads a head of which nothing else is wanted.
    package init(_ head: HTTPRequestHead, maximumTarget: Int) throws(ProtocolFailure) {
        try Self.check(target: head.uri, maximum: maximumTarget)
        for (name, value) in head.headers {
            switch name.lowercased() {
            case "host": takeHost()
            case "expect": try take(expectation: value)
            case "content-length": try take(contentLength: value)
            case "transfer-encoding": try take(transferEncoding: value)
            default: break
            }
        }
        try end(isHTTP10: head.version.minor == 0)
    }

    /// Refuses a target that is too long.
    package static func check(target: String, maximum: Int) throws(ProtocolFailure) {
        guard target.utf8.count <= maximum else { throw .targetTooLong(limit: maximum) }
    }

    /// A `Host` field.
    package mutating func takeHost() { hosts += 1 }

    /// An `Expect` field.
    package mutating func take(expectation value: String) throws(ProtocolFailure) {
        guard value.withoutTrailingSpace.lowercased() == "100-continue" else { throw .expectationFailed }
        expectsContinue = true
    }

    /// A `Content-Length` field.
    package mutating func take(contentLength value: String) throws(ProtocolFailure) {
        guard let length = Int(value.withoutTrailingSpace), length >= 0 else {
            throw .malformed("Content-Length is not a number")
        }
        if length > 0 { body = .length(length) }
    }

    /// A `Transfer-Encoding` field.
    package mutating func take(transferEncoding value: String) throws(ProtocolFailure) {
        guard value.withoutTrailingSpace.lowercased() == "chunked" else { throw .unsupportedTransferCoding }
        body = .chunked
    }

    /// Behind the last field.
    package func end(isHTTP10: Bool) throws(ProtocolFailure) {
        // Who speaks 1.0 knows no chunks and takes them for the next request (RFC 9112, 6.1).
        guard !isHTTP10 || body != .chunked else { throw .malformed("there are no chunks in HTTP/1.0") }
        guard hosts == 1 || (isHTTP10 && hosts == 0) else {
            throw .malformed(hosts == 0 ? "the Host field is missing" : "there is more than one Host field")
        }
    }
}

extension String {
    /// What stands before the spaces at the end of a field's value, which are no part of it. The decoder has taken those at the
    /// beginning, and what it takes for the end of a framing field are spaces alone: a tab it would understand otherwise.
    fileprivate var withoutTrailingSpace: Substring {
        utf8.last == 0x20 ? self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)] : self[...]
    }
}
