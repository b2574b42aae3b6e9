public import AurelisJSON

extension ModelCall {
    /// What a caller may say beside the body (in headers, or as arguments).
    public struct Options: Sendable, Hashable {
        /// What the request is for; nil: `general`, or what `model: "auto/<task>"` says.
        public var task: TaskType?
        /// Whether and which other models may answer than the one named; nil: the configuration decides.
        public var fallback: FallbackRule?
        /// How the candidates are put in order; nil: the configuration decides.
        public var strategy: RoutingStrategy?
        /// Whether a broken answer may begin again from the start; nil: the configuration decides.
        public var allowsRestart: Bool?
        /// How long the caller waits; nil: the configuration decides.
        public var timeout: Duration?
        /// Whose call it is; tenants share no answers.
        public var tenant = ""
        /// What the caller's key allows; nil: nobody's key was asked for. Its calls are those of its tenant.
        package var grant: AccessGrant? {
            didSet {
                tenant = grant?.id ?? ""
                if let policy = grant?.secrets { require(secrets: policy) }
            }
        }
        /// How the call goes about cached answers; nil: the configuration decides.
        public var cache: CachePolicy?
        /// The names by which the answer can be found in the cache, and invalidated.
        public var cacheTags: [String] = []
        /// Whether it waits for quotas before others or after them.
        public var priority = RequestPriority.interactive
        /// How long it may wait for a quota, beside its timeout; nil: within its timeout.
        public var quotaTimeout: Duration?
        /// What becomes of a call that holds credentials, where that is stricter than the configuration; set with
        /// `require`, a key's rule and a caller's wish both count.
        public private(set) var secrets: SecretPolicy?

        /// Options; all are optional.
        public init(
            task: TaskType? = nil,
            fallback: FallbackRule? = nil,
            strategy: RoutingStrategy? = nil,
            allowsRestart: Bool? = nil,
            timeout: Duration? = nil
        ) {
            self.task = task
            self.fallback = fallback
            self.strategy = strategy
            self.allowsRestart = allowsRestart
            self.timeout = timeout
        }

        /// Demands a policy, unless a stricter one has been demanded.
        public mutating func require(secrets policy: SecretPolicy) {
            secrets = max(secrets ?? .off, policy)
        }
    }

    /// Reads a call from an OpenAI-shaped body.
    ///
    ///     let call = try ModelCall(reading: document, operation: .chatCompletion)
    ///
    /// `model` names a model, or is `auto` (the task decides) or `auto/<task>`. Without a task it may not be absent: a
    /// forgotten model is likelier than a wish to be routed.
    ///
    /// - Throws: `invalidRequest`, naming the field, for a body that no provider could answer.
    public init(
        reading body: JSONDocument,
        operation: ModelOperation,
        id: RequestID = .next(),
        options: Options = Options()
    ) throws(ModelError) {
        guard body.root.kind == .object else {
            throw .invalid("the request body must be a JSON object", parameter: nil)
        }
        let (model, task) = try Self.model(of: body, task: options.task, operation: operation)
        if model == nil, operation == .embedding {
            throw .invalid(
                "must name an embedding model: vectors of different models cannot be mixed",
                parameter: "model"
            )
        }
        switch operation {
        case .chatCompletion: try Self.checkMessages(body)
        case .embedding: try Self.checkInput(body)
        }
        self.init(
            id: id,
            operation: operation,
            body: body,
            model: model,
            task: task ?? .general,
            stream: try Self.flag("stream", of: body) && operation == .chatCompletion,
            fallback: options.fallback,
            strategy: options.strategy,
            allowsRestart: options.allowsRestart,
            timeout: options.timeout
        )
        tenant = options.tenant
        grant = options.grant
        cache = options.cache
        cacheTags = options.cacheTags
        priority = options.priority
        quotaTimeout = options.quotaTimeout
        secrets = options.secrets
    }

    private static func model(
        of body: JSONDocument,
        task: TaskType?,
        operation: ModelOperation
    ) throws(ModelError) -> (ModelID?, TaskType?) {
        guard let field = body["model"], !field.isNull else {
            guard task != nil else {
                throw .invalid(
                    "is missing; name a model, or send \"auto\" to have one chosen (\"auto/codeReview\": by task)",
                    parameter: "model"
                )
            }
            return (nil, task)
        }
        guard let name = field.string, !name.isEmpty else {
            throw .invalid("must be a model's name as a string", parameter: "model")
        }
        if let automatic = try AutomaticModel(name) { return (nil, task ?? automatic.task) }
        return (ModelID(name), task)
    }

    private static func checkMessages(_ body: JSONDocument) throws(ModelError) {
        guard let messages = body["messages"], !messages.isNull else {
            throw .invalid("is missing; send a list of messages", parameter: "messages")
        }
        guard messages.kind == .array else {
            throw .invalid("must be a list of messages", parameter: "messages")
        }
        var index = 0
        for message in messages.elements {
            guard message.kind == .object else {
                throw .invalid("must be an object with a role and content", parameter: "messages[\(index)]")
            }
            guard let role = message["role"], role.kind == .string else {
                throw .invalid("must be a string such as \"user\"", parameter: "messages[\(index)].role")
            }
            index += 1
        }
        guard index > 0 else { throw .invalid("must hold at least one message", parameter: "messages") }
    }

    private static func checkInput(_ body: JSONDocument) throws(ModelError) {
        guard let input = body["input"], !input.isNull else {
            throw .invalid("is missing; send a text or a list of texts", parameter: "input")
        }
        guard input.kind == .string || input.kind == .array else {
            throw .invalid("must be a text, a list of texts, or a list of tokens", parameter: "input")
        }
    }

    private static func flag(_ name: String, of body: JSONDocument) throws(ModelError) -> Bool {
        guard let field = body[name], !field.isNull else { return false }
        guard let value = field.bool else { throw .invalid("must be true or false", parameter: name) }
        return value
    }
}

extension ModelError {
    /// A request nobody can answer, because of one field of it.
    static func invalid(_ message: String, parameter: String?) -> ModelError {
        var error = ModelError(
            .invalidRequest,
            parameter.map { "'\($0)' \(message)" } ?? message,
            code: "invalid_request"
        )
        error.parameter = parameter
        return error
    }
}
