package import Aurelis
internal import AurelisStorage
package import Logging
internal import ServiceLifecycle

/// What became of the requests, and what they used: the latest in memory, and those of the last days on the disk.
///
///     let history = RequestHistory(directory: configuration.dataDirectory, logger: logger)
///     try await history.find(id)
package struct RequestHistory: RequestRecorder {
    /// The latest requests of this process.
    package let recent = RecentRequests()
    /// What is under way in this process, and how it went.
    package let statistics: RequestStatistics
    private let journal: RequestJournal?
    private let usage: DatabaseUsageLedger
    /// What they have shown of the providers.
    package let evidence: HealthEvidence
    /// Who counts for a scrape; nil: nobody.
    private let metrics: RequestMetrics?

    /// The history of a data directory; an empty path: in memory only.
    ///
    /// - Parameter simulated: whether the simulator answers.
    package init(
        directory: String,
        simulated: Bool,
        evidence: HealthEvidence = HealthEvidence(),
        metrics: RequestMetrics? = nil,
        time: any TimeSource = SystemTimeSource(),
        clock: WallClock = .system,
        logger: Logger
    ) {
        statistics = RequestStatistics(time: time, clock: clock)
        self.evidence = evidence
        self.metrics = metrics
        usage = DatabaseUsageLedger(directory: directory, simulated: simulated, clock: clock, logger: logger)
        journal = directory.isEmpty ? nil : RequestJournal(StorageFile(directory: directory), logger: logger)
    }

    /// Takes note of a request that is under way.
    package func begin(_ request: ActiveRequest) { statistics.begin(request) }

    /// Takes note of a request that is not under way any more, and comes again.
    package func forget(_ request: RequestID) { statistics.forget(request) }

    /// Takes note of a request that has ended.
    package func record(_ record: RequestRecord) {
        recent.record(record)
        statistics.record(record)
        journal?.record(record)
        usage.record(record)
        evidence.record(record)
        metrics?.record(record)
    }

    /// What became of a request; nil when it is unknown or long ago.
    package func find(_ id: RequestID) async throws -> RequestRecord? {
        if let record = recent.find(id) { return record }
        return try await journal?.find(id)
    }

    /// The latest requests, the newest first; of all processes of the data directory, as far as they are on the disk.
    package func latest(_ limit: Int) async throws -> [RequestRecord] {
        let stored = try await journal?.latest(limit) ?? []
        let fresh = recent.latest(limit)
        let known = Set(fresh.map(\.id))
        let all = fresh + stored.filter { !known.contains($0.id) }
        return Array(all.sorted { $0.time > $1.time }.prefix(limit))
    }

    /// A part of the requests of a selection, the newest first; of all processes of the data directory, as far as they are
    /// on the disk.
    package func page(_ selection: RequestSelection) async throws -> RequestPage {
        let stored = try await journal?.page(selection) ?? RequestPage([], next: nil)
        let known = Set(stored.records.map(\.id))
        let fresh = recent.latest(.max).filter { record in
            let place = RequestSelection.Place(record)
            // What is older than this part belongs to the next one.
            return !known.contains(record.id) && selection.admits(record)
                && selection.after.map { place < $0 } ?? true && stored.next.map { place > $0 } ?? true
        }
        let all = (stored.records + fresh).sorted { RequestSelection.Place($0) > RequestSelection.Place($1) }
        guard all.count > selection.limit else { return RequestPage(all, next: stored.next) }
        let records = Array(all.prefix(selection.limit))
        return RequestPage(records, next: records.last.map(RequestSelection.Place.init))
    }

    /// What was used, by all processes of the data directory.
    package func usage(
        of selection: UsageReport.Selection,
        by grouping: UsageReport.Grouping
    ) async throws -> UsageReport {
        let counts = try await usage.counts(of: selection.days)
        return UsageReport(counts, by: grouping, of: selection, today: usage.today)
    }

    /// Writes what is not on the disk yet.
    package func flush() {
        journal?.flush()
        usage.flush()
    }
}

/// Brings the history to the disk while the servers run.
struct HistoryWriting: Service {
    let history: RequestHistory

    func run() async { await cancelWhenGracefulShutdown { await history.write() } }
}

extension RequestHistory {
    /// Writes what has been recorded, once a second, until the task is cancelled.
    package func write() async {
        async let counting: Void = usage.run()
        await journal?.run()
        await counting
    }
}
