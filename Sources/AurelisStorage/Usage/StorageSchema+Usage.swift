internal import Aurelis
internal import GRDB

extension StorageSchema {
    /// What was used, a row for each day, tenant, provider, model and task.
    ///
    /// - Parameter simulated: what the simulator answers is no use of anything, and kept apart.
    package static func usage(simulated: Bool) -> StorageSchema {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("usage") { database in
            try database.create(table: "usage") { table in
                for name in keys { table.column(name, name == "day" ? .integer : .text).notNull() }
                for field in UsageCounts.fields { table.column(field.name, .integer).notNull() }
                table.primaryKey(keys)
            }
        }
        return StorageSchema(
            fileName: simulated ? "usage-simulated.sqlite" : "usage.sqlite",
            migrator: migrator,
            busyTimeout: 2,
            isReplaceable: true
        )
    }

    private static let keys = ["day", "tenant", "provider", "model", "task"]
}
