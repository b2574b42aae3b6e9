package import Aurelis

/// What the control plane reads and steers.
///
/// Closures rather than objects: a reload may put others in their place at any time.
package struct AdminResources: Sendable {
    /// Whether requests would be served now.
    package var isReady: @Sendable () -> Bool
    /// Why requests would not be served now, though there is somebody to ask; nil: they would.
    package var obstacle: @Sendable () -> String?
    /// What has been learnt of the routes.
    package var health: RouteHealth
    /// The kept answers, under the rules in effect now.
    package var cache: @Sendable () -> AnswerCache
    /// What is used of the quotas.
    package var quota: @Sendable () async -> QuotaReport
    /// What was used, day by day.
    package var usage: @Sendable (UsageReport.Selection, UsageReport.Grouping) async throws -> UsageReport
    /// What the live view is made of.
    package var live: LiveSources
    /// Where data is kept: tells whose gateway this is.
    package var dataDirectory: String
    /// The latest requests, the newest first.
    package var latestRequests: @Sendable (_ limit: Int) async throws -> [RequestRecord]
    /// What became of one request; nil when nobody knows it any more.
    package var request: @Sendable (RequestID) async throws -> RequestRecord?
    /// All metrics, in the format that an `Accept` field wants; nil: nothing is counted.
    package var metrics: @Sendable (_ accept: String?) async -> MetricsPage? = { _ in nil }

    /// How the process is; nil: nobody watches it.
    package var board: HealthBoard?

    /// What the control plane works on.
    package init(
        isReady: @escaping @Sendable () -> Bool,
        health: RouteHealth,
        cache: @escaping @Sendable () -> AnswerCache,
        quota: @escaping @Sendable () async -> QuotaReport,
        usage: @escaping @Sendable (UsageReport.Selection, UsageReport.Grouping) async throws -> UsageReport,
        live: LiveSources = LiveSources(),
        dataDirectory: String,
        latestRequests: @escaping @Sendable (_ limit: Int) async throws -> [RequestRecord],
        request: @escaping @Sendable (RequestID) async throws -> RequestRecord?,
        obstacle: @escaping @Sendable () -> String? = { nil }
    ) {
        self.obstacle = obstacle
        self.isReady = isReady
        self.health = health
        self.cache = cache
        self.quota = quota
        self.usage = usage
        self.live = live
        self.dataDirectory = dataDirectory
        self.latestRequests = latestRequests
        self.request = request
    }
}
