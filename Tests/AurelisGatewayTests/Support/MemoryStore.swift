import Aurelis
import AurelisGateway
import Synchronization

/// Files in memory, for tests of what comes over the wire: held back, refused or cut short as a test likes.
final class MemoryStore: FileStore, BatchStore {
    private struct State {
        var files: [(file: StoredFile, content: [UInt8])] = []
        var batches: [BatchRecord] = []
        var largestWrite = 0
        var readPieces = 0
    }

    private let state = Mutex(State())
    /// Everybody who writes waits for that first.
    let writes: Signal?
    let firstWrite = Signal()
    /// An upload that was begun is over, whether anything came of it or not.
    let uploadEnded = Signal()
    /// What writing fails with once so many bytes are written.
    let full: Int
    /// How much of a content there is to read.
    let readable: Int

    init(writes: Signal? = nil, full: Int = .max, readable: Int = .max) {
        self.writes = writes
        self.full = full
        self.readable = readable
    }

    var contents: [[UInt8]] { state.withLock { $0.files.map(\.content) } }
    var largestWrite: Int { state.withLock(\.largestWrite) }
    var readPieces: Int { state.withLock(\.readPieces) }

    func add(_ content: [UInt8]) -> String {
        let id = StoredID.file.next()
        let file = StoredFile(
            id: id,
            tenant: "",
            name: "a",
            purpose: .batch,
            bytes: Int64(content.count),
            created: 1,
            expires: 2
        )
        state.withLock { $0.files.append((file, content)) }
        return id
    }

    // MARK: - Files

    func beginUpload(by tenant: String) async throws(ModelError) -> any FileUpload { Upload(self) }

    func files(
        of tenant: String,
        purpose: StoredFile.Purpose?,
        _ page: StoredPageRequest
    ) async throws(ModelError) -> StoredPage<StoredFile> {
        StoredPage(state.withLock { $0.files.map(\.file) }, limit: page.limit)
    }

    func file(_ id: String, of tenant: String) async throws(ModelError) -> StoredFile {
        guard let entry = find(id) else { throw .noFile(id) }
        return entry.file
    }

    func content(of id: String, tenant: String) async throws(ModelError) -> (StoredFile, any FileContent) {
        guard let entry = find(id) else { throw .noFile(id) }
        return (entry.file, Content(self, entry.content))
    }

    func deleteFile(_ id: String, of tenant: String) async throws(ModelError) {
        guard find(id) != nil else { throw .noFile(id) }
        state.withLock { $0.files.removeAll { $0.file.id == id } }
    }

    private func find(_ id: String) -> (file: StoredFile, content: [UInt8])? {
        state.withLock { $0.files.first { $0.file.id == id } }
    }

    private final class Upload: FileUpload {
        let store: MemoryStore
        let bytes = Mutex<[UInt8]>([])

        init(_ store: MemoryStore) { self.store = store }

        func write(_ new: [UInt8]) async throws(ModelError) {
            store.firstWrite.fire()
            await store.writes?.wait()
            store.state.withLock { $0.largestWrite = max($0.largestWrite, new.count) }
            let count = bytes.withLock { bytes in
                bytes += new
                return bytes.count
            }
            guard count <= store.full else { throw .refused(507, "full", code: "disk_full") }
        }

        func finish(_ description: FileDescription) async throws(ModelError) -> StoredFile {
            try await store.file(store.add(bytes.withLock(\.self)), of: "")
        }

        deinit { store.uploadEnded.fire() }
    }

    private final class Content: FileContent {
        let store: MemoryStore
        let rest: Mutex<ArraySlice<UInt8>>

        init(_ store: MemoryStore, _ content: [UInt8]) {
            self.store = store
            rest = Mutex(content.prefix(store.readable))
        }

        func next() async throws(ModelError) -> [UInt8]? {
            store.state.withLock { $0.readPieces += 1 }
            return rest.withLock { rest in
                defer { rest = rest.dropFirst(64 << 10) }
                return rest.isEmpty ? nil : Array(rest.prefix(64 << 10))
            }
        }
    }

    // MARK: - Batches

    func createBatch(_ order: BatchOrder, by tenant: String) async throws(ModelError) -> BatchRecord {
        var record = BatchRecord(
            id: StoredID.batch.next(),
            tenant: tenant,
            input: order.input,
            endpoint: order.endpoint,
            window: order.window,
            priority: order.priority,
            created: 1
        )
        record.metadata = order.metadata
        state.withLock { [record] in $0.batches.append(record) }
        return record
    }

    func batches(of tenant: String, _ page: StoredPageRequest) async throws(ModelError) -> StoredPage<BatchRecord> {
        StoredPage(state.withLock(\.batches), limit: page.limit)
    }

    func batch(_ id: String, of tenant: String) async throws(ModelError) -> BatchRecord {
        guard let record = state.withLock({ $0.batches.first { $0.id == id } }) else { throw .noBatch(id) }
        return record
    }

    func cancelBatch(_ id: String, of tenant: String) async throws(ModelError) -> BatchRecord {
        var record = try await batch(id, of: tenant)
        record.become(.cancelling, at: 5)
        return record
    }
}
