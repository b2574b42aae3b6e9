import NIOCore
import NIOPosix
import Synchronization

/// Remembers the addresses of names for a while, and looks a name up once for all who ask at the same time.
///
/// Failures are not remembered. Lookups run on NIO's thread pool for blocking work.
final class AddressCache: Sendable {
    private struct Key: Hashable {
        var host: String
        var port: Int
    }

    private struct Entry {
        var addresses: EventLoopFuture<ResolvedAddresses>
        var expiry: TransportInstant
    }

    private let entries = Mutex<[Key: Entry]>([:])
    private let lifetime: Duration
    private let capacity: Int
    private let lookUp: @Sendable (_ host: String, _ port: Int) throws -> ResolvedAddresses

    init(
        lifetime: Duration,
        capacity: Int,
        lookUp: @escaping @Sendable (String, Int) throws -> ResolvedAddresses = ResolvedAddresses.lookUp
    ) {
        self.lifetime = lifetime
        self.capacity = capacity
        self.lookUp = lookUp
    }

    /// The addresses of a host, from memory or from the system's resolver.
    func addresses(host: String, port: Int, on eventLoop: any EventLoop) -> EventLoopFuture<ResolvedAddresses> {
        let key = Key(host: host, port: port)
        let now = TransportInstant(eventLoop.now)
        let (future, isNew) = entries.withLock { entries in
            if let entry = entries[key], entry.expiry > now { return (entry.addresses, false) }
            if entries.count >= capacity { entries = entries.filter { $0.value.expiry > now } }
            if entries.count >= capacity { entries.removeAll() }
            let future = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [lookUp] in
                try lookUp(host, port)
            }
            entries[key] = Entry(addresses: future, expiry: now.advanced(by: lifetime))
            return (future, true)
        }
        if isNew {
            future.whenFailure { _ in self.forget(host: host, port: port) }
        }
        return future.hop(to: eventLoop)
    }

    /// Forgets a host, so that the next connection looks it up anew.
    func forget(host: String, port: Int) {
        entries.withLock { $0[Key(host: host, port: port)] = nil }
    }
}
