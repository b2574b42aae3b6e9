internal import Aurelis
internal import Dispatch
internal import Synchronization

/// A client's file on its way to the disk.
final class StoredUpload: FileUpload {
    private let store: DatabaseFileStore
    private let writer: FileWriter
    private let ticket: TransferTicket
    private let queue: DispatchQueue
    private let tenant: String
    /// How large all files were together when this one began.
    private let stored: Int64
    private let written = Mutex<Int64>(0)

    init(
        _ store: DatabaseFileStore,
        _ writer: FileWriter,
        _ ticket: TransferTicket,
        queue: DispatchQueue,
        tenant: String,
        stored: Int64
    ) {
        self.store = store
        self.writer = writer
        self.ticket = ticket
        self.queue = queue
        self.tenant = tenant
        self.stored = stored
    }

    func write(_ bytes: [UInt8]) async throws(ModelError) {
        let size = written.withLock { written in
            written += Int64(bytes.count)
            return written
        }
        guard size <= store.limits.fileSize else {
            throw .refused(
                413,
                "the file has more than \(ByteCount.exact(Int(store.limits.fileSize))); "
                    + "split it, or have `files.maximum_size` raised in the gateway's configuration",
                parameter: "file",
                code: "file_too_large"
            )
        }
        // What all uploads together have brought counts at once, so that they cannot fill the disk together.
        let arriving = store.uploads.withLock { uploads in
            uploads.bytes += Int64(bytes.count)
            return uploads.bytes
        }
        guard stored + arriving <= store.limits.totalSize else { throw .tooMuch(Self.full(store)) }
        try await store.attempting(on: queue) { [writer] in try writer.append(bytes) }
    }

    func finish(_ description: FileDescription) async throws(ModelError) -> StoredFile {
        let now = store.now
        let file = StoredFile(
            id: writer.id,
            tenant: tenant,
            name: description.name,
            purpose: description.purpose,
            bytes: writer.count,
            created: now,
            expires: now + (description.lifetime ?? store.limits.retention)
        )
        try await store.attempting(on: queue) { [writer] in try writer.synchronize() }
        let limits = store.limits
        let full = Self.full(store)
        try await store.write { [writer] database in
            let table = FileTable(database: database)
            let totals = try table.totals()
            guard totals.bytes + file.bytes <= limits.totalSize, totals.count < limits.fileCount else {
                throw ModelError.tooMuch(full)
            }
            try writer.check()
            try table.insert(file)
            // Here and not later: the transaction may be committed although nobody waits for it any more.
            writer.keep()
        }
        return file
    }

    private static func full(_ store: DatabaseFileStore) -> String {
        "all files together would be more than \(store.limits.totalSize) bytes or \(store.limits.fileCount) files"
    }

    deinit {
        let count = written.withLock(\.self)
        store.uploads.withLock { $0.bytes -= count }
    }
}

/// What is in a stored file.
final class StoredContent: FileContent {
    private let store: DatabaseFileStore
    private let reader: FileReader
    private let ticket: TransferTicket
    private let queue: DispatchQueue

    init(_ store: DatabaseFileStore, _ reader: FileReader, _ ticket: TransferTicket, queue: DispatchQueue) {
        self.store = store
        self.reader = reader
        self.ticket = ticket
        self.queue = queue
    }

    func next() async throws(ModelError) -> [UInt8]? {
        let piece = try await store.attempting(on: queue) { [reader] in try reader.next() }
        return piece.isEmpty ? nil : piece
    }
}
