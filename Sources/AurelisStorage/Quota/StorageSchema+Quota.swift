internal import GRDB

extension StorageSchema {
    /// What was used of quotas, a row for each meter.
    static var quota: StorageSchema {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("meters") { database in
            try database.create(table: "meters") { table in
                table.primaryKey("id", .text)
                table.column("state", .blob).notNull()
            }
        }
        // What was used is known to the provider too: a damaged file is begun afresh.
        return StorageSchema(fileName: "quota.sqlite", migrator: migrator, busyTimeout: 1, isReplaceable: true)
    }
}
