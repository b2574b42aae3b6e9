package import Aurelis
internal import Dispatch

/// A file with results that is being written; it is nobody's until its batch is finished with it.
package final class BatchOutputFile: Sendable {
    private let store: DatabaseFileStore
    private let writer: FileWriter
    private let queue: DispatchQueue

    init(_ store: DatabaseFileStore, _ writer: FileWriter, queue: DispatchQueue) {
        self.store = store
        self.writer = writer
        self.queue = queue
    }

    /// What the file is to be called.
    package var id: String { writer.id }

    /// Appends bytes.
    package func write(_ bytes: [UInt8]) async throws(ModelError) {
        try await store.attempting(on: queue) { [writer] in try writer.append(bytes) }
    }

    /// Brings everything to the disk.
    package func synchronize() async throws(ModelError) {
        try await store.attempting(on: queue) { [writer] in try writer.synchronize() }
    }

    func file(of batch: BatchRecord, at now: Int64, _ limits: FileLimits) -> StoredFile {
        StoredFile(
            id: id,
            tenant: batch.tenant,
            name: "\(batch.id)_\(id == batch.errors ? "error" : "output").jsonl",
            purpose: .batchOutput,
            bytes: writer.count,
            created: now,
            expires: now + (batch.outputLifetime ?? limits.retention)
        )
    }

    func keep() { writer.keep() }
}
