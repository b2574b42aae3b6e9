public import AurelisJSON

/// What came of a call: the answer's own bytes, and how it was found.
public struct ModelReply: Sendable {
    /// The answer.
    public var answer: Answer
    /// The model that answered: not always the one that was asked for.
    public var model: ModelID
    /// Who served it.
    public var provider: ProviderID
    /// Every candidate and every attempt.
    public var trace: RouteTrace

    /// The two shapes of an answer.
    public enum Answer: Sendable {
        /// A whole answer, validated.
        case whole(JSONDocument)
        /// A stream whose first content has already arrived.
        case stream(ReplyStream)
    }

    /// A reply.
    public init(answer: Answer, model: ModelID, provider: ProviderID, trace: RouteTrace) {
        self.answer = answer
        self.model = model
        self.provider = provider
        self.trace = trace
    }
}
