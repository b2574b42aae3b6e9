internal import Aurelis
internal import AurelisJSON
internal import AurelisTransport
internal import Synchronization

/// The events of a provider's stream, read as they are asked for.
///
/// An event that carries an error ends the stream with that error. One task at a time may ask.
final class UpstreamStream: ProviderStream {
    fileprivate struct State {
        var parser: ServerSentEventParser
        var isEnded = false
        var failure: ModelError?
        /// nil: the caller asked for the usage and gets it as it comes.
        var fold: UsageFold?
        var queued: ProviderEvent?
    }

    private let body: HTTPResponseBody
    private let provider: ProviderID
    private let errors: @Sendable (JSONValue) -> ModelError
    private let state: Mutex<State>

    /// The stream in a response body.
    ///
    /// - Parameters:
    ///   - foldsUsage: whether the usage goes onto the finish chunk, because the caller asked for none of its own.
    ///   - errors: classifies an error inside an event.
    init(
        _ body: HTTPResponseBody,
        maximumEventBytes: Int,
        provider: ProviderID,
        foldsUsage: Bool,
        errors: @escaping @Sendable (JSONValue) -> ModelError
    ) {
        self.body = body
        self.provider = provider
        self.errors = errors
        let parser = ServerSentEventParser(maximumEventBytes: maximumEventBytes)
        state = Mutex(State(parser: parser, fold: foldsUsage ? UsageFold() : nil))
    }

    /// The next event, or nil after `[DONE]` or the end of the body.
    func next() async throws(ModelError) -> ProviderEvent? {
        if let queued = state.withLock({ $0.takeQueued() }) { return queued }
        do throws(ModelError) {
            while let event = try await read() {
                if let event = state.withLock({ $0.folded(event) }) { return event }
                // The finish chunk is held back, and nobody else can tell that the answer is whole.
                if event.chunk != nil { expectEnd(within: .seconds(2)) }
            }
            return state.withLock { $0.fold?.takeRest() }
        } catch {
            let failure = error.from(provider)
            body.cancel()
            // What was held back has come; the failure comes after it.
            let rest = state.withLock { state in
                state.failure = failure
                return state.fold?.takeRest()
            }
            if let rest { return rest }
            throw failure
        }
    }

    /// Gives the rest of the stream up.
    func cancel() { body.cancel() }

    /// Ends the limit that the first content had.
    func contentArrived() { body.liftTotalLimit() }

    /// Shortens how long the server may be silent.
    func expectEnd(within limit: Duration) { body.limitSilence(to: limit) }

    private func read() async throws(ModelError) -> ProviderEvent? {
        while true {
            if let event = try parsed() { return try StreamEvent.event(event, errors: errors) }
            let (isEnded, isAlive) = state.withLock { ($0.isEnded, $0.parser.takeSkipped()) }
            if isEnded { return nil }
            // Nothing but comments has come: whoever waits for content learns it, and the caller's connection lives.
            if isAlive { return StreamEvent.keepAlive }
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

extension UpstreamStream.State {
    fileprivate mutating func takeQueued() -> ProviderEvent? {
        defer { queued = nil }
        return queued
    }

    /// The event to pass on now; nil when it is held back.
    fileprivate mutating func folded(_ event: ProviderEvent) -> ProviderEvent? {
        guard let (first, then) = fold?.take(event) else { return event }
        queued = then
        return first
    }
}
