internal import Aurelis
internal import Foundation
internal import GRDB

/// The rows of batches, within a transaction.
struct BatchTable {
    let database: Database

    /// Begins a batch, or goes on with it: what failed for the service's sake is asked again.
    ///
    /// - Returns: the batch's number.
    func begin(_ identity: DatabaseBatchJournal.Identity, at now: Int64, restarting: Bool) throws -> Int64 {
        if restarting, let old = try number(of: identity) {
            try database.execute(sql: "DELETE FROM items WHERE batch = ?", arguments: [old])
            try database.execute(sql: "DELETE FROM batches WHERE id = ?", arguments: [old])
        }
        try database.execute(
            sql: "INSERT OR IGNORE INTO batches (name, input, created, touched, state) VALUES (?, ?, ?, ?, 'running')",
            arguments: [identity.name, identity.input, now, now]
        )
        guard let batch = try number(of: identity) else { throw DatabaseError(message: "the batch cannot be written") }
        try database.execute(
            sql: "DELETE FROM items WHERE batch = ? AND state = ?",
            arguments: [batch, ItemState.passing.rawValue]
        )
        try database.execute(
            sql: """
                UPDATE batches SET state = 'running', touched = ?,
                    failed = (SELECT count(*) FROM items WHERE batch = batches.id AND state = 'failed')
                WHERE id = ?
                """,
            arguments: [now, batch]
        )
        return batch
    }

    private func number(of identity: DatabaseBatchJournal.Identity) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT id FROM batches WHERE name = ?", arguments: [identity.name])
    }

    /// Writes results.
    func write(_ entries: ArraySlice<BatchEntry>, of batch: Int64, at now: Int64) throws {
        let insertion = try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO items (batch, line, custom_id, state, attempts, key, result)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        var answered = 0
        for entry in entries {
            if entry.result.isAnswered { answered += 1 }
            try insertion.execute(
                arguments: [
                    batch, entry.number, entry.result.customID, ItemState(entry).rawValue, entry.attempts,
                    entry.key.map { Data($0.bytes) },
                    Data(entry.result.line),
                ]
            )
        }
        try database.execute(
            sql: "UPDATE batches SET touched = ?, answered = answered + ?, failed = failed + ? WHERE id = ?",
            arguments: [now, answered, entries.count - answered, batch]
        )
    }

    /// Deletes the batches that nobody comes back to.
    static func prune(_ database: Database, completedBefore completed: Int64, anyBefore any: Int64) throws {
        let old = "SELECT id FROM batches WHERE touched < ? AND (state = 'completed' OR touched < ?)"
        try database.execute(sql: "DELETE FROM items WHERE batch IN (\(old))", arguments: [completed, any])
        try database.execute(sql: "DELETE FROM batches WHERE id IN (\(old))", arguments: [completed, any])
    }

    /// What a result is worth to the next run.
    enum ItemState: String {
        case answered
        case failed
        /// Failed, and worth another try.
        case passing

        init(_ entry: BatchEntry) {
            self = entry.result.isAnswered ? .answered : entry.isFinal ? .failed : .passing
        }
    }
}
