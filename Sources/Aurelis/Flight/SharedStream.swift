internal import Synchronization

/// The events of a call under way, for one of those who share it.
final class SharedStream: ReplySource {
    private struct State {
        var view: UsageView
        var next: ProviderEvent?
    }

    private let flight: Flight
    private let id: Flight.PassengerID
    private let state: Mutex<State>

    /// - Parameter includesUsage: whether this caller asked for a chunk with the usage.
    init(_ flight: Flight, _ id: Flight.PassengerID, includesUsage: Bool) {
        self.flight = flight
        self.id = id
        state = Mutex(State(view: UsageView(isWanted: includesUsage)))
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        if let held = state.withLock({ $0.next.take() }) { return held }
        while let event = try await flight.next(for: id) {
            let shown = state.withLock { state in
                let (first, then) = state.view.take(event)
                state.next = then
                return first
            }
            if let shown { return shown }
        }
        return nil
    }

    func cancel() { flight.leave(id) }

    var finishReason: FinishReason? { flight.end?.finishReason }

    var usage: TokenUsage? { flight.end?.usage }

    var continuation: (route: Route, trace: RouteTrace)? { flight.end?.continuation }
}
