public import AurelisJSON

/// One call on its way through Aurelis: the caller's JSON body and what Aurelis has read of it.
///
/// The gateway makes it from an HTTP request, the library from a `ModelRequest`. The body keeps every byte of the
/// caller's; what Aurelis decides by lies beside it.
public struct ModelCall: Sendable {
    /// The name of this request in logs, headers and traces.
    public var id: RequestID
    /// What is asked.
    public var operation: ModelOperation
    /// The caller's JSON body.
    public var body: JSONDocument
    /// The model the caller named; nil: Aurelis chooses by task.
    public var model: ModelID?
    /// What the request is for.
    public var task: TaskType
    /// Whether the caller wants events as they come.
    public var stream: Bool
    /// Whether and which other models may answer than the one named; nil: the configuration decides.
    public var fallback: FallbackRule?
    /// How the candidates are put in order; nil: the configuration decides.
    public var strategy: RoutingStrategy?
    /// Whether an answer that breaks off and cannot be continued may begin again from the start; nil: the configuration
    /// decides.
    public var allowsRestart: Bool?
    /// How long the caller is willing to wait for an answer (for a stream: for its first content); nil: the configuration decides.
    public var timeout: Duration?
    /// Whose call it is; empty: nobody's in particular. Tenants share no answers.
    public var tenant = ""
    /// What the caller's key allows; nil: nobody's key was asked for.
    package var grant: AccessGrant?
    /// How the call goes about cached answers; nil: the configuration decides.
    public var cache: CachePolicy?
    /// The names by which the answer can be found in the cache, and invalidated.
    public var cacheTags: [String] = []
    /// Whether it waits for quotas before others or after them.
    public var priority = RequestPriority.interactive
    /// How long it may wait for a quota, beside its timeout; nil: within its timeout.
    public var quotaTimeout: Duration?
    /// Whether a stream's usage is to be told, whatever the body says of that.
    package var wantsUsage = false
    /// Whether it is made again when there was no room for it: that is a wait then, and no failed request.
    var comesAgain = false
    /// Whether nobody else could answer: then the first token of a stream may take as long as the caller gave.
    var isWithoutAlternative = false
    /// Is told that the call waits for a quota, and again every ten seconds, on whatever thread.
    public var onWait: (@Sendable (QuotaWait) -> Void)?
    /// Where work for the call runs that may outlive its caller; nil: anywhere.
    package var executor: (any TaskExecutor)?
    /// What becomes of it if it holds credentials, where that is stricter than the configuration.
    public var secrets: SecretPolicy?
    /// What was found in it, once it has been looked at.
    var inspection: CallInspection?
    /// The trace that the caller is part of, as its header fields tell; nil: the caller is in this process.
    public var traceFields: TraceFields?
    /// The spans of the call; nil while it is not traced.
    var spans: RequestSpans?
    /// How it goes about the cache for the first candidate, once memory has been looked into for it.
    var plan: CachePlan?

    /// A call from parts that were already read; `init(reading:)` reads them from the body.
    public init(
        id: RequestID = .next(),
        operation: ModelOperation,
        body: JSONDocument,
        model: ModelID?,
        task: TaskType = .general,
        stream: Bool = false,
        fallback: FallbackRule? = nil,
        strategy: RoutingStrategy? = nil,
        allowsRestart: Bool? = nil,
        timeout: Duration? = nil
    ) {
        self.id = id
        self.operation = operation
        self.body = body
        self.model = model
        self.task = task
        self.stream = stream
        self.fallback = fallback
        self.strategy = strategy
        self.allowsRestart = allowsRestart
        self.timeout = timeout
    }
}

extension ModelCall {
    /// Makes what was read of one request stand for another that came in the same bytes.
    package mutating func stand(for id: RequestID, _ traceFields: TraceFields?) {
        self.id = id
        self.traceFields = traceFields
        spans = nil
    }

    /// Whether the conversation ends with the beginning of an answer.
    var endsWithAssistant: Bool {
        guard let messages = body["messages"], messages.kind == .array else { return false }
        var last: JSONValue?
        for message in messages.elements { last = message }
        return last?["role"]?.stringEquals("assistant") == true
    }
}
