internal import Aurelis

/// A request that is refused before it is one: what the client did wrong on the wire, or why there is no room for it.
struct ProtocolFailure: Error, Equatable {
    /// The HTTP status.
    var status: Int
    /// The machine-readable code.
    var code: String
    /// What went wrong and what to do, for a person.
    var message: String

    static func malformed(_ message: String) -> ProtocolFailure {
        ProtocolFailure(status: 400, code: "malformed_request", message: message)
    }

    static let headersTooLarge = ProtocolFailure(
        status: 431,
        code: "headers_too_large",
        message: "the request has more or longer header fields than the gateway accepts"
    )

    static func targetTooLong(limit: Int) -> ProtocolFailure {
        ProtocolFailure(
            status: 414,
            code: "target_too_long",
            message: "the request's path and query are longer than \(limit) bytes"
        )
    }

    static func bodyTooLarge(limit: Int) -> ProtocolFailure {
        ProtocolFailure(
            status: 413,
            code: "request_too_large",
            message: "the request body is larger than \(limit) bytes (`gateway.maximum_body` in the configuration)"
        )
    }

    /// - Parameters:
    ///   - size: what the client says that it sends; nil: it does not say.
    ///   - limit: what the file in it may have.
    static func uploadTooLarge(size: Int?, limit: Int) -> ProtocolFailure {
        let problem =
            if let size {
                "the upload has \(ByteCount.exact(size)), and a file may have \(ByteCount.exact(limit))"
            } else {
                "the file has more than \(ByteCount.exact(limit))"
            }
        return ProtocolFailure(
            status: 413,
            code: "file_too_large",
            message: problem + "; split it, or have `files.maximum_size` raised in the gateway's configuration"
        )
    }

    static let headTimeout = ProtocolFailure(
        status: 408,
        code: "request_timeout",
        message: "the request's header fields did not arrive in time"
    )

    static let bodyTimeout = ProtocolFailure(
        status: 408,
        code: "request_timeout",
        message: "the request's body did not arrive in time"
    )

    static let foreignHost = ProtocolFailure(
        status: 403,
        code: "foreign_host",
        message: "the Host field names another machine, and without keys the gateway serves this one only; "
            + "address it as localhost or 127.0.0.1"
    )

    static let foreignOrigin = ProtocolFailure(
        status: 403,
        code: "foreign_origin",
        message: "the request comes from another site's page, and without keys the gateway serves this machine only; "
            + "open the page from localhost, or send the request from outside the browser"
    )

    static let unsupportedVersion = ProtocolFailure(
        status: 505,
        code: "http_version_not_supported",
        message: "the gateway speaks HTTP/1.1 and HTTP/1.0"
    )

    static let unsupportedTransferCoding = ProtocolFailure(
        status: 501,
        code: "transfer_coding_not_supported",
        message: "the only transfer coding of requests is \"chunked\""
    )

    static let expectationFailed = ProtocolFailure(
        status: 417,
        code: "expectation_failed",
        message: "the only expectation the gateway knows is \"100-continue\""
    )

    static let pipelineTooDeep = ProtocolFailure(
        status: 400,
        code: "too_many_pipelined_requests",
        message: "too many requests were sent before the first was answered"
    )

    static let noMemory = ProtocolFailure(
        status: 503,
        code: "overloaded",
        message: "the gateway holds as many request bodies as it may; try again shortly"
    )

    static let tooManyConnections = ProtocolFailure(
        status: 503,
        code: "overloaded",
        message: "the gateway has as many connections as it may; try again shortly"
    )
}
