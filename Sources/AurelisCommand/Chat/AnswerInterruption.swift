internal import Synchronization

/// Lets Ctrl-C end the answer that is under way, and nothing else.
///
///     let answer = await interruption.interruptible { await ask() }    // ends early when `interrupt()` is called
final class AnswerInterruption: Sendable {
    /// What an interruption has met.
    enum Effect: Hashable, Sendable {
        /// There is no answer to end.
        case nothing
        case ended
        /// The answer was told to end before, and has not yet.
        case again
    }

    private enum State {
        case idle
        case answering(AsyncStream<Void>.Continuation)
        case ending
    }

    private let state = Mutex(State.idle)

    /// Ends the answer that is under way.
    @discardableResult
    func interrupt() -> Effect {
        state.withLock { state in
            switch state {
            case .idle: return .nothing
            case .ending: return .again
            case .answering(let interruptions):
                interruptions.finish()
                state = .ending
                return .ended
            }
        }
    }

    /// Runs work that `interrupt()` cancels; it returns what came of it until then.
    func interruptible<Value: Sendable>(_ work: @Sendable @escaping () async -> Value) async -> Value {
        let (interruptions, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0 = .answering(continuation) }
        defer { state.withLock { $0 = .idle } }
        return await withTaskGroup(of: Ending<Value>.self) { group in
            group.addTask { .finished(await work()) }
            group.addTask {
                for await _ in interruptions {}
                return .interrupted
            }
            while true {
                let ending = await group.next()
                group.cancelAll()
                if case .finished(let value) = ending { return value }
                // Told to end, the work ends in its own time and says what it has.
            }
        }
    }

    private enum Ending<Value: Sendable>: Sendable {
        case finished(Value)
        case interrupted
    }
}
