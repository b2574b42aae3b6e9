import Synchronization

@testable import AurelisRedis

/// Collects what a subscription receives.
final class SubscriptionInbox: Sendable {
    private let events = Mutex<[RedisSubscriptionEvent]>([])

    var messages: [String] {
        events.withLock { $0 }.compactMap { event in
            guard case .message(let channel, let payload) = event else { return nil }
            return "\(channel)=\(String(decoding: payload, as: UTF8.self))"
        }
    }

    /// Beginnings and ends, in order.
    var changes: [String] {
        events.withLock { $0 }.compactMap { event in
            switch event {
            case .began: "began"
            case .ended: "ended"
            case .message: nil
            }
        }
    }

    /// Subscribes in a task of its own.
    func subscribe(_ redis: RedisClient, to channels: [String] = ["a", "b"]) -> Task<RedisError?, Never> {
        Task {
            await failure { () throws(RedisError) in
                try await redis.subscribe(to: channels) { event in self.events.withLock { $0.append(event) } }
            }
        }
    }
}
