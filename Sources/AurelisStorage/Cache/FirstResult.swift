internal import Aurelis
package import Dispatch
internal import Synchronization

/// Waits for work that cannot be interrupted, such as a disk that hangs, only so long: the first result counts.
final class FirstResult<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case delivered(Value)
        case done
    }

    private let state = Mutex(State.open)

    /// Hands over a result; those that follow the first change nothing.
    ///
    /// - Returns: whether it is the first.
    @discardableResult
    func deliver(_ value: Value) -> Bool {
        let (waiter, isFirst) = state.withLock { state -> (CheckedContinuation<Value, Never>?, Bool) in
            switch state {
            case .open:
                state = .delivered(value)
                return (nil, true)
            case .awaited(let continuation):
                state = .done
                return (continuation, true)
            case .delivered, .done:
                return (nil, false)
            }
        }
        waiter?.resume(returning: value)
        return isFirst
    }

    /// Whether there is a result: what comes now comes too late.
    var isDelivered: Bool {
        state.withLock { state in
            switch state {
            case .open, .awaited: false
            case .delivered, .done: true
            }
        }
    }

    /// The first result; asked for once.
    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let value = state.withLock { state -> Value? in
                    guard case .delivered(let value) = state else {
                        state = .awaited(continuation)
                        return nil
                    }
                    state = .done
                    return value
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }
}

extension DispatchQueue {
    /// Does work on the queue and waits for its end, also in a cancelled task, but no longer than `limit`.
    ///
    /// - Returns: nil when it has not ended by then; it goes on.
    package func ending<Value: Sendable>(
        within limit: Duration,
        _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        let first = FirstResult<Value?>()
        async { first.deliver(work()) }
        let end = DispatchTime.now() + .milliseconds(Int(limit.milliseconds))
        DispatchQueue.global().asyncAfter(deadline: end) { first.deliver(nil) }
        return await first.value
    }
}
