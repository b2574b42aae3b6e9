internal import Aurelis
internal import GRDB

/// The rows of files, within a transaction.
struct FileTable {
    let database: Database

    func insert(_ file: StoredFile) throws {
        try database.execute(
            sql: """
                INSERT INTO files (id, tenant, name, purpose, bytes, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                file.id, file.tenant, file.name, file.purpose.rawValue, file.bytes, file.created, file.expires,
            ]
        )
    }

    /// A file that has not expired.
    func find(_ id: String, of tenant: String, at now: Int64) throws -> StoredFile? {
        try Row.fetchOne(
            database,
            sql: "SELECT * FROM files WHERE id = ? AND tenant = ? AND expires > ?",
            arguments: [id, tenant, now]
        )
        .flatMap(StoredFile.init)
    }

    /// Files that have not expired, one more than the page holds.
    func list(
        of tenant: String,
        purpose: StoredFile.Purpose?,
        _ page: StoredPageRequest,
        at now: Int64
    ) throws -> [StoredFile] {
        let (comparison, order) = page.isAscending ? (">", "ASC") : ("<", "DESC")
        var sql = "SELECT * FROM files WHERE tenant = ? AND expires > ?"
        var arguments: StatementArguments = [tenant, now]
        if let purpose {
            sql += " AND purpose = ?"
            arguments += [purpose.rawValue]
        }
        if let after = page.after {
            sql += " AND number \(comparison) (SELECT number FROM files WHERE id = ? AND tenant = ?)"
            arguments += [after, tenant]
        }
        sql += " ORDER BY number \(order) LIMIT ?"
        arguments += [page.limit + 1]
        return try Row.fetchAll(database, sql: sql, arguments: arguments).compactMap(StoredFile.init)
    }

    /// How many files there are, and how large they are together: all, and a tenant's.
    func use(of tenant: String) throws -> FileUse {
        let sum = "SELECT count(*), ifnull(sum(bytes), 0) FROM files"
        let all = try Row.fetchOne(database, sql: sum)
        let own = try Row.fetchOne(database, sql: sum + " WHERE tenant = ?", arguments: [tenant])
        return FileUse(all: FileTotals(all), own: FileTotals(own))
    }

    /// Whether there is a row of that name.
    func contains(_ id: String) throws -> Bool {
        try Bool.fetchOne(database, sql: "SELECT 1 FROM files WHERE id = ?", arguments: [id]) ?? false
    }

    func delete(_ id: String) throws {
        try database.execute(sql: "DELETE FROM files WHERE id = ?", arguments: [id])
    }

    /// The names of files whose time is over and that no open batch is to read.
    func expired(at now: Int64, limit: Int) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT id FROM files WHERE expires <= ?
                    AND id NOT IN (SELECT input FROM batches WHERE is_open) LIMIT ?
                """,
            arguments: [now, limit]
        )
    }
}

extension FileTotals {
    fileprivate init(_ row: Row?) { self.init(count: row?[0] ?? 0, bytes: row?[1] ?? 0) }
}

extension StoredFile {
    /// nil: of a purpose that this version does not know.
    init?(_ row: Row) {
        guard let purpose = Purpose(rawValue: row["purpose"]) else { return nil }
        self.init(
            id: row["id"],
            tenant: row["tenant"],
            name: row["name"],
            purpose: purpose,
            bytes: row["bytes"],
            created: row["created"],
            expires: row["expires"]
        )
    }
}
