/// A model's answer, with how it was found.
///
///     let response = try await orchestrator.respond(to: ModelRequest("Say hi"))
///     print(response.content)
///     if response.modelUsed != response.modelRequested { print("answered by", response.modelUsed) }
public struct ModelResponse: Sendable {
    /// The name of the request, as in logs and `aurelis why`.
    public var id: RequestID
    /// The text; empty when the model only calls tools.
    public var content: String
    /// The tools the model wants called.
    public var toolCalls: [ToolCall]
    /// Why the model stopped; `length` means that the text is cut off.
    public var finishReason: FinishReason?
    /// The model that was asked for; nil when Aurelis chose.
    public var modelRequested: ModelID?
    /// The model that answered.
    public var modelUsed: ModelID
    /// Who served it.
    public var provider: ProviderID
    /// What the request was for.
    public var task: TaskType
    /// What the answer cost in tokens; nil when the provider did not say.
    public var usage: TokenUsage?
    /// How sure the model was of its words; nil when the provider gave no log-probabilities.
    public var confidence: Confidence?
    /// From the call to the whole answer.
    public var processingTime: Duration
    /// Every candidate and every attempt.
    public var trace: RouteTrace

    /// How many attempts the answer took; none when it was in the cache, or another request's was shared.
    public var attempts: Int { trace.upstreamAttempts }

    /// What the cache had to do with the answer: its layer and age, when it came from there; nil when there is no cache.
    public var cache: CacheStatus? { trace.cache }
}

/// How sure a model was of its answer, and how that was computed. Never invented.
public struct Confidence: Sendable, Hashable {
    /// 0 to 1.
    public var value: Double
    /// How it was computed.
    public var source: Source

    /// A way to compute confidence.
    public enum Source: String, Sendable, Hashable {
        /// The geometric mean of the probabilities of the answer's tokens.
        case logprobs
    }
}
