internal import Aurelis
internal import GRDB

extension CacheTable {
    /// How many invalidations are remembered one by one.
    private static let limit = 1_000

    /// Deletes what counts no more, and remembers why, for answers that another process writes later.
    func invalidate(_ invalidation: CacheInvalidation) throws {
        var condition = CacheCondition(invalidation.selection)
        condition.add("created <= ?", [invalidation.time])
        try database.execute(sql: "DELETE FROM answers WHERE \(condition.sql)", arguments: condition.arguments)
        try remember(invalidation)
        try mergeOldest()
    }

    /// The invalidations that can cover answers of a moment and later.
    func invalidations(since oldest: Int64) throws -> [CacheInvalidation] {
        let statement = try database.cachedStatement(
            sql: "SELECT time, task, tag, model, tenant, key_prefix FROM invalidations WHERE time >= ?"
        )
        return try Row.fetchAll(statement, arguments: [oldest]).map(CacheInvalidation.init)
    }

    /// Forgets the invalidations that cover nothing any more: what they cover is past its time.
    func forgetInvalidations(before time: Int64) throws {
        try database.execute(sql: "DELETE FROM invalidations WHERE time < ?", arguments: [time])
    }

    private func remember(_ invalidation: CacheInvalidation) throws {
        let selection = invalidation.selection
        try database.execute(
            sql: """
                INSERT INTO invalidations (time, task, tag, model, tenant, key_prefix) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                invalidation.time, selection.task?.rawValue, selection.tag, selection.model, selection.tenant,
                selection.keyPrefix,
            ]
        )
    }

    /// Makes one of the oldest when there are too many. It covers more than they did, which costs an answer; to forget
    /// one would bring an answer back.
    private func mergeOldest() throws {
        guard try Int.fetchOne(database, sql: "SELECT count(*) FROM invalidations") ?? 0 > Self.limit else { return }
        let times = try Int64.fetchAll(
            database,
            sql: "SELECT time FROM invalidations ORDER BY time LIMIT ?",
            arguments: [Self.limit / 2]
        )
        guard let latest = times.last else { return }
        try database.execute(sql: "DELETE FROM invalidations WHERE time <= ?", arguments: [latest])
        try remember(CacheInvalidation(.all, time: latest))
    }
}

extension CacheInvalidation {
    fileprivate init(_ row: Row) {
        // A task that this version does not know becomes every task: that costs an answer, and brings none back.
        self.init(
            CacheSelection(
                task: (row["task"] as String?).flatMap(TaskType.init(rawValue:)),
                tag: row["tag"],
                model: row["model"],
                tenant: row["tenant"],
                keyPrefix: row["key_prefix"]
            ),
            time: row["time"]
        )
    }
}
