import Synchronization

@testable import AurelisRedis

/// Collects what a subscription receives.
final class SubscriptionInbox: Sendable {
    private let state = Mutex<(messages: [String], gaps: Int)>(([], 0))

    var messages: [String] { state.withLock { $0.messages } }
    var gaps: Int { state.withLock { $0.gaps } }

    /// Subscribes in a task of its own.
    func subscribe(_ redis: RedisClient, to channels: [String] = ["a", "b"]) -> Task<RedisError?, Never> {
        Task {
            await failure { () throws(RedisError) in
                try await redis.subscribe(
                    to: channels,
                    onMessage: { channel, payload in
                        let text = "\(channel)=\(String(decoding: payload, as: UTF8.self))"
                        self.state.withLock { $0.messages.append(text) }
                    },
                    onGap: { self.state.withLock { $0.gaps += 1 } }
                )
            }
        }
    }
}
