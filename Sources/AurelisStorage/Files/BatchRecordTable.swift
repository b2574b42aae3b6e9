internal import Aurelis
internal import Foundation
internal import GRDB

/// The rows of batches that came over HTTP, within a transaction.
struct BatchRecordTable {
    let database: Database

    func insert(_ record: BatchRecord) throws {
        try database.execute(
            sql: """
                INSERT INTO batches (id, tenant, input, is_open, is_urgent, record) VALUES (?, ?, ?, 1, ?, ?)
                """,
            arguments: [
                record.id, record.tenant, record.input, record.priority == .interactive,
                try JSONEncoder().encode(record),
            ]
        )
    }

    /// Changes a batch, of which the caller has read the present state in the same transaction.
    ///
    /// - Parameter expires: when a batch that has ended is removed.
    func update(_ record: BatchRecord, expires: Int64?) throws {
        try database.execute(
            sql: "UPDATE batches SET is_open = ?, resumes = ?, expires = ?, record = ? WHERE id = ?",
            arguments: [
                !record.status.isFinal, record.resumes, expires, try JSONEncoder().encode(record), record.id,
            ]
        )
    }

    func find(_ id: String) throws -> BatchRecord? {
        try Data.fetchOne(database, sql: "SELECT record FROM batches WHERE id = ?", arguments: [id]).map(Self.record)
    }

    func find(_ id: String, of tenant: String) throws -> BatchRecord? {
        try find(id).flatMap { $0.tenant == tenant ? $0 : nil }
    }

    /// Batches, the newest first, one more than the page holds.
    func list(of tenant: String, _ page: StoredPageRequest) throws -> [BatchRecord] {
        var sql = "SELECT record FROM batches WHERE tenant = ?"
        var arguments: StatementArguments = [tenant]
        if let after = page.after {
            sql += " AND number < (SELECT number FROM batches WHERE id = ? AND tenant = ?)"
            arguments += [after, tenant]
        }
        sql += " ORDER BY number DESC LIMIT ?"
        arguments += [page.limit + 1]
        return try Data.fetchAll(database, sql: sql, arguments: arguments).map(Self.record)
    }

    /// The batches that something can be done for, the oldest first.
    func due(at now: Int64) throws -> [DueBatch] {
        try Row.fetchAll(
            database,
            // A record that cannot be read is its own batch's misfortune and nobody else's.
            sql: """
                SELECT id, tenant, number, is_urgent,
                    CASE WHEN json_valid(json) THEN ifnull(json_extract(json, '$.deadline'), 0) ELSE 0 END AS deadline,
                    CASE WHEN json_valid(json) THEN json_extract(json, '$.status') END AS status
                FROM (
                    SELECT id, tenant, number, is_urgent, CAST(record AS TEXT) AS json FROM batches
                    WHERE is_open AND (resumes IS NULL OR resumes <= ?)
                )
                ORDER BY number
                """,
            arguments: [now]
        )
        .map { row in
            DueBatch(
                id: row["id"],
                tenant: row["tenant"],
                number: row["number"],
                isUrgent: row["is_urgent"],
                deadline: row["deadline"],
                isCancelling: row["status"] == BatchRecord.Status.cancelling.rawValue
            )
        }
    }

    /// The tenants of batches that wait for a moment to come.
    func waitingTenants(at now: Int64) throws -> [String] {
        try String.fetchAll(
            database,
            sql: "SELECT DISTINCT tenant FROM batches WHERE is_open AND resumes > ?",
            arguments: [now]
        )
    }

    /// A tenant's batches that wait for a moment to come.
    func waiting(of tenant: String, at now: Int64) throws -> [BatchRecord] {
        try Data.fetchAll(
            database,
            sql: "SELECT record FROM batches WHERE tenant = ? AND is_open AND resumes > ?",
            arguments: [tenant, now]
        )
        .map(Self.record)
    }

    /// Batches of all tenants that have not ended, the newest first.
    func listOpen(_ limit: Int) throws -> [BatchRecord] {
        try Data.fetchAll(
            database,
            sql: "SELECT record FROM batches WHERE is_open ORDER BY number DESC LIMIT ?",
            arguments: [limit]
        )
        .map(Self.record)
    }

    func countOpen() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM batches WHERE is_open") ?? 0
    }

    func countOpen(of tenant: String) throws -> Int {
        let sql = "SELECT count(*) FROM batches WHERE tenant = ? AND is_open"
        return try Int.fetchOne(database, sql: sql, arguments: [tenant]) ?? 0
    }

    /// The open batch that is to read a file.
    func reader(of file: String) throws -> String? {
        try String.fetchOne(database, sql: "SELECT id FROM batches WHERE is_open AND input = ?", arguments: [file])
    }

    /// Batches that nobody asks for any more.
    func expired(at now: Int64, limit: Int) throws -> [BatchRecord] {
        try Data.fetchAll(
            database,
            sql: "SELECT record FROM batches WHERE expires <= ? LIMIT ?",
            arguments: [now, limit]
        )
        .map(Self.record)
    }

    func delete(_ id: String) throws {
        try database.execute(sql: "DELETE FROM batches WHERE id = ?", arguments: [id])
    }

    private static func record(_ data: Data) throws -> BatchRecord {
        try JSONDecoder().decode(BatchRecord.self, from: data)
    }
}
