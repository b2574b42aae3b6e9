import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Logging
import Synchronization

@testable import AurelisStorage

/// A data directory that is gone afterwards, and everything that stores in it are made of.
final class CacheHarness: Sendable {
    /// When the tests happen, in milliseconds since 1970-01-01 UTC.
    static let epoch: Int64 = 1_700_000_000_000

    let directory: String
    let time = ManualTimeSource()
    let log = CountingLog()
    private let seconds = Mutex(epoch / 1_000)

    /// Lends a harness.
    static func with(_ body: (CacheHarness) async throws -> Void) async throws {
        let harness = CacheHarness()
        defer { try? FileManager.default.removeItem(atPath: harness.directory) }
        try await body(harness)
    }

    private init() {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("cache-\(UUID().uuidString)").path
    }

    var file: String { directory + "/cache.sqlite" }

    /// The files of the directory, without the lock.
    var files: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return all.filter { !$0.hasSuffix(".lock") }.sorted()
    }

    /// What was moved aside, without the journals.
    var damaged: [String] { files.filter { $0.contains(".damaged-") && $0.hasSuffix("Z") } }

    func store(_ change: (inout DatabaseCacheLimits) -> Void = { _ in }) -> DatabaseCacheStore {
        var limits = DatabaseCacheLimits()
        change(&limits)
        return DatabaseCacheStore(
            directory: directory,
            limits: limits,
            time: time,
            clock: WallClock { [self] in seconds.withLock(\.self) },
            logger: log.logger
        )
    }

    /// Moves the time of day.
    func advance(seconds count: Int64) { seconds.withLock { $0 += count } }

    /// Lets a store's service do rounds of work: each ends when the service sleeps again.
    func serving(_ store: DatabaseCacheStore, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await store.run() }
            await time.sleepers(atLeast: 1)
            try await body()
            group.cancelAll()
        }
    }

    /// One more round.
    func round(_ duration: Duration = .milliseconds(250)) async {
        time.advance(by: duration)
        await time.sleepers(atLeast: 1)
    }

    /// Lets another process write to the file until it commits.
    func lock() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: file, configuration: configuration)
        try queue.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        return queue
    }

    /// Another process's connection to the file.
    func withConnection<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try DatabaseQueue(path: file).inDatabase(body)
    }
}

extension CacheKey {
    /// A key like any other.
    static func sample(_ number: Int) -> CacheKey {
        var random = SplitMix64(seed: UInt64(truncatingIfNeeded: number))
        var bytes: [UInt8] = []
        for _ in 0..<4 { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
        return CacheKey(bytes: bytes) ?? CacheKey.sample(number + 1)
    }
}

extension CacheRecord {
    /// An answer like any other.
    static func sample(
        _ number: Int = 0,
        size: Int = 100,
        age seconds: Int64 = 0,
        task: TaskType = .general,
        model: String = "gpt-4o",
        tenant: String = "",
        tags: [String] = [],
        lifetime: Duration = .seconds(3_600)
    ) -> CacheRecord {
        let facts = CacheFacts(
            key: .sample(number),
            operation: .chatCompletion,
            provider: "github",
            model: model,
            task: task,
            tenant: tenant,
            tags: tags,
            created: CacheHarness.epoch - seconds * 1_000,
            lifetime: lifetime
        )
        return CacheRecord(facts: facts, sealed: bytes(number, size))
    }

    /// What the answer of a number consists of.
    static func bytes(_ number: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
    }
}
