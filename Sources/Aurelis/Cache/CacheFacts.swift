/// What is known of a cached answer beside the answer: whose it is, how old it is, how it can be found again.
public struct CacheFacts: Sendable, Hashable {
    /// The name of the answer.
    public var key: CacheKey
    /// What was asked.
    public var operation: ModelOperation
    /// Who answered.
    public var provider: ProviderID
    /// The model that answered, by its canonical name.
    public var model: String
    /// What it was asked for.
    public var task: TaskType
    /// Whose it is; empty: nobody's in particular.
    public var tenant: String
    /// The names by which the caller wants to find it again.
    public var tags: [String]
    /// When the model gave it, in milliseconds since 1970-01-01 UTC; kept when the answer moves between layers.
    public var created: Int64
    /// How long it may be served, as its task or model allows; a layer may allow less.
    public var lifetime: Duration

    /// Facts of an answer.
    public init(
        key: CacheKey,
        operation: ModelOperation,
        provider: ProviderID,
        model: String,
        task: TaskType,
        tenant: String = "",
        tags: [String] = [],
        created: Int64,
        lifetime: Duration
    ) {
        self.key = key
        self.operation = operation
        self.provider = provider
        self.model = model
        self.task = task
        self.tenant = tenant
        self.tags = tags
        self.created = created
        self.lifetime = lifetime
    }

    /// How old the answer is; zero for one from the future, which a corrected clock can leave behind.
    public func age(at now: Int64) -> Duration { .milliseconds(max(0, now - created)) }

    /// The last moment at which a layer may serve it as fresh, in milliseconds since 1970-01-01 UTC.
    public func expiry(in layer: Duration) -> Int64 { created + min(lifetime, layer).milliseconds }
}
