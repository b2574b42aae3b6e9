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
    /// What happens between the last event and the end.
    private let pause: @Sendable () async -> Void
    private let state = Mutex(State())

    init(_ events: [ProviderEvent], ending: ModelError?, pause: @escaping @Sendable () async -> Void = {}) {
        self.events = events
        self.ending = ending
        self.pause = pause
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        let event = state.withLock { state -> ProviderEvent? in
            guard !state.cancelled, state.next < events.count else { return nil }
            defer { state.next += 1 }
            return events[state.next]
        }
        if let event { return event }
        await pause()
        if Task.isCancelled { throw ModelError(.cancelled, "the caller gave up") }
        if let ending { throw ending }
        return nil
    }

    func cancel() { state.withLock { $0.cancelled = true } }
}
