internal import Aurelis
internal import AurelisJSON
internal import AurelisTransport
internal import Synchronization

/// The events of a provider's stream, read as they are asked for.
///
/// An event that carries an error ends the stream with that error. One task at a time may ask.
final class UpstreamStream: ProviderStream {
    private struct State {
        var parser: ServerSentEventParser
        var isEnded = false
        var failure: ModelError?
    }

    private let body: HTTPResponseBody
    private let provider: ProviderID
    private let errors: @Sendable (JSONValue) -> ModelError
    private let state: Mutex<State>

    /// The stream in a response body.
    ///
    /// - Parameter errors: classifies an error inside an event.
    init(
        _ body: HTTPResponseBody,
        maximumEventBytes: Int,
        provider: ProviderID,
        errors: @escaping @Sendable (JSONValue) -> ModelError
    ) {
        self.body = body
        self.provider = provider
        self.errors = errors
        state = Mutex(State(parser: ServerSentEventParser(maximumEventBytes: maximumEventBytes)))
    }

    /// The next event, or nil after `[DONE]` or the end of the body.
    func next() async throws(ModelError) -> ProviderEvent? {
        do throws(ModelError) {
            return try await read()
        } catch {
            let failure = error.from(provider)
            state.withLock { $0.failure = failure }
            body.cancel()
            throw failure
        }
    }

    /// Gives the rest of the stream up.
    func cancel() { body.cancel() }

    private func read() async throws(ModelError) -> ProviderEvent? {
        while true {
            if let event = try parsed() { return try StreamEvent.event(event, errors: errors) }
            if state.withLock({ $0.isEnded }) { return nil }
            let bytes: [UInt8]?
            do { bytes = try await body.next() } catch { throw ModelError(ofStream: error) }
            guard let bytes else { return try end() }
            state.withLock { $0.parser.append(bytes) }
        }
    }

    private func parsed() throws(ModelError) -> ServerSentEvent? {
        try state.withLock { state throws(ModelError) -> ServerSentEvent? in
            if let failure = state.failure { throw failure }
            do throws(TransportError) { return try state.parser.next() } catch { throw ModelError(ofStream: error) }
        }
    }

    /// What the end of the body leaves: some servers do not end their last event with a blank line.
    private func end() throws(ModelError) -> ProviderEvent? {
        let rest = state.withLock { state in
            state.isEnded = true
            return state.parser.finish()
        }
        guard let rest else { return nil }
        return try StreamEvent.unfinished(rest, errors: errors)
    }
}
