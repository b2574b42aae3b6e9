internal import Aurelis
internal import AurelisJSON
internal import ServiceLifecycle

/// Finds out what has happened, and tells it to the hub.
///
/// Requests do nothing for it: what they leave in memory anyway is looked through twice a second, and only while
/// somebody watches.
///
/// - `requests`: those that have ended, the newest first, and how many more there were;
/// - `statistics`: each second, what is under way and how the last second and minute went;
/// - `circuits`: those whose state has changed; `cache` and `quota`: all that is known, when it has changed;
/// - `health`: how every component is, when it has changed, and to whoever comes.
struct LiveFeed: Service {
    let hub: EventHub
    let sources: LiveSources
    let resources: AdminResources

    static let tick: Duration = .milliseconds(500)
    /// A browser shows no more in half a second, and nobody reads it.
    static let maximumRequests = 500
    /// Disks and other machines are asked for these, so they are looked at less often, and each by itself.
    private static let report: Duration = .seconds(2)
    /// Ticks between two signs of life.
    private static let beat = 30

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await watchRequests() }
                tasks.addTask { await watchCache() }
                tasks.addTask { await watchQuota() }
            }
        }
    }

    private func watchRequests() async {
        var requests = RequestNews(sources.recent)
        var circuits = CircuitNews()
        var health = HealthNews()
        var ticks = 0
        while await pause(Self.tick) {
            ticks += 1
            guard hub.isWatched else {
                requests.passOver()
                continue
            }
            if let news = requests.next(atMost: Self.maximumRequests) { hub.publish("requests", news) }
            if let news = circuits.next(resources.health.statuses()) { hub.publish("circuits", news) }
            if let report = resources.board?.report(), let news = health.next(report, arrivals: hub.arrivals) {
                hub.publish("health", news)
            }
            if ticks.isMultiple(of: 2) {
                var json = JSONWriter()
                sources.statistics.pulse().write(to: &json)
                hub.publish("statistics", json.bytes)
            }
            if ticks.isMultiple(of: Self.beat) { hub.beat() }
        }
    }

    private func watchCache() async {
        var last: [UInt8] = []
        while await pause(Self.report) {
            guard hub.isWatched else { continue }
            var json = JSONWriter()
            json.beginObject()
            await resources.cache().report().writeMembers(to: &json)
            json.endObject()
            if json.bytes != last {
                last = json.bytes
                hub.publish("cache", json.bytes)
            }
        }
    }

    private func watchQuota() async {
        var last: [UInt8] = []
        while await pause(Self.report) {
            guard hub.isWatched else { continue }
            var report = await resources.quota()
            let time = report.time
            // Of two reports that differ in their time only, one is enough.
            report.time = 0
            let news = Self.json(report)
            if news != last {
                last = news
                report.time = time
                hub.publish("quota", Self.json(report))
            }
        }
    }

    private static func json(_ report: QuotaReport) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        report.writeMembers(to: &json)
        json.endObject()
        return json.bytes
    }

    /// - Returns: false when it is over.
    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await sources.time.sleep(until: sources.time.now.advanced(by: duration))
            return true
        } catch {
            return false
        }
    }
}
