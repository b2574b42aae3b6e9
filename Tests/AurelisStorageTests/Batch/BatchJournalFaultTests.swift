import Aurelis
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AurelisStorage

@Suite("The journal of a batch when something goes wrong")
struct BatchJournalFaultTests {
    @Test("a damaged file is moved aside, reported, and begun afresh")
    func damagedBefore() async throws {
        try await BatchHarness.with { harness async throws in
            try await closed(harness.journal()) { try await $0.record([.answer(1)]) }
            try Data(repeating: 0x5A, count: 20_000).write(to: URL(fileURLWithPath: harness.file))
            let journal = try await harness.journal()
            #expect(harness.damaged.count == 1)
            #expect(harness.log.messages.count == 1 && harness.log.messages[0].contains("begun afresh"))
            #expect(try await journal.settled() == BatchSettled())
            try await journal.record([.answer(2)])
            #expect(try await journal.settled().answered == [2])
        }
    }

    @Test("pages that are damaged end the run that finds them; the next one begins afresh")
    func damagedWithin() async throws {
        try await BatchHarness.with { harness async throws in
            let text = String(repeating: "x", count: 3_000)
            let error = await #expect(throws: BatchError.self) { () async throws in
                let journal = try await harness.journal()
                try await journal.record((1...300).map { .answer($0, text: text) })
                try await journal.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
                let handle = try #require(FileHandle(forUpdatingAtPath: harness.file))
                try handle.seek(toOffset: 8_192)
                try handle.write(contentsOf: Data(repeating: 0x5A, count: 200_000))
                try handle.close()
                journal.pool.releaseMemory()
                _ = try await journal.results(after: 0, bytes: .max)
            }
            #expect(error?.code == .journal && error?.message.contains("moved aside") == true)
            let journal = try await harness.journal()
            try await journal.record([.answer(1)])
            #expect(try await journal.settled().answered == [1])
            #expect(harness.damaged.count == 1)
        }
    }

    /// Works with a journal whose file is complete afterwards.
    private func closed(
        _ journal: DatabaseBatchJournal,
        _ body: (DatabaseBatchJournal) async throws -> Void
    ) async throws {
        try await body(journal)
        try await journal.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try journal.pool.close()
    }

    @Test("a file that is taken away while the batch runs is an error, not a loss nobody hears of")
    func removed() async throws {
        try await BatchHarness.with { harness async throws in
            let journal = try await harness.journal()
            try await journal.record([.answer(1)])
            try FileManager.default.removeItem(atPath: harness.file)
            let error = await #expect(throws: BatchError.self) { () async throws in
                try await journal.record([.answer(2)])
            }
            #expect(error?.code == .journal && error?.message.contains("removed") == true)
        }
    }

    @Test("a full disk is an error, and what was kept stays")
    func full() async throws {
        try await BatchHarness.with { harness async throws in
            let journal = try await harness.journal()
            try await journal.record([.answer(1)])
            try await journal.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1") }
            let text = String(repeating: "x", count: 100_000)
            let error = await #expect(throws: BatchError.self) { () async throws in
                try await journal.record([.answer(2, text: text)])
            }
            #expect(error?.message.contains("full") == true)
            #expect(try await journal.settled().answered == [1])
        }
    }

    @Test("a directory that cannot be made is said")
    func directory() async throws {
        try await BatchHarness.with { harness async throws in
            try Data().write(to: URL(fileURLWithPath: harness.directory))
            let error = await #expect(throws: BatchError.self) { () async throws in try await harness.journal() }
            #expect(error?.code == .journal)
        }
    }

    @Test("a process that is killed while it writes loses nothing that was recorded", arguments: [1, 30, 155])
    func killed(writes: Int) async throws {
        try await BatchHarness.with { harness async throws in
            let directory = harness.directory
            await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String, writes] in
                try await Self.recordUntilKilled(in: directory, writes: writes)
            }
            let journal = try await harness.journal()
            let finished = (writes - 1) / Self.group * Self.group
            #expect(try await journal.settled().answered == Set(finished == 0 ? [] : Array(1...finished)))
            let rows = try await journal.results(after: 0, bytes: .max)
            #expect(rows.map(\.line) == rows.map { BatchEntry.answer($0.number).result.line })
            #expect(harness.damaged.isEmpty && harness.log.messages.isEmpty)
        }
    }

    private static let group = 10

    /// Records groups of results until the row `writes` of them is being written, in the middle of its transaction.
    private static func recordUntilKilled(in directory: String, writes: Int) async throws {
        let journal = try await DatabaseBatchJournal.open(
            directory: directory,
            batch: DatabaseBatchJournal.Identity(name: "a", input: "digest of a"),
            clock: .fixed(BatchHarness.epoch),
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
        try await journal.pool.writeWithoutTransaction { database in
            database.add(function: death)
            try database.execute(sql: "CREATE TEMP TRIGGER dying AFTER INSERT ON items BEGIN SELECT death(); END")
        }
        for start in stride(from: 1, to: 100_000, by: group) {
            try await journal.record((start..<start + group).map { .answer($0) })
        }
    }
}
