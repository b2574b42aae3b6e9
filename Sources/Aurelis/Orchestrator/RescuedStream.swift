internal import Synchronization

/// An answer as a provider streams it; its first content has arrived before anybody sees it.
///
/// A stream that breaks off is continued, by the same model or another, exactly where the caller's text ends; a comment
/// marks the seam. When nobody can continue it, it ends in an error, never as if it were complete. One that only lacks
/// `[DONE]` after its finish reason is complete and gets its `[DONE]`; one with `[DONE]` but no finish reason is broken.
/// One consumer at a time.
final class RescuedStream: ReplySource {
    fileprivate struct State {
        var stream: OpenedStream
        var nextHeld = 0
        var progress = StreamProgress()
        var watch: StallWatch
        /// Finds somebody to continue the answer; nil when nobody shall.
        var rescue: StreamRescue?
        /// Why the stream broke off, until somebody continues it.
        var breakage: ModelError?
        var hasEnded = false
    }

    private let state: Mutex<State>
    private let time: any TimeSource

    init(
        _ stream: OpenedStream,
        rescue: StreamRescue?,
        stallTimeout: Duration,
        time: any TimeSource
    ) {
        self.time = time
        let watch = StallWatch(limit: stallTimeout, now: time.now)
        state = Mutex(State(stream: stream, watch: watch, rescue: rescue))
    }

    /// The next event, or nil after the last one, which is always `[DONE]`.
    func next() async throws(ModelError) -> ProviderEvent? {
        if let failure = state.withLock(\.breakage) { try await resume(after: failure) }
        while true {
            switch step() {
            case .ended:
                // Whatever else a provider sends is no part of the answer.
                state.withLock(\.stream.source).cancel()
                return nil
            case .show(let event):
                return try passed(event)
            case .pull(let source):
                let event: ProviderEvent?
                do { event = try await source.next() } catch { return try broken(error) }
                guard let event else { return try exhausted() }
                if let fitted = fitted(event) { return try passed(fitted) }
            }
        }
    }

    /// Gives the answer up; the upstream call ends.
    func cancel() {
        let source = state.withLock { state in
            state.hasEnded = true
            return state.stream.source
        }
        source.cancel()
    }

    /// Why the model stopped; nil while it writes.
    var finishReason: FinishReason? { state.withLock { $0.progress.finishReason } }

    /// What the answer cost, once the provider has said so; of a continued answer, what its last part cost.
    var usage: TokenUsage? { state.withLock { $0.progress.usage } }

    /// Who continued the answer and every attempt that was made; nil while the stream is as it began.
    var continuation: (route: Route, trace: RouteTrace)? { state.withLock { $0.rescue?.continuation } }
}

extension RescuedStream {
    private enum Step {
        case show(ProviderEvent)
        case pull(any ProviderStream)
        case ended
    }

    private func step() -> Step {
        state.withLock { state in
            if state.hasEnded { return .ended }
            guard state.nextHeld < state.stream.held.count else { return .pull(state.stream.source) }
            defer { state.nextHeld += 1 }
            return .show(state.stream.held[state.nextHeld])
        }
    }

    /// The event as it fits to what the caller has; nil when the caller has it already.
    private func fitted(_ event: ProviderEvent) -> ProviderEvent? {
        state.withLock { state in
            guard case .emit(let shown) = state.stream.fit(event) else { return nil }
            return shown
        }
    }

    /// Takes note of an event on its way to the caller.
    private func passed(_ event: ProviderEvent) throws(ModelError) -> ProviderEvent? {
        let (failure, finished) = state.withLock { state in
            do throws(ModelError) {
                let finished = try state.observe(event, at: time.now)
                if event.isDone { state.hasEnded = true }
                return (ModelError?.none, finished)
            } catch {
                return (error, nil)
            }
        }
        finished?.expectEnd(within: Self.closingTime)
        guard let failure else { return event }
        return try broken(failure)
    }

    /// How long a provider may take from the finish reason to the end.
    private static let closingTime: Duration = .seconds(2)

    /// The source has no more events.
    private func exhausted() throws(ModelError) -> ProviderEvent? {
        guard state.withLock(\.progress.isComplete) else { return try broken(.truncatedStream) }
        state.withLock { $0.hasEnded = true }
        return .done
    }

    /// The rest will not come from this source: tells the caller's connection that somebody else is looked for, or ends
    /// with the failure.
    private func broken(_ failure: ModelError) throws(ModelError) -> ProviderEvent? {
        let (source, isWhole) = state.withLock { ($0.stream.source, $0.progress.finishReason != nil) }
        source.cancel()
        // What fails after the finish reason takes nothing from the answer.
        if isWhole { return try exhausted() }
        let refusal = state.withLock { state -> ModelError? in
            guard let rescue = state.rescue else { return failure }
            if let refusal = rescue.refusal(of: state.progress.delivered, after: failure) { return refusal }
            state.breakage = failure
            return nil
        }
        if let refusal { throw ended(with: refusal) }
        return .comment("the answer broke off (\(failure.category)); looking for its continuation")
    }

    /// Puts another stream in the place of the one that broke.
    private func resume(after failure: ModelError) async throws(ModelError) {
        let (found, delivered) = state.withLock { ($0.rescue, $0.progress.delivered) }
        guard var rescue = found else { throw ended(with: failure) }
        let outcome: Result<ContinuedStream, ModelError>
        do { outcome = .success(try await rescue.continuation(of: delivered, after: failure)) } catch {
            outcome = .failure(error)
        }
        let hasEnded = state.withLock { state in
            state.rescue = rescue
            state.breakage = nil
            if case .success(let continued) = outcome, !state.hasEnded { state.continue(with: continued, at: time.now) }
            return state.hasEnded
        }
        switch outcome {
        case .success(let continued) where hasEnded: continued.stream.source.cancel()
        case .success: return
        case .failure(let error): throw ended(with: error)
        }
    }

    private func ended(with failure: ModelError) -> ModelError {
        state.withLock { $0.hasEnded = true }
        return failure
    }
}

extension RescuedStream.State {
    /// Takes note of an event; returns the source when this was the one that made the answer whole.
    mutating func observe(
        _ event: ProviderEvent,
        at now: ContinuousClock.Instant
    ) throws(ModelError) -> (any ProviderStream)? {
        let wasFinished = progress.finishReason != nil
        try progress.observe(event)
        if let hold = stream.hold, let usage = progress.usage { hold.note(usage) }
        try watch.observe(event, at: now)
        return !wasFinished && progress.finishReason != nil ? stream.source : nil
    }

    mutating func `continue`(with continued: ContinuedStream, at now: ContinuousClock.Instant) {
        stream = continued.stream
        nextHeld = 0
        watch = StallWatch(limit: watch.limit, now: now)
        if continued.isRestart { progress = StreamProgress() }
    }
}

extension ProviderEvent {
    /// A line that clients skip.
    static func comment(_ text: String) -> ProviderEvent {
        ProviderEvent(raw: Array(": \(text)\n\n".utf8), chunk: nil)
    }
}
