/// Where the events of a reply come from: a provider, a call under way that others share, or the cache.
protocol ReplySource: Sendable {
    /// The next event, or nil after the last one, which is always `[DONE]`.
    func next() async throws(ModelError) -> ProviderEvent?

    /// Gives the answer up.
    func cancel()

    /// Why the model stopped; nil while it writes.
    var finishReason: FinishReason? { get }

    /// What the answer cost, once that is known.
    var usage: TokenUsage? { get }

    /// Who continued the answer, and every attempt; nil when it is as it began.
    var continuation: (route: Route, trace: RouteTrace)? { get }
}

/// What became of a stream.
struct StreamEnd: Sendable {
    enum Outcome: Sendable {
        case answered
        case failed(ModelError)
        /// The caller went away.
        case cancelled
    }

    let outcome: Outcome
    let finishReason: FinishReason?
    let usage: TokenUsage?
    let continuation: (route: Route, trace: RouteTrace)?
    /// What it said, where that is gathered.
    let text: String?

    init(_ outcome: Outcome, of source: any ReplySource, text: String? = nil) {
        self.outcome = outcome
        self.text = text
        finishReason = source.finishReason
        usage = source.usage
        continuation = source.continuation
    }
}
