package import NIOHTTP1

/// A request that is refused before it is one: what the client did wrong on the wire, or why there is no room for it.
package struct ProtocolFailure: Error, Equatable {
    /// The HTTP status.
    package var status: Int
    /// The machine-readable code.
    package var code: String
    /// What went wrong and what to do, for a person.
    package var message: String

    /// A refusal.
    package init(status: Int, code: String, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    package static func malformed(_ message: String) -> ProtocolFailure {
        ProtocolFailure(status: 400, code: "malformed_request", message: message)
    }

    package static let headersTooLarge = ProtocolFailure(
        status: 431,
        code: "headers_too_large",
        message: "the request has more or longer header fields than the gateway accepts"
    )

    package static func targetTooLong(limit: Int) -> ProtocolFailure {
        ProtocolFailure(
            status: 414,
            code: "target_too_long",
            message: "the request's path and query are longer than \(limit) bytes"
        )
    }

    package static func bodyTooLarge(limit: Int) -> ProtocolFailure {
        ProtocolFailure(
            status: 413,
            code: "request_too_large",
            message: "the request body is larger than \(limit) bytes (`gateway.maximum_body` in the configuration)"
        )
    }

    package static let headTimeout = ProtocolFailure(
        status: 408,
        code: "request_timeout",
        message: "the request's header fields did not arrive in time"
    )

    package static let bodyTimeout = ProtocolFailure(
        status: 408,
        code: "request_timeout",
        message: "the request's body did not arrive in time"
    )

    package static let foreignHost = ProtocolFailure(
        status: 403,
        code: "foreign_host",
        message: "the Host field names another machine; to whoever sends no key that it requires (`gateway.keys`) "
            + "the gateway answers on this machine only: address it as localhost or 127.0.0.1"
    )

    package static let foreignOrigin = ProtocolFailure(
        status: 403,
        code: "foreign_origin",
        message: "the request comes from another site's page; to whoever sends no key that it requires "
            + "(`gateway.keys`) the gateway answers on this machine only: open the page from localhost, or send the "
            + "request from outside the browser"
    )

    package static let unsupportedVersion = ProtocolFailure(
        status: 505,
        code: "http_version_not_supported",
        message: "the gateway speaks HTTP/1.1 and HTTP/1.0"
    )

    package static let unsupportedTransferCoding = ProtocolFailure(
        status: 501,
        code: "transfer_coding_not_supported",
        message: "the only transfer coding of requests is \"chunked\""
    )

    package static let expectationFailed = ProtocolFailure(
        status: 417,
        code: "expectation_failed",
        message: "the only expectation the gateway knows is \"100-continue\""
    )

    package static let pipelineTooDeep = ProtocolFailure(
        status: 400,
        code: "too_many_pipelined_requests",
        message: "too many requests were sent before the first was answered"
    )

    package static let noMemory = ProtocolFailure(
        status: 503,
        code: "overloaded",
        message: "the gateway holds as many request bodies as it may; try again shortly"
    )

    package static let tooManyConnections = ProtocolFailure(
        status: 503,
        code: "overloaded",
        message: "there are as many connections as there may be; try again shortly"
    )
}

extension ProtocolFailure {
    /// What a decoder's error means for the client; nil when it means nothing to it.
    package init?(decoding error: HTTPParserError) {
        switch error {
        case .headerOverflow: self = .headersTooLarge
        case .invalidVersion: self = .unsupportedVersion
        case .invalidEOFState, .closedConnection: return nil
        case .invalidMethod: self = .malformed("the request's method is not one of HTTP")
        case .invalidURL: self = .malformed("the request's target is not a valid path")
        case .invalidHeaderToken: self = .malformed("a header field holds characters that are not allowed there")
        case .invalidContentLength: self = .malformed("Content-Length is not a number")
        case .unexpectedContentLength:
            self = .malformed("the length of the body is stated twice, or together with chunks")
        case .invalidChunkSize: self = .malformed("a chunk's size is not a hexadecimal number")
        default: self = .malformed("the request is not valid HTTP/1.1")
        }
    }
}
