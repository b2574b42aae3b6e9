import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AurelisStorage

@Suite("A process that is killed while it writes")
struct CacheKillTests {
    @Test(
        "leaves answers that are whole or absent, and none missing that it had finished",
        arguments: [1, 50, 300, 777]
    )
    func killed(writes: Int) async throws {
        try await CacheHarness.with { harness async throws in
            let directory = harness.directory
            await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String, writes] in
                try await Self.writeUntilKilled(in: directory, writes: writes)
            }
            let store = harness.store()
            let finished = (writes - 1) / Self.group * Self.group
            var found = 0
            for index in 0..<(writes + Self.group) {
                guard let sealed = await store.sealed(for: .sample(index)) else { continue }
                #expect(sealed == CacheRecord.bytes(index, Self.size))
                found += 1
            }
            #expect(found == finished)
            #expect(try await store.usage() == CacheUsage(entries: found, bytes: found * Self.size))
            #expect(try await store.facts(of: CacheSelection(tag: "t"), limit: 10_000).count == found)
            store.keep(.sample(10_000))
            await store.flush()
            #expect(await store.sealed(for: .sample(10_000)) != nil)
            #expect(harness.damaged.isEmpty && harness.log.messages.isEmpty)
        }
    }

    private static let group = 20
    private static let size = 3_000

    /// Writes groups of answers until the row `writes` of them is being written, in the middle of its transaction.
    private static func writeUntilKilled(in directory: String, writes: Int) async throws {
        var limits = DatabaseCacheLimits()
        limits.writesPerSecond = .max
        let store = DatabaseCacheStore(
            directory: directory,
            limits: limits,
            time: ManualTimeSource(),
            clock: .fixed(CacheHarness.epoch / 1_000),
            logger: CountingLog().logger
        )
        let written = Mutex(0)
        let death = DatabaseFunction("death", argumentCount: 0) { _ in
            let count = written.withLock { count in
                count += 1
                return count
            }
            if count == writes { kill(getpid(), SIGKILL) }
            return nil
        }
        try await store.connection.session().pool.writeWithoutTransaction { database in
            database.add(function: death)
            try database.execute(sql: "CREATE TEMP TRIGGER dying AFTER INSERT ON answers BEGIN SELECT death(); END")
        }
        for start in stride(from: 0, to: 100_000, by: group) {
            for index in start..<start + group { store.keep(.sample(index, size: size, tags: ["t"])) }
            await store.flush()
        }
    }
}
