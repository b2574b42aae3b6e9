package import Aurelis
internal import Dispatch
internal import Synchronization

extension DatabaseFileStore: FileStore {
    /// Begins to take a file in.
    package func beginUpload(by tenant: String) async throws(ModelError) -> any FileUpload {
        let stored = try await read { try FileTable(database: $0).use(of: tenant) }
        let ticket = try UploadTicket(self, tenant)
        try (stored + ticket.arriving).check(limits, of: tenant)
        let queue = DispatchQueue(label: "aurelis.upload")
        let writer = try await attempting(on: queue) { [contents] in try contents.create() }
        return StoredUpload(self, writer, ticket, queue: queue, stored: stored)
    }

    /// A part of a tenant's files.
    package func files(
        of tenant: String,
        purpose: StoredFile.Purpose?,
        _ page: StoredPageRequest
    ) async throws(ModelError) -> StoredPage<StoredFile> {
        guard exists else { return StoredPage([], limit: page.limit) }
        let now = now
        let found = try await read { try FileTable(database: $0).list(of: tenant, purpose: purpose, page, at: now) }
        return StoredPage(found, limit: page.limit)
    }

    /// A file.
    package func file(_ id: String, of tenant: String) async throws(ModelError) -> StoredFile {
        guard StoredID.file.contains(id), exists else { throw .noFile(id) }
        let now = now
        guard let file = try await read({ try FileTable(database: $0).find(id, of: tenant, at: now) }) else {
            throw .noFile(id)
        }
        return file
    }

    /// A file and what is in it.
    package func content(of id: String, tenant: String) async throws(ModelError) -> (StoredFile, any FileContent) {
        let file = try await file(id, of: tenant)
        let ticket = try DownloadTicket(self)
        let queue = DispatchQueue(label: "aurelis.download")
        let reader = try await attempting(on: queue) { [contents] in
            try contents.path(of: id).map { path throws(FileFault) in try FileReader(path) }
        }
        guard let reader, reader.count == file.bytes else {
            throw .refused(500, "the content of \(id) is no longer what was stored", code: "file_damaged")
        }
        return (file, StoredContent(self, reader, ticket, queue: queue))
    }

    /// Removes a file.
    package func deleteFile(_ id: String, of tenant: String) async throws(ModelError) {
        guard StoredID.file.contains(id), exists else { throw .noFile(id) }
        let now = now
        try await write { database in
            let files = FileTable(database: database)
            guard try files.find(id, of: tenant, at: now) != nil else { throw ModelError.noFile(id) }
            if let batch = try BatchRecordTable(database: database).reader(of: id) {
                throw ModelError.refused(
                    409,
                    "\(id) is the input of \(batch), which has not ended; cancel that first",
                    code: "file_in_use"
                )
            }
            try files.delete(id)
        }
        // It is nobody's any more: what is left of it now is cleared away later.
        try? await attempting { [contents] in contents.remove(id) }
    }
}

/// A place among the uploads that are under way, with what has come; given back when nobody has it any more.
final class UploadTicket: Sendable {
    let tenant: String
    private let store: DatabaseFileStore
    private let brought = Mutex<Int64>(0)

    /// Throws when there is no place.
    init(_ store: DatabaseFileStore, _ tenant: String) throws(ModelError) {
        let limits = store.limits
        try store.uploads.withLock { uploads throws(ModelError) in try uploads.begin(tenant, limits) }
        self.store = store
        self.tenant = tenant
    }

    /// What all uploads together have brought, and the tenant's.
    var arriving: FileUse { store.uploads.withLock { $0.use(of: tenant) } }

    /// More has come.
    ///
    /// - Returns: how large the file is by now.
    func bring(_ bytes: Int) -> Int64 {
        store.uploads.withLock { $0.add(bytes: Int64(bytes), of: tenant) }
        return brought.withLock { brought in
            brought += Int64(bytes)
            return brought
        }
    }

    deinit {
        let bytes = brought.withLock(\.self)
        store.uploads.withLock { $0.end(tenant, bytes: bytes) }
    }
}

/// A place among the files that are given out; given back when nobody has it any more.
final class DownloadTicket: Sendable {
    private let store: DatabaseFileStore

    /// Throws when there is no place.
    init(_ store: DatabaseFileStore) throws(ModelError) {
        let limit = store.limits.downloads
        let isTaken = store.downloads.withLock { downloads in
            guard downloads < limit else { return false }
            downloads += 1
            return true
        }
        guard isTaken else { throw ModelError(.overloaded, "\(limit) files are on their way out; try again shortly") }
        self.store = store
    }

    deinit { store.downloads.withLock { $0 -= 1 } }
}

extension ModelError {
    /// There is no room for another file.
    static func tooMuch(_ problem: String) -> ModelError {
        .refused(507, problem, code: "storage_limit")
    }
}
