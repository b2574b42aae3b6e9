import NIOCore

/// The life of a connection: what waits to be sent, what waits for a reply, and in which order.
///
/// Replies come in the order of the commands. A call that timed out leaves its place, so that its late reply is
/// dropped instead of answering the next one.
struct RedisConnectionStateMachine<Call> {
    /// What a reply is for.
    enum Received {
        case reply(Call, RESPValue)
        case push([RESPValue])
        case dropped
        case send([RedisCommand])
        case ready
        case fail(RedisError)
    }

    /// What becomes of a new call.
    enum Submitted {
        case send
        case hold
        case refuse(RedisError)
    }

    private enum Phase {
        case connecting
        case handshaking
        case ready
        case closed(RedisError)
    }

    private struct Place {
        var call: Call?
        var deadline: NIODeadline
        /// Replies of commands sent along with the call, such as ASKING, that come first.
        var leadingReplies: Int
    }

    private let maximumOutstanding: Int
    private let isSubscription: Bool
    private var handshake: RedisHandshake
    private var phase = Phase.connecting
    private var places = CircularBuffer<Place>()
    /// No call's deadline is before this.
    private(set) var soonestDeadline: NIODeadline?

    init(handshake: RedisHandshake, maximumOutstanding: Int, isSubscription: Bool = false) {
        self.handshake = handshake
        self.maximumOutstanding = maximumOutstanding
        self.isSubscription = isSubscription
    }

    var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    /// Places in the queue, those of calls that were given up included.
    var outstanding: Int { places.count }

    /// The transport is there.
    mutating func connected() -> [RedisCommand] {
        guard case .connecting = phase else { return [] }
        phase = .handshaking
        return handshake.start()
    }

    mutating func submit(_ call: Call, deadline: NIODeadline, leadingReplies: Int = 0) -> Submitted {
        if case .closed(let error) = phase { return .refuse(error) }
        guard places.count < maximumOutstanding else {
            return .refuse(RedisError(.tooManyOutstanding, "Too many commands wait for a reply."))
        }
        places.append(Place(call: call, deadline: deadline, leadingReplies: leadingReplies))
        soonestDeadline = min(soonestDeadline ?? deadline, deadline)
        return isReady ? .send : .hold
    }

    /// The calls that were held until the connection was ready, in order. Those given up are not sent and lose their
    /// places.
    mutating func held(where isOpen: (Call) -> Bool) -> [Call] {
        places.removeAll { place in place.call.map { !isOpen($0) } ?? true }
        return places.compactMap(\.call)
    }

    mutating func received(_ value: RESPValue) -> Received {
        switch phase {
        case .connecting, .closed: return .dropped
        case .handshaking:
            if case .push = value { return .dropped }
            switch handshake.received(value) {
            case .wait: return .dropped
            case .send(let commands): return .send(commands)
            case .fail(let error): return .fail(error)
            case .ready:
                phase = .ready
                return .ready
            }
        case .ready:
            return isSubscription ? receivedBySubscription(value) : receivedByCommand(value)
        }
    }

    private func receivedBySubscription(_ value: RESPValue) -> Received {
        switch value {
        case .push(let elements), .array(let elements): .push(elements)
        case .error(let error): .fail(RedisError(error))
        default: .dropped
        }
    }

    private mutating func receivedByCommand(_ value: RESPValue) -> Received {
        if case .push(let elements) = value { return .push(elements) }
        guard !places.isEmpty else {
            return .fail(RedisError(.protocolViolation, "The server replied to nothing."))
        }
        guard places[places.startIndex].leadingReplies == 0 else {
            places[places.startIndex].leadingReplies -= 1
            return .dropped
        }
        let place = places.removeFirst()
        if places.isEmpty { soonestDeadline = nil }
        guard let call = place.call else { return .dropped }
        return .reply(call, value)
    }

    /// Gives up the calls whose time is over; their places stay.
    mutating func expire(now: NIODeadline) -> [Call] {
        var expired: [Call] = []
        soonestDeadline = nil
        for index in places.indices {
            guard let call = places[index].call else { continue }
            let deadline = places[index].deadline
            if deadline <= now {
                expired.append(call)
                places[index].call = nil
            } else {
                soonestDeadline = min(soonestDeadline ?? deadline, deadline)
            }
        }
        return expired
    }

    /// Ends the connection; the calls that have no reply.
    mutating func close(_ error: RedisError) -> [Call] {
        guard !isClosed else { return [] }
        phase = .closed(error)
        let calls = places.compactMap(\.call)
        places.removeAll()
        soonestDeadline = nil
        return calls
    }
}
