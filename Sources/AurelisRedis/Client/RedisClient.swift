package import NIOCore
import NIOPosix
import Synchronization

/// A client of a Redis or Valkey server, or of a cluster of them, that never costs more than a deadline.
///
///     let redis = RedisClient(try RedisConfiguration(url: "redis://127.0.0.1:6379"))
///     try await redis.set("greeting", to: Array("hello".utf8), expiringAfter: .seconds(60))
///     let bytes = try await redis.get("greeting")
///     await redis.shutdown()
///
/// One connection to each node carries the commands of all tasks. Nothing connects before the first command.
package final class RedisClient: Sendable {
    /// How many other nodes a command may be sent on to.
    private static let maximumRedirects = 5
    /// Far from where the arithmetic of deadlines ends.
    private static let longestPatience = Duration.seconds(86_400)

    let configuration: RedisConfiguration
    let connector: RedisConnector
    let eventLoopGroup: any EventLoopGroup
    private let topology: Mutex<RedisTopology<RedisLink>>
    let subscriptions = Mutex(RedisSubscriptionRegistry())

    /// A client that has not connected yet.
    package init(
        _ configuration: RedisConfiguration,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.configuration = configuration
        self.eventLoopGroup = eventLoopGroup
        connector = RedisConnector(configuration)
        topology = Mutex(RedisTopology(seed: configuration.endpoint, maximumLinks: configuration.maximumNodes))
    }

    /// False while the configured server is left alone after failures.
    package var isAvailable: Bool { (try? link(to: configuration.endpoint))?.isAvailable ?? false }

    /// Sends a command and returns the reply; an error reply is thrown.
    ///
    /// The deadline, or that of the configuration, covers everything: connecting, redirects, the reply. A command that
    /// was given up may still be carried out by the server.
    package func send(
        _ command: RedisCommand,
        deadline: Duration? = nil
    ) async throws(RedisError) -> RESPValue {
        guard command.encodedSizeBound <= configuration.maximumCommandBytes else {
            throw RedisError(.invalidCommand, "The command is too large.")
        }
        let patience = deadline ?? configuration.deadline
        guard patience > .zero else { throw RedisError(.timeout, "No time was left for the command.") }
        let end = eventLoopGroup.any().now + TimeAmount(min(patience, Self.longestPatience))
        var endpoint = topology.withLock { $0.owner(ofKey: command.key?.bytes) }
        var isAsking = false
        for _ in 0...Self.maximumRedirects {
            let reply: RESPValue
            do {
                reply = try await link(to: endpoint).send(command, deadline: end, isAsking: isAsking)
            } catch {
                if endpoint != configuration.endpoint, error.code != .cancelled {
                    topology.withLock { $0.forget(endpoint) }
                }
                throw error
            }
            guard case .error(let error) = reply else { return reply }
            guard let redirect = RedisRedirect(error, from: endpoint) else { throw RedisError(error) }
            endpoint = redirect.endpoint
            isAsking = redirect.isAsk
            if !isAsking { topology.withLock { $0.moved(redirect.slot, to: redirect.endpoint) } }
        }
        throw RedisError(.tooManyRedirects, "The nodes of the cluster point at each other.")
    }

    /// Ends all subscriptions, fails what is under way and refuses everything from now on; returns when every
    /// connection is closed.
    package func shutdown() async {
        let controls = subscriptions.withLock { $0.shutDown() }
        for control in controls { control.stop(.shutdown) }
        for link in topology.withLock({ $0.close() }) { await link.shutdown() }
    }

    private func link(to endpoint: RedisEndpoint) throws(RedisError) -> RedisLink {
        let found = topology.withLock { topology in
            topology.link(to: endpoint) {
                RedisLink(
                    to: endpoint,
                    configuration: configuration,
                    connector: connector,
                    eventLoop: eventLoopGroup.next()
                )
            }
        }
        guard let found else { throw .shutdown }
        found.evicted?.close(RedisError(.connectionClosed, "The node made room for another one."))
        return found.link
    }
}
