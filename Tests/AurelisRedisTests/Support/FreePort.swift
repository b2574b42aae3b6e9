import NIOCore
import NIOPosix
import Synchronization

/// Ports for servers that cannot choose one themselves.
///
/// Below the range from which systems take the ports of clients: a server that is started again finds its port free.
/// No port is given twice.
enum FreePort {
    private static let range = 12_000..<32_000
    private static let last = Mutex(Int.random(in: range))

    static func next() async throws -> Int {
        while true {
            let port = last.withLock { last in
                last = last + 1 < range.upperBound ? last + 1 : range.lowerBound
                return last
            }
            guard
                let channel = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .bind(host: "127.0.0.1", port: port).get()
            else {
                try Task.checkCancellation()
                continue
            }
            try await channel.close()
            return port
        }
    }
}
