package import Aurelis

/// A model as a preset knows it.
package struct PresetModel: Sendable, Hashable {
    /// The name that people use.
    package var id: ModelID
    /// The exact name on the provider's wire.
    package var wireName: String
    /// What can be asked of it.
    package var operations: [ModelOperation] = [.chatCompletion]
    /// Whether the provider is known to serve it to everybody. When false, only the wire name is known: the model
    /// answers if somebody pulled or deployed it.
    package var isOffered = true
    /// What answers under this name, when it is not the model itself but its documented successor; nil: the model.
    package var standIn: String?
    /// All that it is able to do, so that what is missing it cannot do; nil: unknown.
    package var capabilities: ModelCapabilities?
    /// The rate tier that its quota follows; nil when the provider has none.
    package var rateTier: String?
    /// The tokens of the model's own window; a plan may allow less per request.
    package var inputTokens: Int?
    /// The most tokens of an answer.
    package var outputTokens: Int?
    /// The model that the provider names as successor.
    package var successor: String?
    /// nil: unknown, which is not free.
    package var price: TokenPrice?
}

/// What a plan allows on the models of a rate tier.
package struct RateQuota: Sendable, Hashable {
    /// Requests in a minute.
    package var requestsPerMinute: Int
    /// Requests in a day.
    package var requestsPerDay: Int
    /// Tokens of one request's prompt, however large the model's window is.
    package var inputTokens: Int
    /// Tokens of one answer; nil for embeddings, which have none.
    package var outputTokens: Int?
    /// Requests at once.
    package var concurrent: Int
}
