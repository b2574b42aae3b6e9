/// What the orchestrator decides by.
///
///     var configuration = OrchestratorConfiguration()
///     configuration.requestTimeout = .seconds(30)
public struct OrchestratorConfiguration: Sendable, Hashable {
    /// Which models serve which task.
    public var routing = RoutingTable.standard
    /// Whether a model that the caller named may be replaced by the task's others when it fails.
    public var replacesNamedModels = false
    /// How candidates are put in order when the caller does not say.
    public var strategy = RoutingStrategy.preference
    /// How often a failed model is asked again.
    public var retry = RetryPolicy.standard
    /// How many attempts one request may cost in all: retries and fallbacks together.
    public var maximumAttempts = 8
    /// How long a request may take when its caller does not say; for a stream, until its first content.
    public var requestTimeout: Duration = .seconds(60)
    /// How long a stream may take to its first content before the next model is asked.
    public var firstTokenTimeout: Duration = .seconds(15)
    /// How long a stream may go without content, however many comments it sends, before it counts as broken.
    public var stallTimeout: Duration = .seconds(45)
    /// Whether a broken stream is continued by asking again.
    public var resumesStreams = true
    /// Whether a broken stream that cannot be continued begins again from the start, if the caller does not say.
    public var restartsStreams = false
    /// How many requests one provider gets at once; nil: no limit but the connections.
    public var concurrency: Int? = 10
    /// Whether a request for a longer answer than a model gives is sent for as long a one as it gives.
    public var clampsMaxTokens = false
    /// How many requests may wait for one model's quota; more are refused at once.
    public var quotaQueue = 100
    /// How much of each limit, in percent, batches leave for interactive requests.
    public var interactiveShare = 0
    /// What requests are checked for before they are sent.
    public var safety = SafetyConfiguration()

    /// The defaults.
    public init() {}
}
