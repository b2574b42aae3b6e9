package import Aurelis
internal import Dispatch
internal import Synchronization

extension DatabaseFileStore: FileStore {
    /// Begins to take a file in.
    package func beginUpload(by tenant: String) async throws(ModelError) -> any FileUpload {
        let stored = try await totals()
        let isTaken = uploads.withLock { uploads in
            guard uploads.count < limits.uploads else { return false }
            uploads.count += 1
            return true
        }
        guard isTaken else {
            throw ModelError(.overloaded, "\(limits.uploads) files are on their way in; try again shortly")
        }
        let ticket = TransferTicket { [self] in uploads.withLock { $0.count -= 1 } }
        guard stored.count + uploads.withLock(\.count) <= limits.fileCount else {
            throw .tooMuch("there are \(limits.fileCount) files, which is as many as there may be")
        }
        let queue = DispatchQueue(label: "aurelis.upload")
        let writer = try await attempting(on: queue) { [contents] in try contents.create() }
        return StoredUpload(self, writer, ticket, queue: queue, tenant: tenant, stored: stored.bytes)
    }

    /// What is kept now.
    private func totals() async throws(ModelError) -> FileTotals {
        try await read { try FileTable(database: $0).totals() }
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
        let isTaken = downloads.withLock { downloads in
            guard downloads < limits.downloads else { return false }
            downloads += 1
            return true
        }
        guard isTaken else {
            throw ModelError(.overloaded, "\(limits.downloads) files are on their way out; try again shortly")
        }
        let ticket = TransferTicket { [self] in downloads.withLock { $0 -= 1 } }
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

/// A place among the files that are under way, in or out; given back when nobody has it any more.
final class TransferTicket: Sendable {
    private let giveBack: @Sendable () -> Void

    init(_ giveBack: @escaping @Sendable () -> Void) { self.giveBack = giveBack }

    deinit { giveBack() }
}

extension ModelError {
    /// There is no room for another file.
    static func tooMuch(_ problem: String) -> ModelError {
        .refused(507, "\(problem): remove files that are not needed", code: "storage_limit")
    }
}
