/// What happens to a subscription.
package enum RedisSubscriptionEvent: Sendable, Hashable {
    /// The server has confirmed every channel: what is published from now on arrives.
    case began
    /// A message of a channel.
    case message(channel: String, payload: [UInt8])
    /// The connection ended, or could not be made: what is published until the subscription begins again is missed.
    case ended(RedisError)
}
