import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Logging
import Synchronization
import Testing

@testable import AurelisStorage

@Suite("Requests are kept through faults")
struct RequestJournalFaultTests {
    private let time = ManualTimeSource()
    private let log = CountingLog()

    @Test("what a full disk refuses is written once there is room, and said once", arguments: [true, false])
    func full(byService: Bool) async throws {
        try await withJournal { file, journal async throws in
            let records = (0..<3).map { self.record(at: $0, padding: 50_000) }
            try fill(file, isFull: true)
            for record in records { journal.record(record) }
            if byService {
                await serving(journal, rounds: 3) { round in if round == 2 { try? fill(file, isFull: false) } }
            } else {
                journal.flush()
                journal.flush()
                try fill(file, isFull: false)
                journal.flush()
            }
            #expect(try await journal.latest(10) == records.reversed())
            #expect(journal.dropped == 0)
            #expect(log.warnings == 1)
        }
    }

    @Test("while the disk refuses, the bound holds and what is lost is counted")
    func bounded() async throws {
        try await withJournal(waiting: 4) { file, journal async throws in
            try fill(file, isFull: true)
            for index in 0..<3 { journal.record(record(at: index, padding: 50_000)) }
            journal.flush()
            for index in 3..<6 { journal.record(record(at: index, padding: 50_000)) }
            journal.flush()
            #expect(journal.dropped == 2)
            try fill(file, isFull: false)
            journal.flush()
            #expect(try await journal.latest(10).map(\.time) == [3, 2, 1, 0].map { Self.epoch + $0 })
        }
    }

    @Test("a service that is cancelled in the middle of writing loses nothing, and complains of nothing")
    func cancelled() async throws {
        try await withJournal { file, journal async throws in
            let (isInside, reached) = AsyncStream.makeStream(of: Void.self)
            let gate = DispatchSemaphore(value: 0)
            let isFirst = Mutex(true)
            let pause = DatabaseFunction("pause", argumentCount: 0) { _ in
                let waits = isFirst.withLock { first in
                    defer { first = false }
                    return first
                }
                if waits {
                    reached.finish()
                    gate.wait()
                }
                return nil
            }
            try await file.pool().writeWithoutTransaction { database in
                database.add(function: pause)
                try database.execute(
                    sql: "CREATE TEMP TRIGGER pausing BEFORE INSERT ON requests BEGIN SELECT pause(); END"
                )
            }
            let records = (0..<3).map { self.record(at: $0) }
            for record in records { journal.record(record) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await journal.run() }
                await time.sleepers(atLeast: 1)
                time.advance(by: .seconds(1))
                for await _ in isInside {}
                group.cancelAll()
                gate.signal()
            }
            journal.flush()
            #expect(try await journal.latest(10) == records.reversed())
            #expect(log.warnings == 0)
        }
    }

    @Test("a service that is cancelled writes what is left")
    func ended() async throws {
        try await withJournal { file, journal async throws in
            let record = record()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await journal.run() }
                await time.sleepers(atLeast: 1)
                journal.record(record)
                group.cancelAll()
            }
            #expect(try await journal.find(record.id) == record)
        }
    }

    @Test("a list of no length is empty", arguments: [0, -1, Int.min])
    func lengths(limit: Int) async throws {
        try await withJournal { _, journal async throws in
            journal.record(record())
            journal.flush()
            #expect(try await journal.latest(limit).isEmpty)
        }
    }

    // MARK: - What the tests are made of

    private static let epoch: Int64 = 1_700_000_000_000

    private func record(at milliseconds: Int = 0, padding: Int = 0) -> RequestRecord {
        RequestRecord(
            id: .next(),
            time: Self.epoch + Int64(milliseconds),
            operation: .chatCompletion,
            task: .general,
            stream: false,
            outcome: .failed(.upstream),
            message: String(repeating: "x", count: padding),
            duration: .milliseconds(3),
            trace: RouteTrace()
        )
    }

    private func withJournal(
        waiting: Int = 4_096,
        _ body: (StorageFile, RequestJournal) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = StorageFile(directory: directory.path)
        var limits = RequestJournal.Limits()
        limits.waiting = waiting
        try await body(file, RequestJournal(file, limits: limits, time: time, logger: log.logger))
    }

    /// Lets SQLite take no more pages than it has, as on a full disk, or as many as it likes.
    private func fill(_ file: StorageFile, isFull: Bool) throws {
        try file.pool().writeWithoutTransaction { database in
            _ = try Row.fetchAll(database, sql: "PRAGMA max_page_count = \(isFull ? 1 : 1_000_000)")
        }
    }

    private func serving(_ journal: RequestJournal, rounds: Int, _ before: (Int) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await journal.run() }
            for round in 0..<rounds {
                await time.sleepers(atLeast: 1)
                before(round)
                time.advance(by: .seconds(1))
            }
            await time.sleepers(atLeast: 1)
            group.cancelAll()
        }
    }
}
