import Synchronization

/// The subscriptions of a client that are under way.
struct RedisSubscriptionRegistry: Sendable {
    private var controls: [ObjectIdentifier: RedisSubscriptionControl] = [:]
    private var isShutDown = false

    /// False when the client was shut down.
    mutating func add(_ control: RedisSubscriptionControl) -> Bool {
        guard !isShutDown else { return false }
        controls[ObjectIdentifier(control)] = control
        return true
    }

    mutating func remove(_ control: RedisSubscriptionControl) {
        controls[ObjectIdentifier(control)] = nil
    }

    mutating func shutDown() -> [RedisSubscriptionControl] {
        isShutDown = true
        return Array(controls.values)
    }
}

/// Ends a subscription from outside: whatever it waits for is over at once.
final class RedisSubscriptionControl: Sendable {
    private struct State {
        var reason: RedisError?
        var interrupt: (@Sendable (RedisError) -> Void)?
    }

    private let state = Mutex(State())

    /// Why it was ended.
    var reason: RedisError? { state.withLock { $0.reason } }

    func stop(_ reason: RedisError) {
        let interrupt = state.withLock { state -> (@Sendable (RedisError) -> Void)? in
            guard state.reason == nil else { return nil }
            state.reason = reason
            return state.interrupt.take()
        }
        interrupt?(reason)
    }

    /// Says how to end the wait that begins now; called at once if it is to end already.
    func onStop(_ interrupt: @escaping @Sendable (RedisError) -> Void) {
        let reason = state.withLock { state -> RedisError? in
            state.interrupt = interrupt
            return state.reason
        }
        if let reason { interrupt(reason) }
    }
}
