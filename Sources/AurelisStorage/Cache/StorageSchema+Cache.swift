internal import Aurelis
internal import GRDB

extension StorageSchema {
    /// Cached answers, in a file of their own: a damaged cache must not harm the history.
    ///
    /// - Parameters:
    ///   - lookupLimit: how long a look-up waits for another process.
    ///   - busyLimit: how long a write waits for another process.
    static func cache(lookupLimit: Duration, busyLimit: Duration) -> StorageSchema {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("answers") { database in try database.execute(sql: answers) }
        return StorageSchema(
            fileName: "cache.sqlite",
            migrator: migrator,
            busyTimeout: busyLimit.seconds,
            isReplaceable: true
        ) { database in
            if database.configuration.readonly {
                try database.execute(sql: "PRAGMA busy_timeout = \(max(1, lookupLimit.milliseconds))")
            } else {
                // Counts for a file that has no tables yet.
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
                // The index of the keys, which are random, is written all over: often into memory, seldom to the disk.
                try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
                try database.execute(sql: "PRAGMA cache_size = -8000")
            }
        }
    }

    /// Rows are numbered for good, so that whoever knows the last one finds the new ones. The sealed answer comes last:
    /// what is read of the columns before it does not read it.
    private static let answers = """
        CREATE TABLE answers (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key BLOB NOT NULL UNIQUE,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            retained_until INTEGER NOT NULL,
            lifetime INTEGER NOT NULL,
            operation TEXT NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            task TEXT NOT NULL,
            tenant TEXT NOT NULL,
            size INTEGER NOT NULL,
            sealed BLOB NOT NULL
        );
        CREATE INDEX answers_by_creation ON answers (created);
        CREATE INDEX answers_by_retention ON answers (retained_until);
        CREATE INDEX answers_by_model ON answers (model);
        CREATE INDEX answers_by_task ON answers (task);
        CREATE INDEX answers_by_tenant ON answers (tenant);

        CREATE TABLE tags (
            tag TEXT NOT NULL,
            answer INTEGER NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (tag, answer)
        ) WITHOUT ROWID;
        CREATE INDEX tags_by_answer ON tags (answer);

        CREATE TABLE totals (entries INTEGER NOT NULL, bytes INTEGER NOT NULL);
        INSERT INTO totals (entries, bytes) VALUES (0, 0);
        CREATE TRIGGER answers_added AFTER INSERT ON answers BEGIN
            UPDATE totals SET entries = entries + 1, bytes = bytes + NEW.size;
        END;
        CREATE TRIGGER answers_removed AFTER DELETE ON answers BEGIN
            UPDATE totals SET entries = entries - 1, bytes = bytes - OLD.size;
            DELETE FROM tags WHERE answer = OLD.id;
        END;

        CREATE TABLE invalidations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            task TEXT,
            tag TEXT,
            model TEXT,
            tenant TEXT,
            key_prefix TEXT
        );
        CREATE INDEX invalidations_by_time ON invalidations (time);
        """
}
