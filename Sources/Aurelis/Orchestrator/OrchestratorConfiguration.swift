/// What the orchestrator decides by.
///
///     var configuration = OrchestratorConfiguration()
///     configuration.requestTimeout = .seconds(30)
public struct OrchestratorConfiguration: Sendable {
    /// Which models serve which task.
    public var routing = RoutingTable.standard
    /// Whether a model that the caller named may be replaced by the task's others when it fails.
    public var replacesNamedModels = false
    /// How often a failed model is asked again.
    public var retry = RetryPolicy.standard
    /// How many attempts one request may cost in all: retries and fallbacks together.
    public var maximumAttempts = 8
    /// How long a request may take when its caller does not say; for a stream, until its first content.
    public var requestTimeout: Duration = .seconds(60)

    /// The defaults.
    public init() {}
}
