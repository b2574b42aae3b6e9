import Aurelis
import Foundation
import GRDB
import Synchronization

@testable import AurelisStorage

/// A folder with files and batches that is gone afterwards.
final class FileHarness: Sendable {
    let directory: String
    let log = CountingLog()
    private let seconds = Mutex<Int64>(1_700_000_000)

    /// Lends a harness.
    static func with(_ body: (FileHarness) async throws -> Void) async throws {
        let harness = FileHarness()
        defer { try? FileManager.default.removeItem(atPath: harness.directory) }
        try await body(harness)
    }

    private init() {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)").path
    }

    /// A store as a process of its own would have it.
    func store(_ change: (inout FileLimits) -> Void = { _ in }) -> DatabaseFileStore {
        var limits = FileLimits()
        change(&limits)
        return DatabaseFileStore(
            directory: directory,
            limits: limits,
            clock: WallClock { [self] in seconds.withLock(\.self) },
            logger: log.logger
        )
    }

    var now: Int64 { seconds.withLock(\.self) }

    func advance(seconds count: Int64) { seconds.withLock { $0 += count } }

    /// The contents that are there.
    var contents: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory + "/files")) ?? []).sorted()
    }

    /// Makes the list of files unreadable, as a broken disk would: for those who have it open, or those who open it.
    func damage(whileOpen: Bool) throws {
        let path = directory + "/files.sqlite"
        if whileOpen {
            return try DatabaseQueue(path: path).inDatabase { database in
                try database.execute(sql: "PRAGMA writable_schema = ON")
                try database.execute(sql: "UPDATE sqlite_schema SET rootpage = 9999 WHERE type = 'table'")
                try database.execute(sql: "PRAGMA schema_version = 1000")
            }
        }
        for name in [path + "-wal", path + "-shm"] { unlink(name) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.write(contentsOf: Data(repeating: 0x5A, count: 16_384))
        try handle.close()
    }

    /// What was moved aside.
    var aside: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return all.filter { $0.contains(".damaged-") && $0.hasSuffix("Z") }.sorted()
    }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

extension DatabaseFileStore {
    /// Takes a file in.
    @discardableResult
    func add(
        _ text: String,
        name: String = "in.jsonl",
        tenant: String = "",
        lifetime: Int64? = nil
    ) async throws(ModelError) -> StoredFile {
        let upload = try await beginUpload(by: tenant)
        try await upload.write(Array(text.utf8))
        return try await upload.finish(FileDescription(name: name, purpose: .batch, lifetime: lifetime))
    }

    /// What is in a file.
    func text(_ id: String, tenant: String = "") async throws(ModelError) -> String {
        let content = try await content(of: id, tenant: tenant).1
        var bytes: [UInt8] = []
        while let piece = try await content.next() { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Hands a batch in.
    func order(
        _ file: StoredFile,
        priority: RequestPriority = .batch,
        tenant: String = ""
    ) async throws(ModelError) -> BatchRecord {
        guard let window = BatchWindow("24h") else { throw ModelError(.invalidRequest, "no window") }
        return try await createBatch(
            BatchOrder(input: file.id, endpoint: .chatCompletions, window: window, priority: priority),
            by: tenant
        )
    }
}

/// The code of what is thrown.
func code(_ body: () async throws(ModelError) -> some Any) async -> String? {
    do throws(ModelError) {
        _ = try await body()
        return nil
    } catch {
        return error.code ?? error.category.rawValue
    }
}
