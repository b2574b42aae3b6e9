import Synchronization

/// A value that is given once and awaited by at most one task.
///
/// Whoever resolves it first decides: a result, a timer and a cancellation may race for it.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(UnsafeContinuation<Value, Never>)
        case resolved(Value)
        case delivered
    }

    private let state = Mutex(State.empty)

    /// Gives the value; false when another was first.
    @discardableResult
    func resolve(_ value: Value) -> Bool {
        let (first, waiter) = state.withLock { state -> (Bool, UnsafeContinuation<Value, Never>?) in
            switch state {
            case .empty:
                state = .resolved(value)
                return (true, nil)
            case .awaited(let continuation):
                state = .delivered
                return (true, continuation)
            case .resolved, .delivered:
                return (false, nil)
            }
        }
        waiter?.resume(returning: value)
        return first
    }

    /// Waits for the value. It does not watch the task's cancellation: `resolve` does.
    func value() async -> Value {
        await withUnsafeContinuation { continuation in
            let value = state.withLock { state -> Value? in
                switch state {
                case .empty:
                    state = .awaited(continuation)
                    return nil
                case .resolved(let value):
                    state = .delivered
                    return value
                case .awaited, .delivered:
                    preconditionFailure("a one-shot value is awaited once")
                }
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
