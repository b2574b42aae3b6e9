internal import Aurelis
internal import Synchronization

/// Says on stderr what a request waits for: once for each reason, and again while it goes on.
final class WaitRemarks: Sendable {
    private struct State {
        var reason: String?
        var repetitions = 0
    }

    private let say: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(_ say: @escaping @Sendable (String) -> Void) { self.say = say }

    convenience init(_ console: Console) { self.init { console.remark($0) } }

    /// Notes that a request waits; the first time and then about every minute it is said.
    func add(_ wait: QuotaWait) {
        let isSaid = state.withLock { state in
            state.repetitions = state.reason == wait.reason ? state.repetitions + 1 : 0
            state.reason = wait.reason
            return state.repetitions.isMultiple(of: 6)
        }
        if isSaid { say("\(wait)") }
    }
}
