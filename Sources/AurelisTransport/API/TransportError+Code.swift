extension TransportError {
    /// A kind of failure. Open: later versions may add kinds, so switch over it with a default.
    package struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable name used in logs and metrics.
        package let rawValue: String

        /// A code by its stable name.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The stable name.
        package var description: String { rawValue }
    }
}

// Before anything was sent.
extension TransportError.Code {
    /// A base URL that is none, or not an http(s) one.
    package static let invalidURL = Self(rawValue: "invalid_url")
    /// A method, target or header that cannot go on the wire, such as a value with a line break.
    package static let invalidRequest = Self(rawValue: "invalid_request")
    /// The wait queue of the pool is full.
    package static let poolExhausted = Self(rawValue: "pool_exhausted")
    /// No connection became free in time.
    package static let poolTimeout = Self(rawValue: "pool_timeout")
    /// The host name has no address.
    package static let dnsFailure = Self(rawValue: "dns_failure")
    /// Nobody listens there.
    package static let connectionRefused = Self(rawValue: "connection_refused")
    /// No route to the host, or another failure to connect.
    package static let connectionFailed = Self(rawValue: "connection_failed")
    /// Connecting, TLS handshake included, took too long.
    package static let connectTimeout = Self(rawValue: "connect_timeout")
    /// The TLS handshake failed, for example because no protocol version is shared.
    package static let tlsFailure = Self(rawValue: "tls_failure")
    /// The server has no version of TLS that is allowed.
    package static let tlsVersion = Self(rawValue: "tls_version")
    /// The server's certificate is trusted, but no key of its chain is a pinned one.
    package static let pinMismatch = Self(rawValue: "pin_mismatch")
    /// The server's certificate is not trusted, has expired or names another host.
    package static let certificateUntrusted = Self(rawValue: "certificate_untrusted")
    /// The client was shut down.
    package static let shutdown = Self(rawValue: "shutdown")
}

// On the way through a proxy.
extension TransportError.Code {
    /// The proxy has no address, or nobody listens there.
    package static let proxyUnreachable = Self(rawValue: "proxy_unreachable")
    /// The proxy did not make the connection in time.
    package static let proxyTimeout = Self(rawValue: "proxy_timeout")
    /// The proxy wants user and password, or refuses them.
    package static let proxyAuthentication = Self(rawValue: "proxy_authentication")
    /// The proxy does not allow the connection.
    package static let proxyRefused = Self(rawValue: "proxy_refused")
    /// The proxy cannot reach the server.
    package static let proxyUnreachableTarget = Self(rawValue: "proxy_unreachable_target")
    /// The proxy closed the connection instead of answering.
    package static let proxyClosed = Self(rawValue: "proxy_closed")
    /// What the proxy answered is not HTTP, too long, or more than an answer.
    package static let proxyInvalidAnswer = Self(rawValue: "proxy_invalid_answer")
}

// While waiting for the response or reading it.
extension TransportError.Code {
    /// The server closed the connection without answering.
    package static let closedBeforeHead = Self(rawValue: "closed_before_head")
    /// The connection ended inside the response body: what was read is not the whole.
    package static let closedMidBody = Self(rawValue: "closed_mid_body")
    /// The connection was reset.
    package static let connectionReset = Self(rawValue: "connection_reset")
    /// The response head did not arrive in time.
    package static let firstByteTimeout = Self(rawValue: "first_byte_timeout")
    /// The body paused for too long while the caller was able to take more.
    package static let idleTimeout = Self(rawValue: "idle_timeout")
    /// The time for the whole exchange is over.
    package static let totalTimeout = Self(rawValue: "total_timeout")
    /// The response head is larger than allowed.
    package static let headersTooLarge = Self(rawValue: "headers_too_large")
    /// The body is larger than the caller allows.
    package static let bodyTooLarge = Self(rawValue: "body_too_large")
    /// One server-sent event is larger than allowed.
    package static let eventTooLarge = Self(rawValue: "event_too_large")
    /// What the server sent is not HTTP/1.1.
    package static let invalidResponse = Self(rawValue: "invalid_response")
    /// The compressed body is damaged, or expands beyond the bound.
    package static let decompressionFailed = Self(rawValue: "decompression_failed")
    /// The caller's task was cancelled, or the caller gave the body up.
    package static let cancelled = Self(rawValue: "cancelled")
}
