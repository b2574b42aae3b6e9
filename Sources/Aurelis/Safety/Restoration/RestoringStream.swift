internal import Synchronization

/// A streamed answer whose placeholders become credentials again, also those that come in pieces.
final class RestoringStream: ReplySource {
    private struct State {
        var texts: RestoredTexts
        /// What is to come before the source is asked again.
        var queue: [ProviderEvent] = []
        var failure: ModelError?
    }

    private let source: any ReplySource
    private let state: Mutex<State>

    init(_ source: any ReplySource, _ restoration: SecretRestoration) {
        self.source = source
        state = Mutex(State(texts: RestoredTexts(restoration)))
    }

    func next() async throws(ModelError) -> ProviderEvent? {
        let (queued, failure) = state.withLock { state in
            (state.queue.isEmpty ? nil : state.queue.removeFirst(), state.failure)
        }
        if let queued { return queued }
        if let failure { throw failure }
        do throws(ModelError) {
            let event = try await source.next()
            return state.withLock { state in
                var events = event.map { state.texts.restored($0) } ?? state.texts.rest()
                guard !events.isEmpty else { return event }
                let first = events.removeFirst()
                state.queue = events
                return first
            }
        } catch {
            // What was held back is a part of the answer, and comes before the news that the rest does not.
            let first = state.withLock { state -> ProviderEvent? in
                var events = state.texts.rest()
                guard !events.isEmpty else { return nil }
                let first = events.removeFirst()
                state.queue = events
                state.failure = error
                return first
            }
            guard let first else { throw error }
            return first
        }
    }

    func cancel() { source.cancel() }

    var finishReason: FinishReason? { source.finishReason }

    var usage: TokenUsage? { source.usage }

    var continuation: (route: Route, trace: RouteTrace)? { source.continuation }
}
