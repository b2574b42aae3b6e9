internal import NIOCore
internal import NIOPosix
internal import NIOSSL

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// What the libraries below say of a connection that was not made, or ended, in words for people.
///
///     ConnectionFault.words(error)        // "No route to host"; not `SingleConnectionFailure(target: [IPv4]…`
package enum ConnectionFault {
    /// Why; nil where there is nothing to say beside what kind of failure it is.
    package static func words(_ error: any Error) -> String? {
        switch error {
        case let error as NIOConnectionError:
            if let last = error.connectionErrors.last { return words(last.error) }
            return (error.dnsAError ?? error.dnsAAAAError).flatMap(words)
        case let error as IOError: return strerror(error.errnoCode).map { String(cString: $0) }
        case let error as SocketAddressError.UnknownHost: return error.errorDescription
        case is ChannelError, is SocketAddressError: return nil
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: return TLSFault.words(error)
        default: return "\(error)"
        }
    }
}
