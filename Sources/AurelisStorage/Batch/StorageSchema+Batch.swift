internal import GRDB

extension StorageSchema {
    /// The results of batches, in a file of their own: it is large while a batch runs, and waits for the disk.
    static var batches: StorageSchema {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("batches") { database in try database.execute(sql: tables) }
        return StorageSchema(
            fileName: "batches.sqlite",
            migrator: migrator,
            busyTimeout: 30,
            isReplaceable: true,
            waitsForDisk: true
        ) { database in
            guard !database.configuration.readonly else { return }
            // Counts for a file that has no tables yet.
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
        }
    }

    private static let tables = """
        CREATE TABLE batches (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            input TEXT NOT NULL,
            created INTEGER NOT NULL,
            touched INTEGER NOT NULL,
            state TEXT NOT NULL,
            answered INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX batches_by_touch ON batches (touched);

        CREATE TABLE items (
            batch INTEGER NOT NULL,
            line INTEGER NOT NULL,
            custom_id TEXT,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            key BLOB,
            result BLOB NOT NULL,
            PRIMARY KEY (batch, line)
        );
        """
}
