internal import Synchronization

/// How many requests one provider gets at once: first come, first served.
///
///     let slot = try await limiter.slot(within: .seconds(5), time: time)
///     …                       // the slot is free again when the last reference to it is gone
///
/// A wait ends with the task's cancellation and with its time limit; the number of waits is bounded.
final class ConcurrencyLimiter: Sendable {
    /// The right to have one request under way.
    final class Slot: Sendable {
        private let limiter: ConcurrencyLimiter

        fileprivate init(of limiter: ConcurrencyLimiter) { self.limiter = limiter }

        deinit { limiter.release() }
    }

    private struct State {
        var limit: Int
        /// Slots that are in use: more than the limit, while it was more when they were given.
        var taken = 0
        var nextID = 0
        /// In the order of their coming. Nobody waits while a slot is free: a slot that is given back is handed on.
        var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []

        mutating func takeFree() -> Bool {
            guard taken < limit else { return false }
            taken += 1
            return true
        }

        /// Gives a free slot to whoever waits for it.
        mutating func handOn() -> CheckedContinuation<Bool, Never>? {
            guard !waiting.isEmpty, takeFree() else { return nil }
            return waiting.removeFirst().continuation
        }
    }

    private let state: Mutex<State>
    private let maximumWaiting: Int

    init(limit: Int, maximumWaiting: Int = 1_000) {
        state = Mutex(State(limit: limit))
        self.maximumWaiting = maximumWaiting
    }

    /// How many wait for a slot.
    var waiting: Int { state.withLock(\.waiting.count) }

    /// Whether nobody has a slot or waits for one.
    var isIdle: Bool { state.withLock { $0.taken == 0 && $0.waiting.isEmpty } }

    /// Changes how many there are at once. Those who wait get what is free now; those who have a slot keep it, and while
    /// they are too many nobody gets another.
    func change(limit: Int) {
        let admitted = state.withLock { state in
            state.limit = limit
            var admitted: [CheckedContinuation<Bool, Never>] = []
            while let next = state.handOn() { admitted.append(next) }
            return admitted
        }
        for next in admitted { next.resume(returning: true) }
    }

    /// A slot, at once when one is free.
    ///
    /// - Throws: `overloaded` when too many wait already, or none became free in time; `cancelled` with the task.
    func slot(within limit: Duration, time: any TimeSource) async throws(ModelError) -> Slot {
        if try takesFree() { return Slot(of: self) }
        guard
            let slot = try await within(
                limit,
                time: time,
                { () async throws(ModelError) -> Slot? in await self.turn() }
            )
        else { throw .noSlot }
        guard let slot else { throw .callerGone }
        return slot
    }

    private func takesFree() throws(ModelError) -> Bool {
        try state.withLock { state throws(ModelError) in
            if state.takeFree() { return true }
            guard state.waiting.count < maximumWaiting else { throw .noSlot }
            return false
        }
    }

    /// Waits for its turn; nil when the task was cancelled.
    private func turn() async -> Slot? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    // Asked under the lock: whoever is cancelled later finds the entry below.
                    if Task.isCancelled { return false }
                    if state.takeFree() { return true }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            cancel(id)
        }
        return granted ? Slot(of: self) : nil
    }

    private func cancel(_ id: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).continuation }
        }
        continuation?.resume(returning: false)
    }

    private func release() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.taken -= 1
            return state.handOn()
        }
        next?.resume(returning: true)
    }
}

extension ModelError {
    fileprivate static var noSlot: ModelError {
        ModelError(
            .overloaded,
            "too many requests to this provider are under way",
            code: "concurrency_limit",
            hint: "raise `routing.concurrency`, or send fewer at once"
        )
    }
}
