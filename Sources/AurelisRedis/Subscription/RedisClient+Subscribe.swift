import NIOCore
import Synchronization

extension RedisClient {
    /// Receives the messages of channels on a connection of its own, until the task is cancelled or the client shut
    /// down; the error says which.
    ///
    /// A lost or silent connection is made again, as often as it takes; the events tell what may have been missed. They
    /// come on an event loop, in order, and must not block it.
    package func subscribe(
        to channels: [String],
        onEvent: @escaping @Sendable (RedisSubscriptionEvent) -> Void
    ) async throws(RedisError) -> Never {
        guard !channels.isEmpty else { throw RedisError(.invalidCommand, "A subscription without channels.") }
        let control = RedisSubscriptionControl()
        guard subscriptions.withLock({ $0.add(control) }) else {
            throw .shutdown
        }
        defer { subscriptions.withLock { $0.remove(control) } }
        let session = RedisSubscriptionSession(
            configuration: configuration,
            connector: connector,
            eventLoop: eventLoopGroup.next(),
            channels: channels,
            onEvent: onEvent
        )
        let reason = await withTaskCancellationHandler {
            var backoff = configuration.backoff
            while true {
                if let reason = control.reason { return reason }
                if await session.run(control: control) { backoff.reset() }
                if let reason = control.reason { return reason }
                await session.pause(backoff.next(random: configuration.random()), control: control)
            }
        } onCancel: {
            control.stop(RedisError(.cancelled, "The subscription was cancelled."))
        }
        throw reason
    }
}
