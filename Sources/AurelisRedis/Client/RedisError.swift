/// Why a command has no reply. Never holds passwords, arguments or URLs.
package struct RedisError: Error, Sendable, Hashable {
    /// A kind of failure. Open: later versions may add kinds, so switch over it with a default.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The stable name used in logs and metrics.
        package let rawValue: String

        /// A code by its stable name.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// A URL that is none, or not one of Redis.
        package static let invalidURL = Self(rawValue: "invalid_url")
        /// A command larger than any server takes.
        package static let invalidCommand = Self(rawValue: "invalid_command")
        /// No connection could be made, or it is too early to try again.
        package static let connectionFailed = Self(rawValue: "connection_failed")
        /// The connection ended before the reply.
        package static let connectionClosed = Self(rawValue: "connection_closed")
        /// The TLS handshake failed.
        package static let tlsFailure = Self(rawValue: "tls_failure")
        /// The server refused the credentials, or wants some.
        package static let authenticationFailed = Self(rawValue: "authentication_failed")
        /// No reply within the deadline.
        package static let timeout = Self(rawValue: "timeout")
        /// The caller's task was cancelled.
        package static let cancelled = Self(rawValue: "cancelled")
        /// The server failed too often; it is left alone for a while.
        package static let circuitOpen = Self(rawValue: "circuit_open")
        /// Too many commands, or too many bytes, wait already.
        package static let tooManyOutstanding = Self(rawValue: "too_many_outstanding")
        /// The server's bytes are no RESP, or answer a question nobody asked.
        package static let protocolViolation = Self(rawValue: "protocol_violation")
        /// The server replied with an error; `serverErrorKind` names it.
        package static let serverError = Self(rawValue: "server_error")
        /// The nodes of the cluster point at each other.
        package static let tooManyRedirects = Self(rawValue: "too_many_redirects")
        /// A reply of a type that the command never has.
        package static let unexpectedReply = Self(rawValue: "unexpected_reply")
        /// The client was shut down.
        package static let shutdown = Self(rawValue: "shutdown")
    }

    /// What kind of failure it is.
    package var code: Code
    /// What went wrong, for a person.
    package var message: String
    /// The first word of the server's error reply, such as `WRONGTYPE` or `OOM`.
    package var serverErrorKind: String?

    /// An error of a kind.
    package init(_ code: Code, _ message: String, serverErrorKind: String? = nil) {
        self.code = code
        self.message = message
        self.serverErrorKind = serverErrorKind
    }

    /// The server's own error. Its text stays behind where a server repeats the arguments in it.
    package init(_ reply: RESPErrorReply) {
        let quotesArguments = reply.kind == "ERR"
        let kind = String(reply.kind.prefix(40))
        let message = quotesArguments ? "The server refused the command." : String(reply.text.prefix(200))
        self.init(.serverError, message, serverErrorKind: kind)
    }
}

extension RedisError {
    static let shutdown = RedisError(.shutdown, "The Redis client was shut down.")
}

extension RedisError: CustomStringConvertible {
    /// One line for logs.
    package var description: String { "\(code.rawValue): \(message)" }
}

extension RedisError.Code: CustomStringConvertible {
    /// The stable name.
    package var description: String { rawValue }
}
