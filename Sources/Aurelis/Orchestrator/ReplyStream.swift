internal import Synchronization

/// A streamed answer on its way to the caller; its first content has arrived before anybody sees it.
///
///     while let event = try await stream.next() { send(event.raw) }
///
/// A stream that breaks off is continued where the caller's text ends, or ends in an error, never as if it were
/// complete. One consumer at a time.
public final class ReplyStream: Sendable {
    private let source: any ReplySource
    /// Told once what became of the stream.
    private let onEnd: Mutex<(@Sendable (StreamEnd) -> Void)?>
    /// What it said, for those who record that; nil: nobody does.
    private let text: Mutex<StreamedText>?

    init(_ source: any ReplySource, gathersText: Bool = false, onEnd: (@Sendable (StreamEnd) -> Void)?) {
        self.source = source
        self.onEnd = Mutex(onEnd)
        self.text = gathersText ? Mutex(StreamedText()) : nil
    }

    deinit { cancel() }

    /// The next event, or nil after the last one, which is always `[DONE]`.
    ///
    /// - Throws: `connection`, `timeout` or `upstream` when the rest of the answer will not come.
    public func next() async throws(ModelError) -> ProviderEvent? {
        do throws(ModelError) {
            let event = try await source.next()
            if let event { gather(event) }
            if event?.isDone ?? true { report(.answered) }
            return event
        } catch {
            report(error.category == .cancelled ? .cancelled : .failed(error))
            throw error
        }
    }

    /// Gives the answer up; the upstream call ends, unless others wait for it.
    public func cancel() {
        report(.cancelled)
        source.cancel()
    }

    /// Why the model stopped; nil while it writes.
    public var finishReason: FinishReason? { source.finishReason }

    /// What the answer cost, once the provider has said so; of a continued answer, what its last part cost.
    public var usage: TokenUsage? { source.usage }

    /// Who continued the answer and every attempt that was made; nil while the stream is as it began.
    public var continuation: (route: Route, trace: RouteTrace)? { source.continuation }

    private func gather(_ event: ProviderEvent) { text?.withLock { $0.append(event) } }

    private func report(_ outcome: StreamEnd.Outcome) {
        guard let tell = onEnd.withLock({ $0.take() }) else { return }
        tell(StreamEnd(outcome, of: source, text: text?.withLock(\.text)))
    }
}
