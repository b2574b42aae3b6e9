internal import AurelisTLS
internal import NIOCore

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

extension CommandFailure {
    /// A server that could not begin to listen.
    init(listeningOn port: Int, of host: String, _ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            self.init(
                .failure,
                "port \(port) on \(host) is already in use",
                hint: "stop the program that listens there, or choose another with --port (0 takes a free one)"
            )
        case EACCES:
            let way = "choose a port from 1024 on with --port"
            self.init(.failure, "this user may not listen on port \(port)", hint: way)
        case EADDRNOTAVAIL:
            self.init(.failure, "\(host) is not an address of this machine", hint: "choose another with --host")
        default:
            let reason = ConnectionFault.words(error) ?? "\(error)"
            self.init(.failure, "cannot listen on \(ServerAddress(host: host, port: port)): \(reason)")
        }
    }
}
