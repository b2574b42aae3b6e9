internal import Aurelis
internal import Foundation
internal import GRDB

/// The meters in the file, a row for each.
struct QuotaTable {
    let database: Database

    /// The state of a meter; nil when the file has none, or one that nobody understands.
    func meter(_ id: QuotaMeterID) throws -> QuotaMeter? {
        let statement = try database.cachedStatement(sql: "SELECT state FROM meters WHERE id = ?")
        return Self.meter(try Data.fetchOne(statement, arguments: [id.rawValue]))
    }

    /// Replaces the state of a meter.
    func write(_ meter: QuotaMeter, _ id: QuotaMeterID) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO meters (id, state) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state"
        )
        try statement.execute(arguments: [id.rawValue, try JSONEncoder().encode(meter)])
    }

    /// The names of the meters, the newest first.
    func names(limit: Int) throws -> [QuotaMeterID] {
        try String.fetchAll(database, sql: "SELECT id FROM meters ORDER BY rowid DESC LIMIT ?", arguments: [limit])
            .map { QuotaMeterID($0) }
    }

    /// Deletes meters of which nothing counts any more: models are named by callers, so there is no end of them.
    ///
    /// - Parameter start: behind which row it begins.
    /// - Returns: the last row that it has looked at; nil: there are no more.
    func clear(after start: Int64, limit: Int, _ setting: ClockSetting?, at now: Int64) throws -> Int64? {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT rowid, state FROM meters WHERE rowid > ? ORDER BY rowid LIMIT ?",
            arguments: [start, limit]
        )
        let delete = try database.cachedStatement(sql: "DELETE FROM meters WHERE rowid = ?")
        for row in rows {
            guard var meter = Self.meter(row[1]) else { continue }
            // What a clock that was set has moved is not over for that.
            _ = meter.follow(setting, at: now)
            if meter.isOver(at: now) { try delete.execute(arguments: [row[0] as Int64]) }
        }
        return rows.last.map { $0[0] }
    }

    private static func meter(_ data: Data?) -> QuotaMeter? {
        data.flatMap { try? JSONDecoder().decode(QuotaMeter.self, from: $0) }
    }
}
