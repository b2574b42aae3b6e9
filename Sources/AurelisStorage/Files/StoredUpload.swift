internal import Aurelis
internal import Dispatch

/// A client's file on its way to the disk.
final class StoredUpload: FileUpload {
    private let store: DatabaseFileStore
    private let writer: FileWriter
    private let ticket: UploadTicket
    private let queue: DispatchQueue
    /// What was kept when this one began.
    private let stored: FileUse

    init(
        _ store: DatabaseFileStore,
        _ writer: FileWriter,
        _ ticket: UploadTicket,
        queue: DispatchQueue,
        stored: FileUse
    ) {
        self.store = store
        self.writer = writer
        self.ticket = ticket
        self.queue = queue
        self.stored = stored
    }

    func write(_ bytes: [UInt8]) async throws(ModelError) {
        guard ticket.bring(bytes.count) <= store.limits.fileSize else {
            throw .refused(
                413,
                "the file has more than \(ByteCount.exact(Int(store.limits.fileSize))); "
                    + "split it, or have `files.maximum_size` raised in the gateway's configuration",
                parameter: "file",
                code: "file_too_large"
            )
        }
        // What all uploads together have brought counts at once, so that they cannot fill the disk together.
        // Their number was looked at when each of them began.
        var use = stored + ticket.arriving
        (use.all.count, use.own.count) = (0, 0)
        try use.check(store.limits, of: ticket.tenant)
        try await store.attempting(on: queue) { [writer] in try writer.append(bytes) }
    }

    func finish(_ description: FileDescription) async throws(ModelError) -> StoredFile {
        let now = store.now
        let file = StoredFile(
            id: writer.id,
            tenant: ticket.tenant,
            name: description.name,
            purpose: description.purpose,
            bytes: writer.count,
            created: now,
            expires: now + (description.lifetime ?? store.limits.retention)
        )
        try await store.attempting(on: queue) { [writer] in try writer.synchronize() }
        let limits = store.limits
        try await store.write { [writer] database in
            let table = FileTable(database: database)
            let own = FileTotals(count: 1, bytes: file.bytes)
            try (table.use(of: file.tenant) + FileUse(all: own, own: own)).check(limits, of: file.tenant)
            try writer.check()
            try table.insert(file)
            // Here and not later: the transaction may be committed although nobody waits for it any more.
            writer.keep()
        }
        return file
    }
}

/// What is in a stored file.
final class StoredContent: FileContent {
    private let store: DatabaseFileStore
    private let reader: FileReader
    private let ticket: DownloadTicket
    private let queue: DispatchQueue

    init(_ store: DatabaseFileStore, _ reader: FileReader, _ ticket: DownloadTicket, queue: DispatchQueue) {
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
