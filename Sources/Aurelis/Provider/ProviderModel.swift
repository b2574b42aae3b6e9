/// A model as one provider serves it.
///
/// What is not known is nil, and never a reason to rule the model out.
public struct ProviderModel: Sendable, Hashable {
    /// The model.
    public var id: ModelID
    /// Its exact name on this provider's wire.
    public var wireName: String
    /// What it is able to do; nil: unknown. A known set is complete: what is missing in it, the model cannot do.
    public var capabilities: ModelCapabilities?
    /// The most tokens of one request's prompt: what the plan allows, or the model's window; nil: unknown.
    public var inputLimit: Int?
    /// The most tokens of an answer; nil: unknown.
    public var outputLimit: Int?
    /// What its tokens cost; nil: unknown, which is not free.
    public var price: TokenPrice?
    /// What the plan allows over time; nil: unknown, and nobody counts.
    public var quota: QuotaPlan?
    /// How it takes an answer that somebody else began; nil: it does not, or nobody knows.
    public var prefill: AssistantPrefill?

    /// A model with its name on the wire, and what is known of it.
    public init(
        id: ModelID,
        wireName: String,
        capabilities: ModelCapabilities? = nil,
        inputLimit: Int? = nil,
        outputLimit: Int? = nil,
        price: TokenPrice? = nil,
        quota: QuotaPlan? = nil,
        prefill: AssistantPrefill? = nil
    ) {
        self.id = id
        self.wireName = wireName
        self.capabilities = capabilities
        self.inputLimit = inputLimit
        self.outputLimit = outputLimit
        self.price = price
        self.quota = quota
        self.prefill = prefill
    }
}

/// What a model answers when the request ends with the beginning of an answer.
public enum AssistantPrefill: String, Sendable, Hashable, CaseIterable {
    /// Only what comes after the beginning.
    case continues
    /// The beginning once more, and then the rest.
    case repeats
}
