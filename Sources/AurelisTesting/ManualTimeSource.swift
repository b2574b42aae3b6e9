public import Aurelis
internal import Synchronization

/// A clock that only moves when a test moves it.
///
///     let time = ManualTimeSource()
///     async let answer = orchestrator.respond(to: request)    // fails once, waits 100 ms, asks again
///     await time.sleepers(atLeast: 1)
///     time.advance(by: .milliseconds(100))
///     try await answer
public final class ManualTimeSource: TimeSource {
    private struct Sleeper {
        let wakeTime: ContinuousClock.Instant
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Watcher {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = ContinuousClock.now
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var watchers: [Watcher] = []
        var nextID = 0
        var waits: [Duration] = []
    }

    private let state = Mutex(State())
    private let autoAdvances: Bool

    /// A clock that stands still.
    ///
    /// - Parameter autoAdvancing: whether a sleep moves the clock to its end by itself, for tests in which nothing else waits.
    public init(autoAdvancing: Bool = false) { autoAdvances = autoAdvancing }

    /// The present that the test has set.
    public var now: ContinuousClock.Instant { state.withLock { $0.now } }

    /// Every sleep that was asked for, in order.
    public var waits: [Duration] { state.withLock { $0.waits } }

    /// Moves the clock and wakes every sleeper whose time has come, in the order of their times.
    public func advance(by duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.wakeTime <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.wakeTime < $1.wakeTime }
        }
        for sleeper in due { sleeper.continuation.resume(returning: true) }
    }

    /// Returns once at least `count` tasks sleep on this clock.
    public func sleepers(atLeast count: Int) async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Bool in
                if state.sleepers.count >= count { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if ready { continuation.resume() }
        }
    }

    /// Sleeps until the test has moved the clock to `instant`.
    public func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError) {
        let id = state.withLock { state -> Int in
            state.nextID += 1
            state.waits.append(state.now.duration(to: instant))
            return state.nextID
        }
        let finished = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in sleep(id, until: instant, continuation) }
        } onCancel: {
            cancel(id)
        }
        guard finished, !Task.isCancelled else { throw CancellationError() }
    }

    private func sleep(
        _ id: Int,
        until instant: ContinuousClock.Instant,
        _ continuation: CheckedContinuation<Bool, Never>
    ) {
        enum Outcome {
            case finished(Bool)
            case asleep([Watcher])
        }
        let outcome = state.withLock { state -> Outcome in
            if state.cancelled.remove(id) != nil { return .finished(false) }
            if autoAdvances { state.now = max(state.now, instant) }
            if instant <= state.now { return .finished(true) }
            state.sleepers[id] = Sleeper(wakeTime: instant, continuation: continuation)
            let ready = state.watchers.filter { $0.count <= state.sleepers.count }
            state.watchers.removeAll { $0.count <= state.sleepers.count }
            return .asleep(ready)
        }
        switch outcome {
        case .finished(let finished): continuation.resume(returning: finished)
        case .asleep(let watchers): for watcher in watchers { watcher.continuation.resume() }
        }
    }

    private func cancel(_ id: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            if let sleeper = state.sleepers.removeValue(forKey: id) { return sleeper }
            state.cancelled.insert(id)
            return nil
        }
        sleeper?.continuation.resume(returning: false)
    }
}
