package import Aurelis

/// What the live view of the gateway is made of.
package struct LiveSources: Sendable {
    /// What is under way, and how it went.
    package var statistics: RequestStatistics
    /// The latest requests.
    package var recent: RecentRequests
    /// What the feed goes by; the system's clock, like all that has to do with connections, whatever requests go by.
    package var time: any TimeSource

    /// Sources of a live view.
    package init(
        statistics: RequestStatistics = RequestStatistics(),
        recent: RecentRequests = RecentRequests(),
        time: any TimeSource = SystemTimeSource()
    ) {
        self.statistics = statistics
        self.recent = recent
        self.time = time
    }
}
