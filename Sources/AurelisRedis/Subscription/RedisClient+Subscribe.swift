import NIOCore
import Synchronization

extension RedisClient {
    /// Receives the messages of channels on a connection of its own, until the task is cancelled or the client shut
    /// down; the error says which.
    ///
    /// A lost or silent connection is made again. `onGap` is called when messages may have been missed: at once when
    /// the subscription is lost, and again when it is back (or came into force late), since what was published in
    /// between reached nobody here. Both closures are called on an event loop, in order, and must not block.
    package func subscribe(
        to channels: [String],
        onMessage: @escaping @Sendable (_ channel: String, _ payload: [UInt8]) -> Void,
        onGap: @escaping @Sendable () -> Void
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
            onMessage: onMessage,
            onGap: onGap
        )
        let reason = await withTaskCancellationHandler {
            var backoff = configuration.backoff
            var mayHaveMissed = false
            while true {
                if let reason = control.reason { return reason }
                if await session.run(mayHaveMissed: mayHaveMissed, control: control) { backoff.reset() }
                mayHaveMissed = true
                if let reason = control.reason { return reason }
                await session.pause(backoff.next(random: configuration.random()), control: control)
            }
        } onCancel: {
            control.stop(RedisError(.cancelled, "The subscription was cancelled."))
        }
        throw reason
    }
}
