internal import Aurelis
internal import Synchronization

/// The events of a script, one by one.
final class ScriptedStream: ProviderStream {
    private struct State {
        var next = 0
        var cancelled = false
    }

    private let events: [ProviderEvent]
    private let ending: ModelError?
    /// Before which event to wait, and for what; the place after the last one is the end.
    private let pause: (place: Int, wait: @Sendable () async -> Void)?
    private let state = Mutex(State())

    init(_ events: [ProviderEvent], ending: ModelError?, pause: (@Sendable () async -> Void)? = nil) {
        self.events = events
        self.ending = ending
        self.pause = pause.map { (events.count, $0) }
    }

    /// The rest of the events comes when the gate is open.
    init(_ events: [ProviderEvent], gate: ScriptedGate, then rest: [ProviderEvent]) {
        self.events = events + rest
        ending = nil
        pause = (events.count, { await gate.pass() })
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        if let pause, state.withLock({ $0.next }) == pause.place {
            await pause.wait()
            if Task.isCancelled { throw ModelError(.cancelled, "the caller gave up") }
        }
        let event = state.withLock { state -> ProviderEvent? in
            guard !state.cancelled, state.next < events.count else { return nil }
            defer { state.next += 1 }
            return events[state.next]
        }
        if let event { return event }
        if Task.isCancelled { throw ModelError(.cancelled, "the caller gave up") }
        if let ending { throw ending }
        return nil
    }

    func cancel() { state.withLock { $0.cancelled = true } }
}
