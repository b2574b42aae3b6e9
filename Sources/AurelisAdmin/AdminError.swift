internal import NIOCore

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Why the control plane cannot listen.
package struct AdminError: Error, Sendable, CustomStringConvertible {
    /// What went wrong and what to do, for a person.
    package let message: String

    /// The message.
    package var description: String { message }

    init(host: String, port: Int, _ error: IOError) {
        switch error.errnoCode {
        case EADDRINUSE:
            message =
                "admin port \(port) on \(host) is already in use; stop the program that listens there, or choose another with --admin-port"
        case EACCES:
            message =
                "admin port \(port) on \(host) is reserved for the superuser; choose one above 1023 with --admin-port"
        default:
            message = "the control plane cannot listen on \(host) port \(port): \(error.description)"
        }
    }
}
