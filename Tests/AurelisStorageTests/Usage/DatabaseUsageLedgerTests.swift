import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AurelisStorage

@Suite("Processes count their use together")
struct DatabaseUsageLedgerTests {
    private final class Harness: Sendable {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("usage-\(UUID().uuidString)").path
        let log = CountingLog()
        let time = ManualTimeSource()
        private let seconds = Mutex<Int64>(1_700_000_000)

        var file: String { directory + "/usage.sqlite" }

        func ledger(simulated: Bool = false, directory: String? = nil) -> DatabaseUsageLedger {
            DatabaseUsageLedger(
                directory: directory ?? self.directory,
                simulated: simulated,
                time: time,
                clock: WallClock { [self] in seconds.withLock(\.self) },
                logger: log.logger
            )
        }

        func advance(days: Int64) { seconds.withLock { $0 += days * 86_400 } }

        func record(_ model: String = "gpt-4o", cost: Int64? = 100) -> RequestRecord {
            RequestRecord(
                id: .next(),
                time: seconds.withLock(\.self) * 1_000,
                operation: .chatCompletion,
                task: .general,
                modelUsed: model,
                provider: "p",
                stream: false,
                outcome: .answered,
                duration: .zero,
                usage: TokenUsage(prompt: 10, completion: 5),
                cost: cost,
                trace: RouteTrace()
            )
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }
    }

    private func total(_ ledger: DatabaseUsageLedger, days: Int = 7) async throws -> UsageCounts {
        try await ledger.counts(of: days).reduce(into: UsageCounts()) { $0 += $1.counts }
    }

    @Test("what two ledgers of one directory count is one sum; a restart forgets nothing")
    func shared() async throws {
        let harness = Harness()
        let (one, other) = (harness.ledger(), harness.ledger())
        for _ in 0..<3 {
            for ledger in [one, other] {
                ledger.record(harness.record())
                ledger.record(harness.record("other"))
                ledger.flush()
            }
        }
        one.record(harness.record())
        #expect(try await total(one).asked == 13)
        #expect(try await total(other).asked == 12)
        one.flush()
        let sum = try await total(harness.ledger())
        #expect(sum.asked == 13 && sum.cost == 1_300 && sum.promptTokens == 130)
        #expect(harness.log.messages.isEmpty)
    }

    @Test("only the user reads the file, and a question writes none")
    func rights() async throws {
        let harness = Harness()
        #expect(try await total(harness.ledger()).requests == 0)
        #expect(!FileManager.default.fileExists(atPath: harness.file))
        let ledger = harness.ledger()
        ledger.record(harness.record())
        ledger.flush()
        let rights = try FileManager.default.attributesOfItem(atPath: harness.file)[.posixPermissions] as? Int
        #expect(rights == 0o600)
    }

    @Test("sums stop at the largest number in the file as well")
    func overflow() async throws {
        let harness = Harness()
        for cost in [Int64.max - 1, 5, 7] {
            let ledger = harness.ledger()
            ledger.record(harness.record(cost: cost))
            ledger.flush()
        }
        #expect(try await total(harness.ledger()).cost == .max)
    }

    @Test("days are told apart, and those that are too old are forgotten")
    func days() async throws {
        let harness = Harness()
        let ledger = harness.ledger()
        ledger.record(harness.record())
        ledger.flush()
        harness.advance(days: 3)
        ledger.record(harness.record())
        ledger.flush()
        #expect(try await total(ledger, days: 3).asked == 1)
        #expect(try await total(ledger, days: 4).asked == 2)
        harness.advance(days: 398)
        ledger.record(harness.record())
        ledger.flush()
        #expect(try await total(ledger, days: 100_000).asked == 2)
    }

    @Test("what the simulator answered is counted apart")
    func simulated() async throws {
        let harness = Harness()
        let ledger = harness.ledger(simulated: true)
        ledger.record(harness.record())
        ledger.flush()
        #expect(try await total(harness.ledger()).asked == 0)
        #expect(try await total(harness.ledger(simulated: true)).asked == 1)
    }

    @Test("a damaged file is moved aside, and what was not written waits")
    func damaged() async throws {
        let harness = Harness()
        let ledger = harness.ledger()
        ledger.record(harness.record())
        ledger.flush()
        for file in [harness.file, harness.file + "-wal", harness.file + "-shm"] {
            try? FileManager.default.removeItem(atPath: file)
        }
        try Data("no database at all, and long enough to be one of those that are not empty".utf8)
            .write(to: URL(fileURLWithPath: harness.file))
        ledger.record(harness.record())
        for _ in 0..<2 { ledger.flush() }
        #expect(try await total(ledger).asked == 1)
        #expect(harness.log.messages.contains { $0.contains("damaged") })
    }

    @Test("while another process holds the file, counts wait and are said to wait, once")
    func held() async throws {
        let harness = Harness()
        let ledger = harness.ledger()
        ledger.record(harness.record())
        ledger.flush()
        let holder = try DatabaseQueue(path: harness.file)
        try await holder.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            for _ in 0..<2 {
                ledger.record(harness.record())
                ledger.flush()
            }
            try database.execute(sql: "COMMIT")
        }
        #expect(harness.log.messages.count == 1)
        ledger.flush()
        #expect(try await total(harness.ledger()).asked == 3)
    }

    @Test(
        "without a directory, or with one that cannot be made, it counts in memory",
        arguments: ["", "/dev/null/aurelis"]
    )
    func memory(directory: String) async throws {
        let harness = Harness()
        let ledger = harness.ledger(directory: directory)
        for _ in 0..<2 {
            ledger.record(harness.record())
            ledger.flush()
        }
        #expect(try await total(ledger).asked == 2)
        #expect(harness.log.messages.count == (directory.isEmpty ? 0 : 1))
    }

    @Test("what is new is written every second, and at the end")
    func running() async throws {
        let harness = Harness()
        let ledger = harness.ledger()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await ledger.run() }
            await harness.time.sleepers(atLeast: 1)
            ledger.record(harness.record())
            harness.time.advance(by: .seconds(1))
            await harness.time.sleepers(atLeast: 1)
            #expect((try? await total(harness.ledger()).asked) == 1)
            ledger.record(harness.record())
            group.cancelAll()
        }
        #expect(try await total(harness.ledger()).asked == 2)
    }
}
