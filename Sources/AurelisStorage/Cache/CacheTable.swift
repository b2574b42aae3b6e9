internal import Aurelis
internal import Foundation
internal import GRDB

/// What is read from and written to the tables of the cache, inside of a transaction that the caller has begun.
struct CacheTable {
    let database: Database
    /// The present, in milliseconds since 1970-01-01 UTC.
    let now: Int64

    /// What a lifetime is cut down to, so that its milliseconds can be counted.
    private static let longest: Duration = .seconds(1 << 40)

    // MARK: - Reading

    /// The sealed answer of a key, unless it is past its time or covered by one of the invalidations.
    func sealed(for key: CacheKey, except invalidations: [CacheInvalidation]) throws -> [UInt8]? {
        if !invalidations.isEmpty {
            var condition = CacheCondition(.all)
            condition.add("key = ?", [Data(key.bytes)])
            guard let facts = try facts(condition, limit: 1).first, !invalidations.contains(where: { $0.covers(facts) })
            else { return nil }
        }
        let statement = try database.cachedStatement(
            sql: "SELECT sealed FROM answers WHERE key = ? AND retained_until >= ?"
        )
        let rows = try Row.fetchCursor(statement, arguments: [Data(key.bytes), now])
        return try rows.next()?.withUnsafeData(atIndex: 0) { $0.map(Array.init) ?? [] }
    }

    /// What is known of the answers of a selection, the newest first.
    func facts(of selection: CacheSelection, limit: Int) throws -> [CacheFacts] {
        try facts(CacheCondition(selection), limit: limit)
    }

    private func facts(_ condition: CacheCondition, limit: Int) throws -> [CacheFacts] {
        var condition = condition
        condition.add("retained_until >= ?", [now])
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, key, operation, provider, model, task, tenant, created, lifetime FROM answers
                WHERE \(condition.sql) ORDER BY created DESC, id DESC LIMIT ?
                """,
            arguments: condition.arguments + [limit]
        )
        return try rows.compactMap { row in
            let tags = try String.fetchAll(
                database.cachedStatement(sql: "SELECT tag FROM tags WHERE answer = ? ORDER BY position"),
                arguments: [row[0] as Int64]
            )
            return CacheFacts(row, tags: tags)
        }
    }

    /// How much is kept.
    func usage() throws -> CacheUsage {
        let row = try Row.fetchOne(database, sql: "SELECT entries, bytes FROM totals")
        return CacheUsage(entries: row?["entries"] ?? 0, bytes: row?["bytes"] ?? 0)
    }

    /// The fingerprints of the rows beyond one.
    func news(after row: Int64, file: UInt64, additions: UInt64) throws -> FingerprintIndex.News {
        var news = FingerprintIndex.News(
            file: file,
            additions: additions,
            firstRow: row,
            lastRow: row,
            fingerprints: []
        )
        let statement = try database.cachedStatement(sql: "SELECT id, key FROM answers WHERE id > ?")
        let rows = try Row.fetchCursor(statement, arguments: [row])
        while let row = try rows.next() {
            news.lastRow = max(news.lastRow, row[0])
            let key = try row.withUnsafeData(atIndex: 1) { $0.flatMap { CacheKey(bytes: Array($0)) } }
            if let key { news.fingerprints.append(key.fingerprint) }
        }
        return news
    }

    // MARK: - Writing

    /// Writes answers in the place of those that have the same keys.
    ///
    /// - Returns: how many were not written, because they were invalidated, are past their time or older than what is there.
    func write(_ records: [CacheRecord], lifetime: Duration, retention: Duration) throws -> Int {
        guard let oldest = records.map(\.facts.created).min() else { return 0 }
        let invalidations = try invalidations(since: oldest)
        let deletion = try database.cachedStatement(sql: "DELETE FROM answers WHERE key = ? AND created <= ?")
        let insertion = try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO answers (key, created, expires, retained_until, lifetime, operation, provider, model, task,
                    tenant, size, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        let tagging = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO tags (tag, answer, position) VALUES (?, ?, ?)"
        )
        var refused = 0
        for record in records {
            let facts = record.facts
            guard facts.created.magnitude < 1 << 53 else {
                refused += 1
                continue
            }
            let expiry = facts.expiry(in: lifetime)
            let end = expiry + retention.milliseconds
            guard end >= now, !invalidations.contains(where: { $0.covers(facts) }) else {
                refused += 1
                continue
            }
            let key = Data(facts.key.bytes)
            try deletion.execute(arguments: [key, facts.created])
            try insertion.execute(arguments: [
                key, facts.created, expiry, end, min(facts.lifetime, Self.longest).milliseconds,
                facts.operation.rawValue,
                facts.provider.rawValue, facts.model.canonical, facts.task.rawValue, facts.tenant.canonical,
                record.sealed.count, Data(record.sealed),
            ])
            // Another process has asked later, and written first.
            guard database.changesCount > 0 else {
                refused += 1
                continue
            }
            let row = database.lastInsertedRowID
            for (position, tag) in facts.tags.enumerated() {
                try tagging.execute(arguments: [tag.canonical, row, position])
            }
        }
        return refused
    }

    /// Deletes answers by their keys.
    func delete(_ keys: Set<CacheKey>) throws {
        let statement = try database.cachedStatement(sql: "DELETE FROM answers WHERE key = ?")
        for key in keys { try statement.execute(arguments: [Data(key.bytes)]) }
    }

    /// Deletes some of the answers that are past their time.
    ///
    /// - Returns: how many that were.
    func deleteExpired(limit: Int) throws -> Int {
        try database.execute(
            sql: "DELETE FROM answers WHERE id IN (SELECT id FROM answers WHERE retained_until < ? LIMIT ?)",
            arguments: [now, limit]
        )
        return database.changesCount
    }

    /// Deletes the answers that were written first until no more than so many, and so large, are left.
    ///
    /// The first written, not the least used: what is used much is found in memory, so that its use is not seen here.
    func trim(entries: Int, bytes: Int) throws {
        let usage = try usage()
        var surplus = (entries: usage.entries - entries, bytes: usage.bytes - bytes)
        guard surplus.entries > 0 || surplus.bytes > 0 else { return }
        var last: Int64?
        let rows = try Row.fetchCursor(database, sql: "SELECT id, size FROM answers ORDER BY id")
        while surplus.entries > 0 || surplus.bytes > 0, let row = try rows.next() {
            last = row[0]
            surplus.entries -= 1
            surplus.bytes -= row[1]
        }
        try database.execute(sql: "DELETE FROM answers WHERE id <= ?", arguments: [last])
    }
}

extension CacheFacts {
    /// What a row tells; nil when a later version of Aurelis wrote what this one does not know.
    fileprivate init?(_ row: Row, tags: [String]) {
        guard let key = CacheKey(bytes: Array(row["key"] as Data)),
            let operation = ModelOperation(rawValue: row["operation"]),
            let task = TaskType(rawValue: row["task"])
        else { return nil }
        self.init(
            key: key,
            operation: operation,
            provider: ProviderID(rawValue: row["provider"]),
            model: row["model"],
            task: task,
            tenant: row["tenant"],
            tags: tags,
            created: row["created"],
            lifetime: .milliseconds(row["lifetime"] as Int64)
        )
    }
}
