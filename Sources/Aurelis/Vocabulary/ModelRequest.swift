/// What is asked of a model. A value: nothing on the way changes it.
///
///     let short = ModelRequest("Explain this regex: ^\\d+$", task: .explanation)
///     let exact = ModelRequest(messages: [.system("Be brief."), .user("Hi")], model: .gpt4o, temperature: 0)
public struct ModelRequest: Sendable {
    /// The conversation.
    public var messages: [Message]
    /// What the request is for; decides the route when no model is named.
    public var task: TaskType
    /// The model to ask; nil: Aurelis chooses by task.
    ///
    /// `auto` is understood as nil, and `auto/<task>` also as the task, where that was `general`.
    public var model: ModelID? { didSet { readAutomaticModel() } }
    /// Randomness, 0 to 2; nil: the provider's default, which is not 0.
    public var temperature: Double?
    /// Nucleus sampling, 0 to 1.
    public var topP: Double?
    /// The most tokens the answer may have.
    public var maxTokens: Int?
    /// Texts that end the answer.
    public var stop: [String]
    /// Asks for a repeatable answer, where the provider can.
    public var seed: Int?
    /// Functions the model may ask to have called.
    public var tools: [Tool]
    /// Whether and which tool must be called; nil: the provider's default.
    public var toolChoice: ToolChoice?
    /// The form of the answer; nil: the provider's default.
    public var responseFormat: ResponseFormat?
    /// The end user, for the provider's abuse protection.
    public var user: String?
    /// Whether and which other models may answer than the one named; nil: the configuration decides.
    public var fallback: FallbackRule?
    /// How the models that may answer are put in order; nil: the configuration decides.
    public var strategy: RoutingStrategy?
    /// Whether a streamed answer that breaks off and cannot be continued may begin again from the start; nil: the
    /// configuration decides.
    public var allowsRestart: Bool?
    /// How long to wait for the answer (for a stream: for its first content); nil: the configuration decides.
    public var timeout: Duration?
    /// How to go about cached answers; nil: the configuration decides.
    public var cache: CachePolicy?
    /// Names by which the answer can be found in the cache, and invalidated.
    public var cacheTags: [String] = []
    /// Whose request it is; tenants share no answers.
    public var tenant = ""
    /// Whether it waits for quotas before others or after them.
    public var priority = RequestPriority.interactive
    /// How long it may wait for a quota, beside its timeout; nil: within its timeout.
    public var quotaTimeout: Duration?
    /// Is told that it waits for a quota, and again every ten seconds, on whatever thread.
    public var onWait: (@Sendable (QuotaWait) -> Void)?

    /// A request from a conversation.
    public init(
        messages: [Message],
        task: TaskType = .general,
        model: ModelID? = nil,
        temperature: Double? = nil,
        topP: Double? = nil,
        maxTokens: Int? = nil,
        stop: [String] = [],
        seed: Int? = nil,
        tools: [Tool] = [],
        toolChoice: ToolChoice? = nil,
        responseFormat: ResponseFormat? = nil,
        user: String? = nil,
        fallback: FallbackRule? = nil,
        strategy: RoutingStrategy? = nil,
        allowsRestart: Bool? = nil,
        timeout: Duration? = nil,
        cache: CachePolicy? = nil
    ) {
        self.messages = messages
        self.task = task
        self.model = model
        self.temperature = temperature
        self.topP = topP
        self.maxTokens = maxTokens
        self.stop = stop
        self.seed = seed
        self.tools = tools
        self.toolChoice = toolChoice
        self.responseFormat = responseFormat
        self.user = user
        self.fallback = fallback
        self.strategy = strategy
        self.allowsRestart = allowsRestart
        self.timeout = timeout
        self.cache = cache
        readAutomaticModel()
    }

    /// A request in the short form: a prompt, and perhaps a system prompt.
    public init(
        _ prompt: String,
        systemPrompt: String? = nil,
        task: TaskType = .general,
        model: ModelID? = nil,
        temperature: Double? = nil,
        maxTokens: Int? = nil
    ) {
        self.init(
            messages: (systemPrompt.map { [.system($0)] } ?? []) + [.user(prompt)],
            task: task,
            model: model,
            temperature: temperature,
            maxTokens: maxTokens
        )
    }

    /// A task that there is not stays in the name, and is refused with the list of tasks when the request is sent.
    private mutating func readAutomaticModel() {
        guard let name = model?.spelling, let automatic = try? AutomaticModel(name) else { return }
        model = nil
        if task == .general, let named = automatic.task { task = named }
    }
}
