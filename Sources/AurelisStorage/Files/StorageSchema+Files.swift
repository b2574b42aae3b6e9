internal import GRDB

extension StorageSchema {
    /// What is known of files and of batches that came over HTTP. When it is begun afresh, the contents that are there are
    /// nobody's: they are moved aside with it.
    static var files: StorageSchema {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("files") { database in try database.execute(sql: tables) }
        return StorageSchema(
            fileName: "files.sqlite",
            migrator: migrator,
            busyTimeout: 10,
            isReplaceable: true,
            waitsForDisk: true
        )
    }

    private static let tables = """
        CREATE TABLE files (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            purpose TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL
        );
        CREATE INDEX files_by_tenant ON files (tenant, number);
        CREATE INDEX files_by_expiry ON files (expires);

        CREATE TABLE batches (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            tenant TEXT NOT NULL,
            input TEXT NOT NULL,
            is_open INTEGER NOT NULL,
            is_urgent INTEGER NOT NULL,
            resumes INTEGER,
            expires INTEGER,
            record BLOB NOT NULL
        );
        CREATE INDEX batches_by_tenant ON batches (tenant, number);
        CREATE INDEX batches_by_expiry ON batches (expires) WHERE expires IS NOT NULL;
        CREATE INDEX batches_open ON batches (is_urgent, number) WHERE is_open;
        """
}
