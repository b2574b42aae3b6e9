package import Aurelis
internal import AurelisJSON
internal import Foundation
internal import GRDB
package import Logging
internal import Synchronization

/// Keeps what became of requests, so that they can be explained after a restart.
///
///     let journal = RequestJournal(file, logger: logger)
///     journal.record(record)              // at once; written by `run` or `flush`
///     try await journal.find(id)
///
/// Everything that needs explaining is kept: failures, retries, fallbacks. Of the plain answers as many as a disk can
/// take without being noticed. When the disk cannot, records are lost, requests are not.
package final class RequestJournal: RequestRecorder {
    /// What is kept, and for how long.
    package struct Limits: Sendable {
        /// Records that wait for the disk; more are dropped.
        package var waiting = 4_096
        /// Plain answers that are kept of each second.
        package var plainPerSecond = 50
        /// How long a record is kept.
        package var age: Duration = .seconds(7 * 86_400)
        /// How many records are kept.
        package var count = 100_000

        /// The standard limits.
        package init() {}
    }

    private struct State {
        var waiting: [RequestRecord] = []
        var dropped = 0
        var plain: PerSecond
        var writtenSincePruning = Int.max
        var isFailing = false
    }

    /// How often what is waiting is written.
    private static let interval: Duration = .milliseconds(250)
    /// How many records are written in one transaction, so that other processes come in between.
    private static let groupSize = 256

    let file: StorageFile
    private let limits: Limits
    private let time: any TimeSource
    private let logger: Logger
    private let state: Mutex<State>

    /// A journal in a file.
    package init(
        _ file: StorageFile,
        limits: Limits = Limits(),
        time: any TimeSource = SystemTimeSource(),
        logger: Logger
    ) {
        self.file = file
        self.limits = limits
        self.time = time
        self.logger = logger
        state = Mutex(State(plain: PerSecond(limits.plainPerSecond)))
    }

    /// How many records were lost because the disk was too slow.
    package var dropped: Int { state.withLock(\.dropped) }

    /// Takes note of a request; the disk comes later.
    package func record(_ record: RequestRecord) {
        let now = time.now
        state.withLock { state in
            guard record.isEventful || state.plain.admits(at: now) else { return }
            guard state.waiting.count < limits.waiting else {
                state.dropped += 1
                return
            }
            state.waiting.append(record)
        }
    }

    /// Writes what is waiting, now and again, until the task is cancelled; then what is left.
    package func run() async {
        while !Task.isCancelled {
            do { try await time.sleep(until: time.now.advanced(by: Self.interval)) } catch { break }
            guard state.withLock({ !$0.waiting.isEmpty }) else { continue }
            await writeWaiting()
        }
        flush()
    }

    /// Writes what is waiting and returns when it is on the disk: for the end of a process, also of a cancelled task.
    package func flush() {
        var records = takeWaiting()[...]
        do {
            while !records.isEmpty {
                let group = records.prefix(Self.groupSize)
                try file.pool().write { database in try write(group, to: database) }
                records.removeFirst(group.count)
                noteSuccess()
            }
        } catch {
            putBack(records)
            noteFailure(error)
        }
    }

    /// What became of a request; nil when it is unknown or long ago.
    package func find(_ id: RequestID) async throws -> RequestRecord? {
        guard file.exists else { return nil }
        return try await file.pool().read { database in
            try Self.records(database, "SELECT document FROM requests WHERE id = ?", ["\(id)"]).first
        }
    }

    /// The latest requests, the newest first.
    package func latest(_ limit: Int) async throws -> [RequestRecord] {
        guard limit > 0, file.exists else { return [] }
        return try await file.pool().read { database in
            try Self.records(database, "SELECT document FROM requests ORDER BY time DESC, rowid DESC LIMIT ?", [limit])
        }
    }

    private func writeWaiting() async {
        var records = takeWaiting()[...]
        do {
            while !records.isEmpty {
                let group = records.prefix(Self.groupSize)
                try await file.pool().write { database in try self.write(group, to: database) }
                records.removeFirst(group.count)
                noteSuccess()
            }
        } catch {
            putBack(records)
            // A cancelled write is no fault of the disk's: what it left is written at the end.
            if !Task.isCancelled { noteFailure(error) }
        }
    }

    private func takeWaiting() -> [RequestRecord] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Keeps what could not be written for the next time, as far as there is room: the older give way.
    private func putBack(_ records: ArraySlice<RequestRecord>) {
        state.withLock { state in
            let kept = records.suffix(max(0, limits.waiting - state.waiting.count))
            state.dropped += records.count - kept.count
            state.waiting.insert(contentsOf: kept, at: 0)
        }
    }

    private func write(_ records: ArraySlice<RequestRecord>, to database: Database) throws {
        let insertion = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO requests (id, time, outcome, document) VALUES (?, ?, ?, ?)"
        )
        for record in records {
            try insertion.execute(
                arguments: [record.id.description, record.time, record.outcome.rawValue, Data(record.json)]
            )
        }
        guard let newest = records.last?.time, isPruningDue(after: records.count) else { return }
        let oldest = newest - limits.age.milliseconds
        try database.execute(sql: "DELETE FROM requests WHERE time < ?", arguments: [oldest])
        // Rows are numbered as they come, so their number is known without counting them.
        try database.execute(
            sql: "DELETE FROM requests WHERE rowid <= (SELECT max(rowid) FROM requests) - ?",
            arguments: [limits.count]
        )
    }

    private func isPruningDue(after count: Int) -> Bool {
        state.withLock { state in
            state.writtenSincePruning = state.writtenSincePruning &+ (state.writtenSincePruning == .max ? 0 : count)
            guard state.writtenSincePruning >= 1_000 else { return false }
            state.writtenSincePruning = 0
            return true
        }
    }

    private func noteSuccess() { state.withLock { $0.isFailing = false } }

    /// Says once per outage that nothing is kept.
    private func noteFailure(_ error: any Error) {
        let isNew = state.withLock { state in
            defer { state.isFailing = true }
            return !state.isFailing
        }
        if isNew { logger.warning("requests are not kept for `aurelis why`: \(file.path): \(error)") }
    }

    static func records(
        _ database: Database,
        _ sql: String,
        _ arguments: StatementArguments
    ) throws -> [RequestRecord] {
        try Data.fetchAll(database, sql: sql, arguments: arguments).compactMap { data in
            (try? JSONDocument(Array(data))).flatMap { RequestRecord(reading: $0.root) }
        }
    }
}
