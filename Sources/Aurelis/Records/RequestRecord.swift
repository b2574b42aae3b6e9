/// What became of one request, and why; not a word of what was asked or answered.
///
///     let record = recentRequests.find(id)
///     print(record?.outcome, record?.trace)
public struct RequestRecord: Sendable, Hashable {
    /// The name of the request, as in the answer's `x-aurelis-request-id`.
    public var id: RequestID
    /// When it came in, in milliseconds since 1970-01-01 UTC.
    public var time: Int64
    /// What was asked.
    public var operation: ModelOperation
    /// Whose it was; empty: nobody's in particular.
    public var tenant: String
    /// What it was for.
    public var task: TaskType
    /// The model that was named, as it was spelled; nil when Aurelis chose.
    public var modelRequested: String?
    /// The model that answered, or failed last.
    public var modelUsed: String?
    /// Who served it.
    public var provider: String?
    /// Whether the answer was streamed.
    public var stream: Bool
    /// How it ended.
    public var outcome: Outcome
    /// The failure in words; nil for an answer.
    public var message: String?
    /// From its coming to the last byte of its answer.
    public var duration: Duration
    /// From its coming to the first content of its stream; nil for a whole answer, and for none.
    public var firstContent: Duration?
    /// What it cost in tokens, when the provider said so.
    public var usage: TokenUsage?
    /// What it cost in picodollars; nil: the price or the tokens are unknown.
    public var cost: Int64?
    /// Every candidate and every attempt.
    public var trace: RouteTrace
    /// Whether its failure is its caller's to mend; nil: it is not. Not kept on the disk, where `message` says it.
    package var fault: CallerFault?

    /// How a request ends.
    public enum Outcome: Sendable, Hashable {
        /// With its whole answer.
        case answered
        /// With a part of it: the stream broke and nobody could continue it.
        case interrupted
        /// Without an answer.
        case failed(ModelError.Category)
    }

    /// A record from its parts.
    public init(
        id: RequestID,
        time: Int64,
        operation: ModelOperation,
        tenant: String = "",
        task: TaskType,
        modelRequested: String? = nil,
        modelUsed: String? = nil,
        provider: String? = nil,
        stream: Bool,
        outcome: Outcome,
        message: String? = nil,
        duration: Duration,
        firstContent: Duration? = nil,
        usage: TokenUsage? = nil,
        cost: Int64? = nil,
        trace: RouteTrace
    ) {
        self.id = id
        self.time = time
        self.operation = operation
        self.tenant = tenant
        self.task = task
        self.modelRequested = modelRequested
        self.modelUsed = modelUsed
        self.provider = provider
        self.stream = stream
        self.outcome = outcome
        self.message = message
        self.duration = duration
        self.firstContent = firstContent
        self.usage = usage
        self.cost = cost
        self.trace = trace
    }

    /// Whether there is something to explain: it failed, or took more than one attempt.
    public var isEventful: Bool { outcome != .answered || trace.attempts.count > 1 }
}

extension RequestRecord.Outcome: RawRepresentable {
    /// The stable name: `answered`, `interrupted`, or the failure's category.
    public var rawValue: String {
        switch self {
        case .answered: "answered"
        case .interrupted: "interrupted"
        case .failed(let category): category.rawValue
        }
    }

    /// An outcome by its stable name.
    public init(rawValue: String) {
        switch rawValue {
        case "answered": self = .answered
        case "interrupted": self = .interrupted
        default: self = .failed(ModelError.Category(rawValue: rawValue))
        }
    }
}

/// Somebody who is told what became of every request.
///
/// Called on the request's own way: an implementation neither waits nor blocks.
public protocol RequestRecorder: Sendable {
    /// Takes note of a request that is under way; `record` will tell of its end. What memory answers at once never
    /// is.
    func begin(_ request: ActiveRequest)

    /// Takes note of a request that has ended.
    func record(_ record: RequestRecord)

    /// Takes note that a request is not under way any more and has not ended: nothing was sent, and it will come again.
    func forget(_ request: RequestID)
}

extension RequestRecorder {
    /// Most wait for the end.
    public func begin(_ request: ActiveRequest) {}

    /// Whoever waits for the end has nothing to forget.
    public func forget(_ request: RequestID) {}
}
