internal import Synchronization

/// A streamed answer on its way to the caller; its first content has arrived before anybody sees it.
///
///     while let event = try await stream.next() { send(event.raw) }
///
/// A stream that ends without a finish reason is an error, never a short answer; one that ends without `[DONE]`
/// after a finish reason is complete and gets its `[DONE]`.
/// One consumer at a time.
public final class ReplyStream: Sendable {
    private struct State {
        var held: [ProviderEvent] = []
        var nextHeld = 0
        var progress = StreamProgress()
        var ended = false
    }

    private let source: any ProviderStream
    private let state = Mutex(State())

    init(_ source: any ProviderStream) { self.source = source }

    deinit { source.cancel() }

    /// The bound on events held back before the first content: prompt filters and role chunks, a handful in practice.
    private static let maximumHeld = 256

    /// Pulls events and holds them back until one carries content, so that an early failure stays unseen.
    func awaitContent() async throws(ModelError) {
        while !state.withLock({ $0.progress.isPresentable }) {
            guard let event = try await pull() else { return }
            let count = state.withLock { state in
                state.held.append(event)
                return state.held.count
            }
            guard count < Self.maximumHeld else {
                source.cancel()
                throw ModelError(.upstream, "the stream sent \(count) events without content", code: "no_content")
            }
        }
    }

    /// The next event, or nil after the last one, which is always `[DONE]`.
    public func next() async throws(ModelError) -> ProviderEvent? {
        let held = state.withLock { state -> ProviderEvent? in
            guard state.nextHeld < state.held.count else {
                state.held = []
                state.nextHeld = 0
                return nil
            }
            defer { state.nextHeld += 1 }
            return state.held[state.nextHeld]
        }
        if let held { return held }
        return try await pull()
    }

    /// Gives the answer up; the upstream call ends.
    public func cancel() { source.cancel() }

    /// Why the model stopped; nil while it writes.
    public var finishReason: FinishReason? { state.withLock { $0.progress.finishReason } }

    /// What the answer cost, once the provider has said so.
    public var usage: TokenUsage? { state.withLock { $0.progress.usage } }

    private func pull() async throws(ModelError) -> ProviderEvent? {
        if state.withLock({ $0.ended }) { return nil }
        let event: ProviderEvent?
        do {
            event = try await source.next()
        } catch {
            state.withLock { $0.ended = true }
            throw error
        }
        return try state.withLock { state throws(ModelError) in
            try Self.take(event, &state)
        }
    }

    private static func take(_ event: ProviderEvent?, _ state: inout State) throws(ModelError) -> ProviderEvent? {
        if let event {
            do { try state.progress.observe(event) } catch {
                state.ended = true
                throw error
            }
            if event.isDone { state.progress.observeDone() }
            return event
        }
        state.ended = true
        guard state.progress.finishReason != nil || state.progress.isDone else {
            throw ModelError(.connection, "the stream ended before its answer was complete", code: "stream_truncated")
        }
        return state.progress.isDone ? nil : .done
    }
}
