package import Aurelis
internal import Foundation
package import GRDB
internal import Synchronization

/// A SQLite file of a data directory, shared by every Aurelis process that uses the directory.
///
///     let file = StorageFile(directory: "/home/me/.local/share/aurelis")
///     try await file.pool().read { database in … }
///
/// Opened when it is first needed, so that a command that stores nothing pays nothing. Readable by its user only.
package final class StorageFile: Sendable {
    /// Where the file is.
    package let path: String
    private let directory: String
    private let schema: StorageSchema
    private let clock: WallClock
    private let onDamage: @Sendable (String) -> Void
    private let opened = Mutex<Opened?>(nil)

    /// A file that is open.
    struct Opened: Sendable {
        let pool: DatabasePool
        /// Which file that is, whatever may be at its path by now.
        let identity: FileIdentity?
    }

    /// The file in a directory; neither needs to exist yet.
    ///
    /// - Parameters:
    ///   - clock: when a damaged file was found.
    ///   - onDamage: told where a damaged file has been moved to; it may be called on any thread.
    package init(
        directory: String,
        _ schema: StorageSchema = .history,
        clock: WallClock = .system,
        onDamage: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.directory = directory
        self.schema = schema
        self.clock = clock
        self.onDamage = onDamage
        path = directory + "/" + schema.fileName
    }

    /// Whether there is anything to read.
    package var exists: Bool { FileIdentity(path: path) != nil }

    /// The connections to the file, which is made or brought up to date when that is necessary.
    ///
    /// - Throws: why it cannot be opened; the next call tries again.
    package func pool() throws -> DatabasePool { try open().pool }

    /// Opens the file, unless it is open.
    func open() throws -> Opened {
        try opened.withLock { opened in
            if let opened { return opened }
            let new = try openLocked { try openReplacing() }
            opened = new
            return new
        }
    }

    /// Lets go of the connections; the next call opens whatever is at the path then.
    ///
    /// - Parameter damaged: the file that is to be moved aside, if it is still the one at the path: another process may
    ///   have done so.
    func close(damaged: FileIdentity? = nil) throws {
        opened.withLock { $0 = nil }
        guard let damaged, schema.isReplaceable else { return }
        try openLocked {
            if FileIdentity(path: path) == damaged { try moveAside() }
        }
    }

    /// One process at a time: SQLite does not wait when two of them make the same file.
    private func openLocked<Value>(_ body: () throws -> Value) throws -> Value {
        try Self.makeDirectory(directory)
        return try FileLock.holding(path + ".lock", body)
    }

    /// Makes a data directory, for its user only.
    static func makeDirectory(_ path: String) throws(PathFault) {
        try PathFault.telling(path, "cannot be made") {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: ownerOnly(0o700)
            )
        }
    }

    private func openReplacing() throws -> Opened {
        do {
            return try openFile()
        } catch let error as DatabaseError where error.isDamage && schema.isReplaceable {
            try moveAside()
            return try openFile()
        }
    }

    private func moveAside() throws {
        onDamage(try DamagedFiles(path: path).moveAside(at: TimeStamp(milliseconds: clock.millisecondsSinceEpoch)))
    }

    private func openFile() throws -> Opened {
        let files = FileManager.default
        // Made beforehand: SQLite gives its journals the rights of the file.
        if !exists {
            _ = files.createFile(atPath: path, contents: nil, attributes: Self.ownerOnly(0o600))
        }
        // A file that was copied here may be open to others.
        try PathFault.telling(path, "cannot be kept from others") {
            try files.setAttributes(Self.ownerOnly(0o600), ofItemAtPath: path)
        }
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(schema.busyTimeout)
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase { [schema] database in try schema.prepare(database) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        if schema.waitsForDisk {
            // The pool has chosen NORMAL, with which a power cut may take the last moments of what was written.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        }
        guard try !pool.read(schema.migrator.hasBeenSuperseded) else { throw StorageError.newer(path: path) }
        try schema.migrator.migrate(pool)
        return Opened(pool: pool, identity: FileIdentity(path: path))
    }

    private static func ownerOnly(_ mode: Int) -> [FileAttributeKey: Any] { [.posixPermissions: mode] }
}

extension DatabaseError {
    /// Whether the file is no database, or no longer a whole one.
    var isDamage: Bool { resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB }
}
