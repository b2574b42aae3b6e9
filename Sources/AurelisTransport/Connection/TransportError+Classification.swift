import AurelisTLS
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

extension TransportError {
    /// What an error of an established connection means.
    struct Classification: Sendable, Hashable {
        var code: Code
        var message: String
        /// The server has closed the connection, rather than sent something wrong.
        var isPeerGone = false
    }

    static func classify(_ error: any Error) -> Classification {
        switch error {
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE:
            Classification(code: .connectionReset, message: "The connection was reset.", isPeerGone: true)
        case is IOError:
            Classification(code: .connectionReset, message: "The connection broke.")
        case HTTPParserError.headerOverflow:
            Classification(code: .headersTooLarge, message: "The response head is too large.")
        case HTTPParserError.invalidEOFState:
            Classification(code: .closedMidBody, message: "The connection was closed inside the response.")
        case is HTTPParserError, is NIOHTTPDecoderError:
            Classification(code: .invalidResponse, message: "The server sent something that is not HTTP/1.1.")
        case NIOHTTPDecompression.DecompressionError.limit:
            Classification(code: .decompressionFailed, message: "The response expands too much.")
        case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
            Classification(code: .decompressionFailed, message: "The compressed response is damaged.")
        case NIOSSLError.uncleanShutdown:
            Classification(
                code: .closedMidBody,
                message: "The connection ended without TLS's own end.",
                isPeerGone: true
            )
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            Classification(code: .tlsFailure, message: "The TLS connection failed.")
        default:
            Classification(code: .connectionReset, message: "The connection failed.")
        }
    }

    /// What an error means that kept a connection from being established.
    ///
    /// - Parameter proxy: the proxy, as long as it is the proxy that is spoken to.
    static func connecting(
        to origin: HTTPOrigin,
        through proxy: ProxyServer? = nil,
        failedWith error: any Error
    ) -> TransportError {
        if let error = error as? TransportError {
            return TransportError(error.code, "\(error.message): \(origin)", cause: error.cause)
        }
        let (code, message) = classifyConnecting(error)
        let cause = words(error)
        guard let proxy else { return TransportError(code, "\(message): \(origin)", cause: cause) }
        return TransportError(.proxyUnreachable, "\(message): the proxy \(proxy.name)", cause: cause)
    }

    /// What an error has to say beside its kind, for a person; nil: nothing.
    static func words(_ error: any Error) -> String? {
        switch error {
        case let error as NameResolutionError: return error.description
        // The kind says these already.
        case is TLSFileError: return nil
        case let error as IOError where [ECONNREFUSED, ETIMEDOUT, ECONNRESET].contains(error.errnoCode): return nil
        case let error as NIOConnectionError:
            if let last = error.connectionErrors.last { return words(last.error) }
            return ConnectionFault.words(error)
        default: return ConnectionFault.words(error)
        }
    }

    private static func classifyConnecting(_ error: any Error) -> (Code, String) {
        switch error {
        case let error as NIOConnectionError:
            if let last = error.connectionErrors.last { return classifyConnecting(last.error) }
            if error.dnsAError != nil || error.dnsAAAAError != nil { return (.dnsFailure, "The host has no address") }
            return (.connectTimeout, "Connecting took too long")
        case is NameResolutionError, is SocketAddressError.UnknownHost:
            return (.dnsFailure, "The host has no address")
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            return (.connectionRefused, "Nobody accepts connections")
        case let error as IOError where error.errnoCode == ETIMEDOUT:
            return (.connectTimeout, "Connecting took too long")
        case ChannelError.connectTimeout:
            return (.connectTimeout, "Connecting took too long")
        case ChannelError.eof:
            return (.connectionReset, "The server closed the connection while it was made")
        case NIOSSLError.handshakeFailed(let cause) where "\(cause)".contains("CERTIFICATE_VERIFY_FAILED"):
            return (.certificateUntrusted, "The server's certificate is not trusted")
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            return (.certificateUntrusted, "The server's certificate is not trusted")
        case let error as NIOSSLExtraError
        where error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch:
            return (.certificateUntrusted, "The server's certificate is for another host")
        case NIOSSLError.handshakeFailed(let cause) where isAboutVersion("\(cause)"):
            return (.tlsVersion, "The server offers no version of TLS that is allowed")
        case let error as TLSFileError:
            return (.tlsFailure, "TLS cannot be set up: \(error.path) \(error.message)")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return (.tlsFailure, "The TLS handshake failed")
        case let error as IOError where error.errnoCode == ECONNRESET:
            return (.connectionReset, "The connection was reset while it was made")
        default:
            return (.connectionFailed, "No connection could be made")
        }
    }

    /// A server says so by an alert, or answers with a version that was not asked for.
    private static func isAboutVersion(_ reason: String) -> Bool {
        reason.contains("ALERT_PROTOCOL_VERSION") || reason.contains("UNSUPPORTED_PROTOCOL")
    }
}
