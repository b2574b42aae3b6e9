package import Aurelis

/// What the control plane reads and steers.
///
/// Closures rather than objects: a reload may put others in their place at any time.
package struct AdminResources: Sendable {
    /// Whether requests would be served now.
    package var isReady: @Sendable () -> Bool
    /// What has been learnt of the routes.
    package var health: RouteHealth
    /// The kept answers, under the rules in effect now.
    package var cache: @Sendable () -> AnswerCache
    /// What is used of the quotas.
    package var quota: @Sendable () async -> QuotaReport
    /// What was used, day by day.
    package var usage: @Sendable (UsageReport.Selection, UsageReport.Grouping) async throws -> UsageReport
    /// Where data is kept: tells whose gateway this is.
    package var dataDirectory: String
    /// The latest requests, the newest first.
    package var latestRequests: @Sendable (_ limit: Int) async throws -> [RequestRecord]
    /// What became of one request; nil when nobody knows it any more.
    package var request: @Sendable (RequestID) async throws -> RequestRecord?
    /// All metrics, in the format that an `Accept` field wants; nil: nothing is counted.
    package var metrics: @Sendable (_ accept: String?) async -> MetricsPage? = { _ in nil }

    /// What the control plane works on.
    package init(
        isReady: @escaping @Sendable () -> Bool,
        health: RouteHealth,
        cache: @escaping @Sendable () -> AnswerCache,
        quota: @escaping @Sendable () async -> QuotaReport,
        usage: @escaping @Sendable (UsageReport.Selection, UsageReport.Grouping) async throws -> UsageReport,
        dataDirectory: String,
        latestRequests: @escaping @Sendable (_ limit: Int) async throws -> [RequestRecord],
        request: @escaping @Sendable (RequestID) async throws -> RequestRecord?
    ) {
        self.isReady = isReady
        self.health = health
        self.cache = cache
        self.quota = quota
        self.usage = usage
        self.dataDirectory = dataDirectory
        self.latestRequests = latestRequests
        self.request = request
    }
}

extension AdminResources {
    /// The same, with metrics.
    package func with(metrics: @escaping @Sendable (_ accept: String?) async -> MetricsPage?) -> AdminResources {
        var resources = self
        resources.metrics = metrics
        return resources
    }
}
