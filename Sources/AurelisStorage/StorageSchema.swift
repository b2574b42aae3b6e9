internal import Foundation
internal import GRDB

/// One of the SQLite files of a data directory: what it is called, which tables it has, what becomes of it when it is
/// damaged.
package struct StorageSchema: Sendable {
    /// What the file is called.
    let fileName: String
    /// The tables, version by version. A version that has been released is never changed, only followed.
    let migrator: DatabaseMigrator
    /// How long a connection waits for another process.
    var busyTimeout: TimeInterval = 5
    /// Whether a damaged file is moved aside and begun afresh; otherwise it is left as it is.
    var isReplaceable = false
    /// Whether a transaction that has been committed is safe from a power cut; otherwise the last moments are not.
    var waitsForDisk = false
    /// What is set for a connection before anything else happens.
    var prepare: @Sendable (Database) throws -> Void = { _ in }
}

extension StorageSchema {
    /// What became of requests.
    package static var history: StorageSchema {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("requests") { database in
            try database.create(table: "requests") { table in
                table.primaryKey("id", .text)
                table.column("time", .integer).notNull().indexed()
                table.column("outcome", .text).notNull()
                table.column("document", .blob).notNull()
            }
        }
        return StorageSchema(fileName: "aurelis.sqlite", migrator: migrator)
    }
}
