package import Aurelis
internal import Dispatch
internal import GRDB
package import Logging
internal import Synchronization

/// Keeps the files and batches that come over HTTP in a folder, shared by every process that uses it: what is known of
/// them in SQLite, the contents beside it.
///
///     let store = DatabaseFileStore(directory: directory, clock: clock, logger: logger)
///     let file = try await store.file("file-…", of: tenant)
///
/// Nothing is made before the first file comes.
package final class DatabaseFileStore: Sendable {
    /// Where everything is, the journals of batches included.
    package let directory: String
    /// What there may be.
    package let limits: FileLimits
    let contents: FileDirectory
    let clock: WallClock
    let logger: Logger
    /// What is being taken in now.
    let uploads = Mutex(FileArrivals())
    /// How many files are being given out now.
    let downloads = Mutex(0)
    private let rows: StorageConnection
    /// Why it last failed: the same is told once.
    private let lastFailure = Mutex<String?>(nil)
    private let path: String
    /// Where rows are read and written.
    private let queue = DispatchQueue(label: "aurelis.files", qos: .userInitiated)
    /// Told that a batch has come.
    private let onBatch: @Sendable () -> Void

    /// How long a caller waits for the disk.
    private let patience: Duration

    /// The store in a folder.
    ///
    /// - Parameters:
    ///   - patience: how long a caller waits for the disk.
    ///   - onBatch: is told that there is something to do for a batch.
    package init(
        directory: String,
        limits: FileLimits = FileLimits(),
        patience: Duration = .seconds(30),
        time: any TimeSource = SystemTimeSource(),
        clock: WallClock = .system,
        logger: Logger,
        onBatch: @escaping @Sendable () -> Void = {}
    ) {
        self.directory = directory
        self.limits = limits
        self.patience = patience
        self.clock = clock
        self.logger = logger
        self.onBatch = onBatch
        let contents = FileDirectory(path: directory + "/files")
        let file = StorageFile(directory: directory, .files, clock: clock) { moved in
            // Nobody knows any more whose they are; left where they are, they would be cleared away.
            let rest = try? DamagedFiles(path: contents.path)
                .moveAside(at: TimeStamp(milliseconds: clock.millisecondsSinceEpoch))
            logger.error(
                "what is known of files and batches was damaged and is begun afresh; what is left of it: \(moved); the contents of files: \(rest ?? contents.path)"
            )
        }
        self.contents = contents
        rows = StorageConnection(file, time: time)
        path = file.path
    }

    /// Whether there ever was a file.
    var exists: Bool { rows.exists }

    /// The present, in seconds since 1970-01-01 UTC.
    package var now: Int64 { clock.secondsSinceEpoch }

    func batchCame() { onBatch() }

    // MARK: - Rows

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ModelError) -> Value {
        try await attempting { [self] in try lend { try $0.read(body) } }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(ModelError) -> Value {
        try await attempting { [self] in try lend { try $0.write(body) } }
    }

    /// Reads rows on the queue of whoever calls.
    func lookUp<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try lend { try $0.read(body) }
    }

    /// Lends the connections; where the file turns out to be damaged, those to the one that is begun afresh.
    private func lend<Value>(_ body: (DatabasePool) throws -> Value) throws -> Value {
        do { return try rows.lend { try body($0.pool) } } catch let error as DatabaseError where error.isDamage {
            return try rows.lend { try body($0.pool) }
        }
    }

    /// Does what waits for the disk where it holds nobody up.
    func attempting<Value: Sendable>(
        on queue: DispatchQueue? = nil,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws(ModelError) -> Value {
        let result = await (queue ?? self.queue).ending(within: patience) { Result { try body() } }
        guard let result else {
            tell("the disk does not answer")
            throw .refused(503, "the gateway's disk does not answer; try again later", code: "storage_slow")
        }
        do {
            let value = try result.get()
            lastFailure.withLock { $0 = nil }
            return value
        } catch let error as ModelError {
            throw error
        } catch {
            throw failure(error)
        }
    }

    /// Tells those who run the gateway what its callers are not told.
    private func tell(_ reason: String) {
        let isNew = lastFailure.withLock { last in
            defer { last = reason }
            return last != reason
        }
        guard isNew else { return }
        logger.error("files and batches cannot be kept", metadata: ["reason": "\(reason)", "path": "\(path)"])
    }

    private func failure(_ error: any Error) -> ModelError {
        tell("\(error)")
        let isFull =
            switch error {
            case let fault as FileFault: fault.isDiskFull
            case let error as DatabaseError: error.resultCode == .SQLITE_FULL
            default: false
            }
        if isFull {
            return .refused(507, "the gateway's disk is full: remove files that are not needed", code: "disk_full")
        }
        return .refused(500, "the gateway cannot read or write its files; its log tells why", code: "storage_failed")
    }
}
