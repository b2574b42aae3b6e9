import Aurelis
import Foundation
import GRDB
import Testing

@testable import AurelisStorage

@Suite("The journal of a batch")
struct DatabaseBatchJournalTests {
    @Test("what was recorded is there for the next run, byte for byte and in the order of the input")
    func reopens() async throws {
        try await BatchHarness.with { harness async throws in
            var journal: DatabaseBatchJournal? = try await harness.journal()
            try await journal?.record([.answer(30, text: "é"), .failure(2, isFinal: true)])
            try await journal?.record([.answer(1)])
            journal = nil
            let again = try await harness.journal()
            #expect(try await again.settled() == BatchSettled(answered: [1, 30], failed: [2]))
            let rows = try await again.results(after: 0)
            #expect(rows.map(\.number) == [1, 2, 30] && rows.map(\.isAnswered) == [true, false, true])
            #expect(rows[2].line == BatchEntry.answer(30, text: "é").result.line)
            let found = try await again.result(of: 30)
            #expect(found?.line == rows[2].line)
            let missing = try await again.result(of: 3)
            #expect(missing == nil)
        }
    }

    @Test("what failed for the service's sake is in the output of its run and asked again by the next")
    func passing() async throws {
        try await BatchHarness.with { harness async throws in
            var journal: DatabaseBatchJournal? = try await harness.journal()
            try await journal?.record([.answer(1), .failure(2, isFinal: false), .failure(3, isFinal: true)])
            #expect(try await journal?.results(after: 0).map(\.isFinal) == [true, false, true])
            #expect(try await journal?.settled() == BatchSettled(answered: [1], failed: [3]))
            journal = nil
            let again = try await harness.journal()
            #expect(try await again.results(after: 0).map(\.number) == [1, 3])
            let counts = try harness.withConnection { database in
                try GRDB.Row.fetchOne(database, sql: "SELECT answered, failed, state, input FROM batches")
            }
            #expect(counts == ["answered": 1, "failed": 1, "state": "running", "input": "digest of a"])
        }
    }

    @Test("what an answer serves is known again")
    func keys() async throws {
        try await BatchHarness.with { harness async throws in
            let key = try #require(BatchKey(bytes: Array(0..<32)))
            try await harness.journal().record([.answer(1), .answer(7, key: key)])
            let settled = try await harness.journal().settled()
            #expect(settled.answers == [key: 7])
        }
    }

    @Test("restarting forgets this batch and no other")
    func restarts() async throws {
        try await BatchHarness.with { harness async throws in
            for name in ["a", "b"] { try await harness.journal(name).record([.answer(1)]) }
            let journal = try await harness.journal("a", restarting: true)
            #expect(try await journal.settled() == BatchSettled())
            #expect(try await harness.journal("b").settled() == BatchSettled(answered: [1]))
        }
    }

    @Test("results are read in parts of bounded size")
    func parts() async throws {
        try await BatchHarness.with { harness async throws in
            let journal = try await harness.journal()
            let text = String(repeating: "x", count: 1_000)
            try await journal.record((1...600).map { .answer($0, text: text) })
            var numbers: [Int] = []
            while true {
                let rows = try await journal.results(after: numbers.last ?? 0, bytes: 10_000)
                guard !rows.isEmpty else { break }
                #expect(rows.count <= 10)
                numbers += rows.map(\.number)
            }
            #expect(numbers == Array(1...600))
            #expect(try await journal.results(after: 0, bytes: 1).count == 1)
        }
    }

    @Test("two runs of the same batch do not meet; two batches do")
    func locks() async throws {
        try await BatchHarness.with { harness async throws in
            var first: DatabaseBatchJournal? = try await harness.journal()
            let other = try await harness.journal("b")
            let error = await #expect(throws: BatchError.self) { () async throws in try await harness.journal() }
            #expect(error?.code == .busy)
            #expect(error?.message == "process \(getpid()) works on this batch")
            try await first?.record([.answer(1)])
            first = nil
            #expect(!harness.files.contains("batch-a.lock"))
            #expect(try await harness.journal().settled().answered == [1])
            try await other.record([.answer(1)])
        }
    }

    @Test("a cancelled task's results are kept all the same")
    func cancelled() async throws {
        try await BatchHarness.with { harness async throws in
            let journal = try await harness.journal()
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    #expect(Task.isCancelled)
                    try? await journal.record([.answer(1)])
                }
            }
            #expect(try await journal.settled().answered == [1])
        }
    }

    @Test("only its user may read the file")
    func rights() async throws {
        try await BatchHarness.with { harness async throws in
            let journal = try await harness.journal()
            try await journal.record([.answer(1)])
            for file in harness.files where file.hasPrefix("batch") {
                let facts = try FileManager.default.attributesOfItem(atPath: harness.directory + "/" + file)
                #expect(facts[.posixPermissions] as? Int == 0o600, "\(file)")
            }
        }
    }

    @Test("completed batches stay for a week, interrupted ones for a month", arguments: [6, 8, 31])
    func prunes(days: Int64) async throws {
        try await BatchHarness.with { harness async throws in
            for (name, state) in [("done", DatabaseBatchJournal.State.completed), ("open", .interrupted)] {
                let journal = try await harness.journal(name)
                try await journal.record([.answer(1)])
                try await journal.end(state)
            }
            harness.advance(days: days)
            _ = try await harness.journal("new")
            let names = try harness.withConnection { database in
                try String.fetchAll(database, sql: "SELECT name FROM batches WHERE name <> 'new' ORDER BY name")
            }
            #expect(names == (days < 7 ? ["done", "open"] : days < 30 ? ["open"] : []))
            let items = try harness.withConnection { try Int.fetchOne($0, sql: "SELECT count(*) FROM items") }
            #expect(items == names.count)
        }
    }

    @Test("every write waits for the disk")
    func synchronous() async throws {
        try await BatchHarness.with { harness async throws in
            let journal = try await harness.journal()
            let level = try await journal.pool.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
            #expect(level == 2)
            let mode = try await journal.pool.write { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(mode == "wal")
        }
    }
}
