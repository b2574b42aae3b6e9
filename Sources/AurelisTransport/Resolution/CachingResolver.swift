import NIOCore
import NIOPosix

/// Gives one connection attempt the remembered addresses of its host; NIO races them (RFC 8305).
final class CachingResolver: Resolver, Sendable {
    private let cache: AddressCache
    private let eventLoop: any EventLoop

    init(cache: AddressCache, eventLoop: any EventLoop) {
        self.cache = cache
        self.eventLoop = eventLoop
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        cache.addresses(host: host, port: port, on: eventLoop).map(\.v4)
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        cache.addresses(host: host, port: port, on: eventLoop).map(\.v6)
    }

    // A lookup is shared by all who wait for the name, and getaddrinfo cannot be interrupted.
    func cancelQueries() {}
}
