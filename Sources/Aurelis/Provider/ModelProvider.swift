public import AurelisJSON

/// Somebody who answers model calls: an OpenAI-compatible server, or a script in a test.
///
/// An implementation sends one attempt and reports what came of it. It never retries, falls back or caches:
/// `ModelOrchestrator` decides that, with one budget for the whole request.
public protocol ModelProvider: Sendable {
    /// The name that the configuration gives this provider.
    var id: ProviderID { get }

    /// Where it answers, such as `https://api.openai.com/v1`: two of one name at different addresses share no answers.
    var address: String { get }

    /// Whose quota is used: a name for the credential that does not tell it. Asked for only of models with a quota.
    var account: String { get async }

    /// The account, when it is known without looking for the credential; nil: `account` is to be asked.
    var knownAccount: String? { get }

    /// The model as this provider serves it, or nil when it does not.
    func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel?

    /// Every model this provider is known to serve.
    var models: [ProviderModel] { get }

    /// Why nothing can be asked of this provider now, known without asking: it has retired. nil: it may be asked.
    var outage: ModelError? { get }

    /// How much of the tightest limit that the provider reports is left for a model, 0 to 1; nil: it reports none.
    func headroom(of model: ProviderModel) -> Double?

    /// What the provider has said of its limits on a model, in its own words; nil: nothing.
    func told(of model: ProviderModel) -> QuotaPlan?

    /// Sends one attempt.
    ///
    /// - Returns: when the whole answer is there, or, for a stream, when the provider accepted the request.
    /// - Throws: why there is no answer. A cancelled task ends the attempt at once, with category `cancelled`.
    func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer
}

extension ModelProvider {
    /// Whoever does not say otherwise is known by its name alone.
    public var address: String { "" }

    /// Whoever does not say otherwise has one account.
    public var account: String { get async { "" } }

    /// Whoever does not say otherwise has to look.
    public var knownAccount: String? { nil }

    /// Whoever does not say otherwise may be asked.
    public var outage: ModelError? { nil }

    /// Whoever does not say otherwise has said nothing.
    public func told(of model: ProviderModel) -> QuotaPlan? { nil }

    /// Whoever does not say otherwise reports no limits.
    public func headroom(of model: ProviderModel) -> Double? { nil }
}

/// What is asked of a model.
public enum ModelOperation: String, Sendable, Hashable {
    /// A chat completion, streamed or whole.
    case chatCompletion = "chat"
    /// Embedding vectors.
    case embedding = "embeddings"
}

/// One attempt to get an answer from one provider.
public struct ProviderAttempt: Sendable {
    /// What is asked.
    public var operation: ModelOperation
    /// The model, by its name on the provider's wire.
    public var model: ProviderModel
    /// The caller's JSON body; the provider replaces what its wire needs otherwise (the model's name) and nothing else.
    public var body: JSONDocument
    /// Whether the caller wants events as they come.
    public var stream: Bool
    /// The beginning of the answer, which the caller already has; the model goes on from its end. nil: a fresh answer.
    /// Only sent to a model with `ProviderModel.prefill`.
    public var prefill: String?
    /// The client request this attempt serves.
    public var requestID: RequestID
    /// What the provider is told of the trace that the request is part of; empty: nothing.
    public var traceFields = TraceFields()
    /// How long the attempt may take: for a whole answer to its end, for a stream to its first content, of which
    /// `ProviderStream.contentArrived` tells. The provider keeps to it and throws `timeout`. nil: no limit.
    public var timeout: Duration?
    /// To be told right before the request is sent, whatever it had to wait for: the quota counts it from then on. nil:
    /// nobody counts.
    public var onSending: (@Sendable () -> Void)?

    /// An attempt.
    public init(
        operation: ModelOperation,
        model: ProviderModel,
        body: JSONDocument,
        stream: Bool,
        prefill: String? = nil,
        requestID: RequestID,
        timeout: Duration?
    ) {
        self.operation = operation
        self.model = model
        self.body = body
        self.stream = stream
        self.prefill = prefill
        self.requestID = requestID
        self.timeout = timeout
    }
}

/// A provider's answer to one attempt.
public enum ProviderAnswer: Sendable {
    /// A whole JSON answer, as received, already known to be valid JSON.
    case whole(JSONDocument)
    /// A stream of events; the provider accepted the request and the events follow.
    case stream(any ProviderStream)
}

/// The events of a streamed answer, pulled one by one.
public protocol ProviderStream: Sendable {
    /// The next event, or nil after a proper end (`[DONE]`, or the end of the body).
    ///
    /// - Throws: `connection` when the stream was cut, `timeout` when it went silent, `upstream` when an event was
    ///   malformed.
    func next() async throws(ModelError) -> ProviderEvent?

    /// Gives the stream up; the upstream call ends.
    func cancel()

    /// Told when the first content has come: the attempt's timeout no longer counts, only silences do.
    func contentArrived()

    /// Told when the answer is whole: what may still come (usage, `[DONE]`) is worth no long silence.
    func expectEnd(within limit: Duration)
}

extension ProviderStream {
    /// Whoever has no time limits of its own has none to lift.
    public func contentArrived() {}

    /// Whoever has no time limits of its own has none to shorten.
    public func expectEnd(within limit: Duration) {}
}

/// One server-sent event of a stream.
public struct ProviderEvent: Sendable {
    /// The event's bytes as received, with the blank line that ends it: what a gateway passes on.
    public var raw: [UInt8]
    /// The event's JSON, or nil for `[DONE]` and comments.
    public var chunk: JSONDocument?
    /// Whether this is the closing `data: [DONE]`.
    public var isDone: Bool

    /// An event.
    public init(raw: [UInt8], chunk: JSONDocument?, isDone: Bool = false) {
        self.raw = raw
        self.chunk = chunk
        self.isDone = isDone
    }

    /// The closing event, for a provider that leaves it out.
    public static let done = ProviderEvent(raw: Array("data: [DONE]\n\n".utf8), chunk: nil, isDone: true)
}
