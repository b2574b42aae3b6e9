package import Aurelis
internal import Dispatch
internal import Foundation
internal import GRDB
package import Logging

/// Keeps the results of one batch in the data directory, for as long as one process works on it.
///
///     let journal = try await DatabaseBatchJournal.open(directory: directory, batch: identity, logger: logger)
///     try await journal.record(entries)       // on the disk when this returns
///     try await journal.end(.completed)
///
/// What a completed batch has kept stays for a week, so that its output can be written again; what an interrupted one has
/// kept, for a month.
package final class DatabaseBatchJournal: BatchJournal {
    /// Which batch it is.
    package struct Identity: Sendable, Hashable {
        /// The batch's name: the same for the same input to the same output.
        package var name: String
        /// A digest of the input.
        package var input: String

        /// An identity from its parts.
        package init(name: String, input: String) {
            self.name = name
            self.input = input
        }
    }

    /// How a run ended.
    package enum State: String, Sendable {
        case completed
        case interrupted
    }

    /// A result as it is in the file.
    package struct Row: Sendable {
        /// The item.
        package var number: Int
        /// Whether it is an answer.
        package var isAnswered: Bool
        /// Whether another run need not ask again.
        package var isFinal: Bool
        /// The line of the output.
        package var line: [UInt8]
    }

    /// How many results are written in one transaction, so that other processes come in between.
    private static let groupSize = 256
    private static let day: Int64 = 86_400_000

    private let file: StorageFile
    private let opened: StorageFile.Opened
    private let batch: Int64
    private let lock: HeldFileLock
    private let clock: WallClock
    /// Where everything waits for the disk, in a cancelled task too.
    private let queue: DispatchQueue

    private init(
        file: StorageFile,
        opened: StorageFile.Opened,
        batch: Int64,
        lock: HeldFileLock,
        clock: WallClock,
        queue: DispatchQueue
    ) {
        self.file = file
        self.opened = opened
        self.batch = batch
        self.lock = lock
        self.clock = clock
        self.queue = queue
    }

    /// The connections to the file.
    var pool: DatabasePool { opened.pool }

    /// Begins a batch, or goes on with one that was begun.
    ///
    /// - Parameter restarting: whether what an earlier run has kept is forgotten.
    /// - Throws: `busy` when another process works on it.
    package static func open(
        directory: String,
        batch identity: Identity,
        restarting: Bool = false,
        clock: WallClock = .system,
        logger: Logger
    ) async throws(BatchError) -> DatabaseBatchJournal {
        let lock = try await lock(identity, in: directory)
        let file = StorageFile(directory: directory, .batches, clock: clock) { path in
            logger.warning(
                "the results of batches were damaged and are begun afresh; what is left of them: \(path)"
            )
        }
        let queue = DispatchQueue(label: "aurelis.batch")
        let started = try await queue.attempting { () throws -> (opened: StorageFile.Opened, batch: Int64) in
            let now = clock.millisecondsSinceEpoch
            let begin = { () throws -> (StorageFile.Opened, Int64) in
                let opened = try file.open()
                do {
                    let batch = try opened.pool.write { database in
                        try BatchTable.prune(database, completedBefore: now - 7 * day, anyBefore: now - 30 * day)
                        return try BatchTable(database: database)
                            .begin(identity, at: now, restarting: restarting)
                    }
                    try giveRoomBack(opened)
                    return (opened, batch)
                } catch let error as DatabaseError where error.isDamage {
                    try file.close(damaged: opened.identity)
                    throw error
                }
            }
            do { return try begin() } catch let error as DatabaseError where error.isDamage { return try begin() }
        }
        return DatabaseBatchJournal(
            file: file,
            opened: started.opened,
            batch: started.batch,
            lock: lock,
            clock: clock,
            queue: queue
        )
    }

    private static func lockPath(_ name: String, in directory: String) -> String {
        directory + "/batch-\(name.prefix(32)).lock"
    }

    /// Whether a process works on a batch.
    static func isHeld(_ name: String, in directory: String) -> Bool {
        HeldFileLock.isHeld(lockPath(name, in: directory))
    }

    private static func lock(_ identity: Identity, in directory: String) async throws(BatchError) -> HeldFileLock {
        let path = lockPath(identity.name, in: directory)
        do {
            try StorageFile.makeDirectory(directory)
            if let lock = try await HeldFileLock.acquire(path) { return lock }
        } catch {
            throw BatchError(.journal, "results cannot be kept: \(error)")
        }
        let holder = HeldFileLock.holder(of: path).map { "process \($0)" } ?? "another process"
        throw BatchError(.busy, "\(holder) works on this batch")
    }

    /// The items that need not be asked any more.
    package func settled() async throws(BatchError) -> BatchSettled {
        try await attempting { [batch] pool in
            try pool.read { database in
                var settled = BatchSettled()
                let rows = try GRDB.Row.fetchCursor(
                    database,
                    sql: "SELECT line, state, key FROM items WHERE batch = ?",
                    arguments: [batch]
                )
                while let row = try rows.next() {
                    switch BatchTable.ItemState(rawValue: row[1]) {
                    case .answered:
                        settled.answered.insert(row[0])
                        let key: Data? = row[2]
                        if let key = key.flatMap({ BatchKey(bytes: Array($0)) }) { settled.answers[key] = row[0] }
                    case .failed: settled.failed.insert(row[0])
                    case .passing, nil: break
                    }
                }
                return settled
            }
        }
    }

    /// Keeps results; they are on the disk when this returns.
    package func record(_ entries: [BatchEntry]) async throws(BatchError) {
        try await attempting { [batch, clock] pool in
            var rest = entries[...]
            while !rest.isEmpty {
                let group = rest.prefix(Self.groupSize)
                try pool.write { database in
                    try BatchTable(database: database).write(group, of: batch, at: clock.millisecondsSinceEpoch)
                }
                rest.removeFirst(group.count)
            }
        }
    }

    /// The result of an item; nil when none is kept.
    package func result(of number: Int) async throws(BatchError) -> BatchResult? {
        try await attempting { [batch] pool in
            try pool.read { database in
                try Data.fetchOne(
                    database,
                    sql: "SELECT result FROM items WHERE batch = ? AND line = ?",
                    arguments: [batch, number]
                )
            }
            .flatMap { BatchResult(reading: Array($0)) }
        }
    }

    /// The next results in the order of the input: as many as have the size of `limit`, at least one; none after the
    /// last.
    package func results(after number: Int, bytes limit: Int = 4 << 20) async throws(BatchError) -> [Row] {
        try await attempting { [batch] pool in
            try pool.read { database in
                let cursor = try GRDB.Row.fetchCursor(
                    database,
                    sql: "SELECT line, state, result FROM items WHERE batch = ? AND line > ? ORDER BY line",
                    arguments: [batch, number]
                )
                var rows: [Row] = []
                var size = 0
                while size < limit, let row = try cursor.next() {
                    let data: Data = row[2]
                    size += data.count
                    let state = BatchTable.ItemState(rawValue: row[1])
                    rows.append(
                        Row(
                            number: row[0],
                            isAnswered: state == .answered,
                            isFinal: state != .passing,
                            line: Array(data)
                        )
                    )
                }
                return rows
            }
        }
    }

    /// Takes note of how the run ended.
    package func end(_ state: State) async throws(BatchError) {
        try await attempting { [batch, clock] pool in
            try pool.write { database in
                try database.execute(
                    sql: "UPDATE batches SET state = ?, touched = ? WHERE id = ?",
                    arguments: [state.rawValue, clock.millisecondsSinceEpoch, batch]
                )
            }
        }
    }

    /// Deletes what was kept: the results are elsewhere now.
    package func forget() async throws(BatchError) {
        try await attempting { [batch] pool in
            var deleted = Self.groupSize
            while deleted == Self.groupSize {
                deleted = try pool.write { database in
                    try database.execute(
                        sql:
                            "DELETE FROM items WHERE batch = ? AND line IN (SELECT line FROM items WHERE batch = ? LIMIT ?)",
                        arguments: [batch, batch, Self.groupSize]
                    )
                    return database.changesCount
                }
            }
            try pool.write { try $0.execute(sql: "DELETE FROM batches WHERE id = ?", arguments: [batch]) }
        }
    }

    /// Gives the room of deleted batches back to the disk.
    private static func giveRoomBack(_ opened: StorageFile.Opened) throws {
        try opened.pool.writeWithoutTransaction { database in
            guard let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count"), free > 2_000 else { return }
            try database.execute(sql: "PRAGMA incremental_vacuum")
        }
    }

    private func attempting<Value: Sendable>(
        _ body: @escaping @Sendable (DatabasePool) throws -> Value
    ) async throws(BatchError) -> Value {
        // Nothing that outlives this call for a moment may hold the lock.
        try await queue.attempting { [file, opened] in
            guard FileIdentity(path: file.path) == opened.identity else {
                // What is written to a file that is no longer there is written for nobody.
                throw BatchError(.journal, "\(file.path) was removed or replaced while the batch ran")
            }
            do { return try body(opened.pool) } catch let error as DatabaseError where error.isDamage {
                try file.close(damaged: opened.identity)
                throw BatchError(.journal, "\(file.path) is damaged, and its results with it; it was moved aside")
            } catch {
                throw BatchError(.journal, "\(file.path): \(error)")
            }
        }
    }
}

extension DispatchQueue {
    /// Does work on the queue and waits for its end, also in a cancelled task.
    fileprivate func attempting<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws(BatchError) -> Value {
        let result = await withCheckedContinuation { continuation in
            async { continuation.resume(returning: Result { try work() }) }
        }
        do { return try result.get() } catch let error as BatchError { throw error } catch {
            throw BatchError(.journal, "results cannot be kept: \(error)")
        }
    }
}
