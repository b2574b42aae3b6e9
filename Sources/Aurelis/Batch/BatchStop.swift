internal import Synchronization

/// Asks whoever works on a batch to end after what is under way; asked once, it stays asked.
///
///     let stop = BatchStop()
///     stop.request()          // from anywhere
///     await stop.wait()       // returns at once from then on
package final class BatchStop: Sendable {
    private struct State {
        var isRequested = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Nobody has asked.
    package init() {}

    /// Whether somebody has asked.
    package var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Asks.
    package func request() {
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            state.isRequested = true
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when somebody asks, or the task is cancelled.
    package func wait() async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // A cancellation that comes before this is seen here; one that comes after it finds the waiter.
                    if state.isRequested || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
