import NIOCore
import Synchronization

/// One command and its outcome: what the event loop and the caller's task share.
///
/// Reply, deadline and cancellation race; the first one decides. A call decided early keeps its place in the
/// connection's queue, and the reply that comes later finds nobody.
final class RedisCall: Sendable {
    /// How a call ended.
    enum Outcome: Sendable {
        case reply(RESPValue)
        /// The server is to blame; `connection` when its connection was lost.
        case failed(RedisError, connection: UInt64?)
        /// The server was not asked, or nobody waits for it any more.
        case refused(RedisError)
    }

    private enum State {
        case open(UnsafeContinuation<Outcome, Never>?)
        case decided(Outcome)
        case delivered
    }

    let command: RedisCommand
    let deadline: NIODeadline
    /// Precedes the command by ASKING, for a slot that is on its way to the asked node.
    let isAsking: Bool
    let admission: RedisCircuit.Admission
    private let state = Mutex(State.open(nil))

    init(_ command: RedisCommand, deadline: NIODeadline, isAsking: Bool, admission: RedisCircuit.Admission) {
        self.command = command
        self.deadline = deadline
        self.isAsking = isAsking
        self.admission = admission
    }

    /// Whether somebody still waits for the outcome.
    var isOpen: Bool {
        state.withLock { if case .open = $0 { true } else { false } }
    }

    /// Decides the outcome, unless it is decided.
    func resolve(_ outcome: Outcome) {
        let waiter = state.withLock { state -> UnsafeContinuation<Outcome, Never>? in
            guard case .open(let waiter) = state else { return nil }
            state = waiter == nil ? .decided(outcome) : .delivered
            return waiter
        }
        waiter?.resume(returning: outcome)
    }

    /// Starts the call and waits for its outcome. Cancelling the task decides it at once.
    func run(_ start: @Sendable (RedisCall) -> Void) async -> Outcome {
        await withTaskCancellationHandler {
            start(self)
            return await withUnsafeContinuation { continuation in
                let outcome = state.withLock { state -> Outcome? in
                    guard case .decided(let outcome) = state else {
                        state = .open(continuation)
                        return nil
                    }
                    state = .delivered
                    return outcome
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            resolve(.refused(RedisError(.cancelled, "The command was cancelled.")))
        }
    }
}
