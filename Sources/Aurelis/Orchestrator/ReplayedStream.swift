internal import AurelisJSON
internal import Synchronization

/// An answer that is there already, as a stream: from the cache, or because somebody asked for it in one piece.
final class ReplayedStream: ReplySource {
    private struct State {
        var events: ArraySlice<ProviderEvent>
        var finishReason: FinishReason?
    }

    private let state: Mutex<State>

    /// What the answer cost when it was asked for.
    let usage: TokenUsage?

    /// - Parameter includesUsage: whether the caller asked for a chunk with the usage.
    init(_ events: [ProviderEvent], includesUsage: Bool) {
        var view = UsageView(isWanted: includesUsage)
        var shown: [ProviderEvent] = []
        var usage: TokenUsage?
        for event in events {
            usage = event.chunk?["usage"].flatMap(TokenUsage.init(reading:)) ?? usage
            let (first, then) = view.take(event)
            if let first { shown.append(first) }
            if let then { shown.append(then) }
        }
        self.usage = usage
        state = Mutex(State(events: shown[...]))
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        let event = state.withLock { state in
            let event = state.events.popFirst()
            if let reason = event?.chunk?["choices"]?[0]?["finish_reason"]?.string {
                state.finishReason = FinishReason(rawValue: reason)
            }
            return event
        }
        if event == nil, Task.isCancelled { throw .callerGone }
        return event
    }

    func cancel() { state.withLock { $0.events = [] } }

    var finishReason: FinishReason? { state.withLock(\.finishReason) }

    var continuation: (route: Route, trace: RouteTrace)? { nil }
}
