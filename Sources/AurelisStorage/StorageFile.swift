internal import Foundation
package import GRDB

/// The SQLite file of a data directory, shared by every Aurelis process that uses the directory.
///
///     let file = StorageFile(directory: "/home/me/.local/share/aurelis")
///     try await file.pool().read { database in … }
///
/// Opened when it is first needed, so that a command that stores nothing pays nothing. Readable by its user only.
package final class StorageFile: Sendable {
    /// Where the file is.
    package let path: String
    private let directory: String
    private let opened = OpenedPool()

    /// The file in a directory; neither needs to exist yet.
    package init(directory: String) {
        self.directory = directory
        path = directory + "/aurelis.sqlite"
    }

    /// Whether there is anything to read.
    package var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// The connections to the file, which is made or brought up to date when that is necessary.
    ///
    /// - Throws: why it cannot be opened; the next call tries again.
    package func pool() throws -> DatabasePool {
        try opened.value { try Self.open(path, in: directory) }
    }

    private static func open(_ path: String, in directory: String) throws -> DatabasePool {
        let files = FileManager.default
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true, attributes: ownerOnly(0o700))
        // One process at a time: SQLite does not wait when two of them make the same file.
        return try FileLock.holding(path + ".lock") { try openLocked(path) }
    }

    private static func openLocked(_ path: String) throws -> DatabasePool {
        let files = FileManager.default
        // Made beforehand: SQLite gives its journals the rights of the file.
        if !files.fileExists(atPath: path) {
            _ = files.createFile(atPath: path, contents: nil, attributes: ownerOnly(0o600))
        }
        // A file that was copied here may be open to others.
        try files.setAttributes(ownerOnly(0o600), ofItemAtPath: path)
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase { database in
            // What a power cut may take is the last moments of a history.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try StorageMigrations.migrator.migrate(pool)
        return pool
    }

    private static func ownerOnly(_ mode: Int) -> [FileAttributeKey: Any] { [.posixPermissions: mode] }
}
