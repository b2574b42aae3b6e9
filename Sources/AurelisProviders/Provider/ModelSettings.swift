package import Aurelis

/// What a configuration says of one model of a provider; where it says nothing, the preset does.
///
///     settings.models["gpt-4o"] = "my-deployment"
///     settings.models["own"] = ModelSettings(wireName: "Own-1", capabilities: [.streaming, .tools], inputLimit: 32_768)
package struct ModelSettings: Sendable, Hashable {
    /// The exact name on the provider's wire; nil: as the preset has it, or else as the model is spelled.
    package var wireName: String?
    /// All that it is able to do; what is missing it cannot do.
    package var capabilities: ModelCapabilities?
    /// The most tokens of one request's prompt.
    package var inputLimit: Int?
    /// The most tokens of an answer.
    package var outputLimit: Int?
    /// What its tokens cost.
    package var price: TokenPrice?
    /// What the plan allows over time, instead of what holds for the provider.
    package var quota: QuotaPlan?
    /// What it answers when a request ends with the beginning of an answer. Without effect at a provider of which
    /// nobody knows how a request does that.
    package var prefill: AssistantPrefill?

    /// What is known of a model.
    package init(
        wireName: String? = nil,
        capabilities: ModelCapabilities? = nil,
        inputLimit: Int? = nil,
        outputLimit: Int? = nil,
        price: TokenPrice? = nil,
        quota: QuotaPlan? = nil,
        prefill: AssistantPrefill? = nil
    ) {
        self.wireName = wireName
        self.capabilities = capabilities
        self.inputLimit = inputLimit
        self.outputLimit = outputLimit
        self.price = price
        self.quota = quota
        self.prefill = prefill
    }
}

extension ModelSettings: ExpressibleByStringLiteral {
    /// Only a name on the wire.
    package init(stringLiteral wireName: String) { self.init(wireName: wireName) }
}
