import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Logging
import Testing

@testable import AurelisStorage

@Suite("Requests are kept")
struct RequestJournalTests {
    private let time = ManualTimeSource()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Lends a directory that is gone afterwards.
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory.path)
    }

    private func journal(_ directory: String, _ change: (inout RequestJournal.Limits) -> Void = { _ in })
        -> RequestJournal
    {
        var limits = RequestJournal.Limits()
        change(&limits)
        return RequestJournal(StorageFile(directory: directory), limits: limits, time: time, logger: logger)
    }

    private func record(_ outcome: RequestRecord.Outcome = .failed(.upstream), at milliseconds: Int64 = 0)
        -> RequestRecord
    {
        RequestRecord(
            id: .next(),
            time: 1_700_000_000_000 + milliseconds,
            operation: .chatCompletion,
            task: .general,
            stream: false,
            outcome: outcome,
            message: "it's \"broken\"",
            duration: .milliseconds(3),
            trace: RouteTrace()
        )
    }

    @Test("a request is found again, also by another process and after a crash")
    func found() async throws {
        try await withDirectory { directory async throws in
            let journal = journal(directory)
            let records = (0..<5).map { record(at: $0) }
            for record in records { journal.record(record) }
            journal.flush()
            let other = self.journal(directory)
            for record in records { #expect(try await other.find(record.id) == record) }
            #expect(try await other.latest(2) == [records[4], records[3]])
            #expect(try await other.find(.next()) == nil)
        }
    }

    @Test("nothing is made by looking")
    func looking() async throws {
        try await withDirectory { directory async throws in
            #expect(try await journal(directory).latest(5).isEmpty)
            #expect(try await journal(directory).find(.next()) == nil)
            #expect(!FileManager.default.fileExists(atPath: directory))
        }
    }

    @Test("the files are their user's alone")
    func rights() async throws {
        try await withDirectory { directory async throws in
            let journal = journal(directory)
            journal.record(record())
            journal.flush()
            for file in try FileManager.default.contentsOfDirectory(atPath: directory) {
                let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/" + file)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(file)")
            }
        }
    }

    @Test("a file that others could read is closed to them")
    func tightened() async throws {
        try await withDirectory { directory async throws in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let file = directory + "/aurelis.sqlite"
            #expect(
                FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o644])
            )
            let journal = journal(directory)
            journal.record(record())
            journal.flush()
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test("the service writes in groups, while it runs")
    func service() async throws {
        try await withDirectory { directory async throws in
            let journal = journal(directory)
            let record = record()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await journal.run() }
                await time.sleepers(atLeast: 1)
                journal.record(record)
                time.advance(by: .milliseconds(500))
                // The next sleep begins when the group is on the disk.
                await time.sleepers(atLeast: 1)
                group.cancelAll()
            }
            #expect(try await journal.find(record.id) == record)
        }
    }

    @Test("of plain answers only so many a second are kept; what needs explaining always is")
    func plain() async throws {
        try await withDirectory { directory async throws in
            let journal = journal(directory) { $0.plainPerSecond = 2 }
            for _ in 0..<5 { journal.record(record(.answered)) }
            for _ in 0..<5 { journal.record(record(.interrupted)) }
            time.advance(by: .seconds(1))
            journal.record(record(.answered))
            journal.flush()
            let outcomes = try await journal.latest(100).map(\.outcome)
            #expect(outcomes.count { $0 == .answered } == 3)
            #expect(outcomes.count { $0 == .interrupted } == 5)
        }
    }

    @Test("records beyond the bound are dropped and counted")
    func bounded() async throws {
        try await withDirectory { directory async throws in
            let journal = journal(directory) { $0.waiting = 3 }
            for _ in 0..<5 { journal.record(record()) }
            #expect(journal.dropped == 2)
            journal.flush()
            #expect(try await journal.latest(10).count == 3)
        }
    }

    @Test("old records and those beyond the number give way")
    func pruned() async throws {
        try await withDirectory { directory async throws in
            let week = Int64(7 * 86_400_000)
            let first = journal(directory)
            first.record(record(at: 0))
            first.flush()
            let second = journal(directory) { $0.count = 3 }
            for index in 1...4 { second.record(record(at: week + Int64(index))) }
            second.flush()
            #expect(try await second.latest(10).map(\.time) == (2...4).reversed().map { 1_700_000_000_000 + week + $0 })
        }
    }

    @Test("a file that is no database loses records, not the process, and reading says why")
    func damaged() async throws {
        try await withDirectory { directory async throws in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data(repeating: 0x41, count: 4_096).write(to: URL(fileURLWithPath: directory + "/aurelis.sqlite"))
            let journal = journal(directory)
            journal.record(record())
            journal.flush()
            await #expect(throws: (any Error).self) { try await journal.latest(1) }
        }
    }

    @Test("a file of a later version is left alone, and reading says so")
    func newer() async throws {
        try await withDirectory { directory async throws in
            let file = StorageFile(directory: directory)
            try await file.pool().write { database in
                try database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('from the future')")
            }
            try file.pool().close()
            let journal = journal(directory)
            journal.record(record())
            journal.flush()
            await #expect(throws: StorageError.newer(path: file.path)) { try await journal.latest(1) }
        }
    }

    @Test("two processes write to one file")
    func shared() async throws {
        try await withDirectory { directory async throws in
            let journals = (0..<4).map { _ in journal(directory) }
            await withTaskGroup(of: Void.self) { group in
                for journal in journals {
                    group.addTask {
                        for _ in 0..<25 {
                            journal.record(record())
                            journal.flush()
                        }
                    }
                }
            }
            #expect(try await journals[0].latest(1_000).count == 100)
        }
    }
}
