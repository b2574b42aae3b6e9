internal import GRDB

/// The tables, version by version. A version that has been released is never changed, only followed.
enum StorageMigrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("requests") { database in
            try database.create(table: "requests") { table in
                table.primaryKey("id", .text)
                table.column("time", .integer).notNull().indexed()
                table.column("outcome", .text).notNull()
                table.column("document", .blob).notNull()
            }
        }
        return migrator
    }
}
