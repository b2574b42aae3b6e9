/// What a subscription's connection has confirmed, and what its messages mean.
struct RedisSubscriptionState {
    enum Event: Equatable {
        case began
        case message(channel: String, payload: [UInt8])
        case nothing
    }

    private var unconfirmed: Set<String>
    private var knownArrivals: UInt64 = 0

    init(channels: [String]) {
        unconfirmed = Set(channels)
    }

    /// Whether the server has confirmed every channel.
    var isInForce: Bool { unconfirmed.isEmpty }

    mutating func received(_ elements: [RESPValue]) -> Event {
        guard elements.count == 3, let kind = elements[0].string, let channel = elements[1].string else {
            return .nothing
        }
        switch kind {
        case "message":
            guard let payload = elements[2].bytes else { return .nothing }
            return .message(channel: channel, payload: payload)
        case "subscribe":
            guard unconfirmed.remove(channel) != nil, unconfirmed.isEmpty else { return .nothing }
            return .began
        default:
            return .nothing
        }
    }

    /// Whether nothing arrived since the last time this was asked.
    mutating func isSilent(arrivals: UInt64) -> Bool {
        defer { knownArrivals = arrivals }
        return arrivals == knownArrivals
    }
}
