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
    private let state = Mutex(State())

    init(_ events: [ProviderEvent], ending: ModelError?) {
        self.events = events
        self.ending = ending
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        let event = state.withLock { state -> ProviderEvent? in
            guard !state.cancelled, state.next < events.count else { return nil }
            defer { state.next += 1 }
            return events[state.next]
        }
        if event == nil, let ending { throw ending }
        return event
    }

    func cancel() { state.withLock { $0.cancelled = true } }
}
