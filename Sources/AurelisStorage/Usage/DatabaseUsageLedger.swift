package import Aurelis
internal import Dispatch
internal import GRDB
package import Logging
internal import Synchronization

/// What the requests of every process of a data directory have used, day by day.
///
///     let ledger = DatabaseUsageLedger(directory: directory, logger: logger)
///     ledger.record(record)                   // at once; written by `run` or `flush`
///     try await ledger.counts(of: 7)
///
/// Counted in memory and added to the file about once a second: a process that is killed loses that much. When the disk
/// cannot, the counts wait in memory; requests notice nothing of it.
package final class DatabaseUsageLedger: RequestRecorder {
    private struct State {
        var book = UsageBook()
        var lastDay: Int?
        var isFailing = false
    }

    /// How often what is new is written.
    private static let interval: Duration = .seconds(1)
    /// How long somebody waits for the file.
    private static let patience: Duration = .seconds(5)

    private let file: StorageConnection?
    private let path: String
    private let queue = DispatchQueue(label: "aurelis.usage", qos: .utility)
    private let time: any TimeSource
    private let clock: WallClock
    private let logger: Logger
    private let state = Mutex(State())

    /// The ledger of a directory, whose file is made when it is first needed; an empty path: in memory only.
    ///
    /// - Parameter simulated: whether the simulator answers: that is counted apart.
    package init(
        directory: String,
        simulated: Bool = false,
        time: any TimeSource = SystemTimeSource(),
        clock: WallClock = .system,
        logger: Logger
    ) {
        let schema = StorageSchema.usage(simulated: simulated)
        let stored = StorageFile(directory: directory, schema, clock: clock) { moved in
            logger.warning("the record of what was used was damaged and is begun afresh; the damaged one is \(moved)")
        }
        path = stored.path
        file = directory.isEmpty ? nil : StorageConnection(stored, time: time)
        self.time = time
        self.clock = clock
        self.logger = logger
    }

    /// The present day.
    package var today: Int { UsageKey.day(of: clock.millisecondsSinceEpoch) }

    /// Counts a request; the disk comes later.
    package func record(_ record: RequestRecord) { state.withLock { $0.book.add(record) } }

    /// Writes what is new, now and again, until the task is cancelled; then what is left.
    package func run() async {
        while !Task.isCancelled {
            do { try await time.sleep(until: time.now.advanced(by: Self.interval)) } catch { break }
            guard state.withLock({ !$0.book.contents.isEmpty }) else { continue }
            _ = await queue.ending(within: Self.patience) { self.write() }
        }
        flush()
    }

    /// Writes what is new and returns when it is on the disk: for the end of a process, also of a cancelled task.
    package func flush() { queue.sync { write() } }

    /// What was used on the last days, today included, with what is not written yet.
    ///
    /// - Throws: why the file cannot be read.
    package func counts(of days: Int) async throws -> [(key: UsageKey, counts: UsageCounts)] {
        let first = today - days + 1
        let rows = await queue.ending(within: Self.patience) { [self] in
            Result {
                let fresh = state.withLock(\.book.contents).filter { $0.key.day >= first }
                guard let file, file.exists else { return fresh }
                return try file.lend { try $0.pool.read { try Self.rows(since: first, in: $0) } } + fresh
            }
        }
        guard let rows else { throw StorageError.slow(path: path) }
        return try rows.get()
    }

    // MARK: - The file

    private typealias Rows = [(key: UsageKey, counts: UsageCounts)]

    private func write() {
        guard let file else { return }
        let today = today
        let (rows, isNewDay) = state.withLock { state in
            defer { state.lastDay = today }
            return (state.book.take(), state.lastDay != today)
        }
        guard !rows.isEmpty else { return }
        settle(rows, Result { try file.lend { try $0.pool.write { try write(rows, isNewDay, to: $0) } } })
    }

    private func settle(_ rows: Rows, _ result: Result<Void, any Error>) {
        let failure: (any Error)? = if case .failure(let error) = result { error } else { nil }
        let isNew = state.withLock { state in
            defer { state.isFailing = failure != nil }
            guard failure != nil else { return false }
            // What could not be written is written with what comes next.
            for (key, counts) in rows { state.book.add(counts, to: key) }
            return !state.isFailing
        }
        guard let failure, isNew else { return }
        logger.warning("what is used is not written down for now: \(path): \(failure)")
    }

    private static func rows(since day: Int, in database: Database) throws -> Rows {
        try Row.fetchAll(database, sql: "SELECT * FROM usage WHERE day >= ?", arguments: [day])
            .map { (UsageKey($0), UsageCounts($0)) }
    }

    /// Adds to what other processes have written: read and written in one transaction, because SQLite's own sums would
    /// become fractions where ours stop at the largest number.
    private func write(_ rows: Rows, _ isNewDay: Bool, to database: Database) throws {
        let names = UsageCounts.fields.map(\.name)
        let marks = Array(repeating: "?", count: names.count + 5).joined(separator: ", ")
        let search = try database.cachedStatement(
            sql: "SELECT * FROM usage WHERE day = ? AND tenant = ? AND provider = ? AND model = ? AND task = ?"
        )
        let insertion = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO usage (day, tenant, provider, model, task, \(names.joined(separator: ", ")))
                VALUES (\(marks))
                """
        )
        for (key, counts) in rows {
            var sum = try Row.fetchOne(search, arguments: key.arguments).map(UsageCounts.init) ?? UsageCounts()
            sum += counts
            let values = UsageCounts.fields.map { sum[keyPath: $0.path] }
            try insertion.execute(arguments: key.arguments + StatementArguments(values))
        }
        guard isNewDay else { return }
        try database.execute(
            sql: "DELETE FROM usage WHERE day <= ?",
            arguments: [today - UsageReport.Selection.possibleDays.upperBound]
        )
    }
}

extension UsageKey {
    fileprivate var arguments: StatementArguments { [day, tenant, provider, model, task] }

    fileprivate init(_ row: Row) {
        self.init(
            day: row["day"],
            tenant: row["tenant"],
            provider: row["provider"],
            model: row["model"],
            task: row["task"]
        )
    }
}

extension UsageCounts {
    fileprivate init(_ row: Row) {
        self.init()
        for field in Self.fields { self[keyPath: field.path] = row[field.name] }
    }
}
