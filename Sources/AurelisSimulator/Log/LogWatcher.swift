internal import Synchronization

/// A task that waits for the log to look in some way.
final class LogWatcher: Sendable {
    private enum State: Sendable {
        case new
        case waiting(CheckedContinuation<Void, Never>)
        case done
    }

    let condition: @Sendable ([SimulatorLogEntry]) -> Bool
    private let state = Mutex(State.new)

    init(_ condition: @escaping @Sendable ([SimulatorLogEntry]) -> Bool) { self.condition = condition }

    /// Lets the task go on; a second time does nothing.
    func finish() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .done }
            guard case .waiting(let continuation) = state else { return nil }
            return continuation
        }
        waiter?.resume()
    }

    /// Waits for `finish()`, or the end of the task.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if case .done = state { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            finish()
        }
    }
}

extension SimulatorCore {
    /// Changes the books, then lets those go on who waited for what they say now.
    func withBooks<Result: Sendable>(_ change: (inout State) -> Result) -> Result {
        let (result, satisfied) = state.withLock { state in
            let result = change(&state)
            return (result, state.watchers.isEmpty ? [] : takeSatisfied(&state))
        }
        for watcher in satisfied { watcher.finish() }
        return result
    }

    private func takeSatisfied(_ state: inout State) -> [LogWatcher] {
        let entries = state.log.records.map { SimulatorLogEntry($0, catalog: catalog) }
        let satisfied = state.watchers.filter { $0.condition(entries) }
        state.watchers.removeAll { watcher in satisfied.contains { $0 === watcher } }
        return satisfied
    }

    /// Returns once the log fulfils a condition, or the task is cancelled.
    func waitForLog(_ condition: @escaping @Sendable ([SimulatorLogEntry]) -> Bool) async {
        let watcher = LogWatcher(condition)
        withBooks { $0.watchers.append(watcher) }
        await watcher.wait()
        state.withLock { $0.watchers.removeAll { $0 === watcher } }
    }
}
