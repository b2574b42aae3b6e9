internal import Aurelis
internal import AurelisTransport

extension ModelError {
    /// What a failure below HTTP means for a request.
    ///
    /// A certificate that is not trusted, or not the pinned one, is `security`: asking elsewhere would hide that
    /// somebody may sit in the middle.
    init(_ error: TransportError) {
        switch error.code {
        case .cancelled:
            self.init(.cancelled, "the caller went away", code: error.code.rawValue)
        case .certificateUntrusted:
            self.init(
                .security,
                ErrorBody.presentable(error.readable),
                code: error.code.rawValue,
                hint: "for a certificate of your own authority, name its root under `transport.tls.extra_roots`"
            )
        case .pinMismatch:
            self.init(
                .security,
                ErrorBody.presentable(error.readable),
                code: error.code.rawValue,
                hint: "if the key was exchanged on purpose, add its pin under `pins`; nothing was sent"
            )
        case .tlsVersion:
            self.init(
                .connection,
                ErrorBody.presentable(error.readable),
                code: error.code.rawValue,
                hint: "if it has no more than TLS 1.2, allow that for this provider alone: `tls: { minimum: \"1.2\" }`"
            )
        case .firstByteTimeout, .totalTimeout, .idleTimeout:
            self.init(.timeout, ErrorBody.presentable(error.readable), code: error.code.rawValue)
        case .poolExhausted, .poolTimeout, .shutdown:
            self.init(.overloaded, ErrorBody.presentable(error.readable), code: error.code.rawValue)
        case .invalidURL, .invalidRequest:
            self.init(.invalidRequest, ErrorBody.presentable(error.readable), code: error.code.rawValue)
        case .bodyTooLarge:
            self.init(.upstream, ErrorBody.presentable(error.readable), code: "answer_too_large")
        case .headersTooLarge, .invalidResponse, .decompressionFailed, .eventTooLarge:
            self.init(.upstream, ErrorBody.presentable(error.readable), code: error.code.rawValue)
        default:
            self.init(.connection, ErrorBody.presentable(error.readable), code: error.code.rawValue)
        }
        isUnsent = !error.requestMayHaveBeenProcessed
    }

    /// What a failure inside a stream means.
    init(ofStream error: TransportError) {
        self.init(error)
        if error.code == .idleTimeout { code = "stalled" }
        if error.code == .totalTimeout {
            code = "first_token_timeout"
            message = "no content came in time"
        }
    }
}
