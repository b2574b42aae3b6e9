internal import NIOCore

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

extension GatewayError {
    /// What it means that binding failed.
    init(listening configuration: GatewayConfiguration, _ error: any Error) {
        let (host, port) = (configuration.host, configuration.port)
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            self.init(
                .addressInUse,
                "port \(port) on \(host) is already in use; stop the program that listens there, "
                    + "or choose another port with --port (0 takes a free one)"
            )
        case EACCES:
            self.init(
                .addressForbidden,
                "this user may not listen on port \(port); choose a port from 1024 on with --port"
            )
        case EADDRNOTAVAIL:
            self.init(
                .addressUnavailable,
                "\(host) is not an address of this machine; choose another with --host (127.0.0.1 for local use)"
            )
        default:
            self.init(.cannotListen, "cannot listen on \(host):\(port): \(error)")
        }
    }
}
