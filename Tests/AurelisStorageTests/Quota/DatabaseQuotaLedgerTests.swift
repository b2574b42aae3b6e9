import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AurelisStorage

@Suite("Processes share one quota")
struct DatabaseQuotaLedgerTests {
    /// A data directory that is gone afterwards.
    private final class Harness: Sendable {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("quota-\(UUID().uuidString)").path
        let log = CountingLog()
        let time = ManualTimeSource()
        private let seconds = Mutex<Int64>(1_700_000_000)
        private let lead = Mutex<Int64?>(nil)

        var file: String { directory + "/quota.sqlite" }

        func ledger() -> DatabaseQuotaLedger {
            DatabaseQuotaLedger(
                directory: directory,
                time: time,
                clock: WallClock(look: { [self] in
                    let setting = lead.withLock(\.self).map { ClockSetting(boot: "this", lead: $0) }
                    return (seconds.withLock(\.self) * 1_000, setting)
                }),
                logger: log.logger
            )
        }

        /// Somebody sets the clock, which all can see, or which nobody can.
        func set(by count: Int64, unseen: Bool = false) {
            if !unseen { lead.withLock { $0 = ($0 ?? 0) + count * 1_000 } }
            advance(seconds: count)
        }

        func advance(seconds count: Int64) { seconds.withLock { $0 += count } }

        deinit { try? FileManager.default.removeItem(atPath: directory) }
    }

    private static let meter = QuotaMeterID("gpt-4o@github")

    private static func demand(_ limits: QuotaLimit..., concurrent: Int? = nil) -> QuotaDemand {
        QuotaDemand([(meter, QuotaPlan(limits: limits, concurrent: concurrent))], cost: QuotaCost(tokens: 10))
    }

    private func used(_ ledger: DatabaseQuotaLedger, _ demand: QuotaDemand) async -> Int64? {
        let plans = Dictionary(demand.meters.map { ($0.id, $0.plan) }) { $1 }
        return await ledger.standings(of: plans).first?.lines.first?.used
    }

    @Test("what one has reserved, the other has not; and a restart forgets nothing")
    func shared() async throws {
        let harness = Harness()
        let demand = Self.demand(QuotaLimit(.requests, per: .day, 3))
        let (one, other) = (harness.ledger(), harness.ledger())
        var granted = 0
        for ledger in [one, other, one, other, harness.ledger()] {
            if case .granted = await ledger.reserve(demand) { granted += 1 }
        }
        #expect(granted == 3)
        #expect(await used(harness.ledger(), demand) == 3)
        #expect(harness.log.messages.isEmpty)
    }

    @Test("racing for the last slots, many ledgers never reserve more than there are", arguments: [1, 7, 40])
    func race(limit: Int64) async throws {
        let harness = Harness()
        let demand = Self.demand(QuotaLimit(.requests, per: .minute, limit))
        let granted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let ledger = harness.ledger()
                    var granted = 0
                    for _ in 0..<20 {
                        guard case .granted(let ticket) = await ledger.reserve(demand) else { continue }
                        granted += 1
                        ledger.settle(ticket, .used(nil))
                    }
                    await ledger.flush()
                    return granted
                }
            }
            return await group.reduce(0, +)
        }
        #expect(granted == limit)
        #expect(harness.log.messages.isEmpty)
    }

    @Test("a request that is sent late counts from then on, in every process, alone or out of a block")
    func postponed() async throws {
        let harness = Harness()
        let demand = Self.demand(QuotaLimit(.requests, per: .minute, 5_000))
        let ledger = harness.ledger()
        // So many that they are worth a block.
        var parts: [QuotaTicket] = []
        while parts.isEmpty, !Task.isCancelled {
            for _ in 0..<100 {
                guard case .granted(let ticket) = await ledger.reserve(demand) else { throw CancellationError() }
                ledger.settle(ticket, .returned)
                ledger.reserveAtOnce(demand).map { parts.append($0) }
            }
        }
        guard case .granted(let alone) = await ledger.reserve(demand) else { throw CancellationError() }
        let late = [alone, parts.removeLast()]
        for part in parts { ledger.settle(part, .returned) }
        harness.advance(seconds: 50)
        let sent = late.map { ledger.postpone($0, demand) }
        #expect(sent.allSatisfy { !$0.isPart })
        for ticket in sent { ledger.settle(ticket, .used(nil)) }
        await ledger.flush()
        harness.advance(seconds: 50)
        #expect(await used(harness.ledger(), demand) == 2)
        harness.advance(seconds: 12)
        #expect(await used(harness.ledger(), demand) == 0)
    }

    @Test("meters of which nothing counts any more are deleted from the file")
    func cleared() async throws {
        let harness = Harness()
        harness.set(by: 0)
        let ledger = harness.ledger()
        func reserve(_ name: String) async throws {
            let demand = QuotaDemand([(QuotaMeterID(name), QuotaPlan(limits: [QuotaLimit(.requests, per: .day, 5)]))])
            guard case .granted(let ticket) = await ledger.reserve(demand) else { throw CancellationError() }
            ledger.settle(ticket, .used(nil))
        }
        for number in 0..<600 { try await reserve("made-up-\(number)") }
        await ledger.flush()
        harness.advance(seconds: 86_403)
        try await reserve("in use")
        await ledger.flush()
        let keeping = Task { await ledger.run() }
        let queue = try DatabaseQueue(path: harness.file)
        func count() async throws -> Int? {
            try await queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM meters") }
        }
        #expect(try await count() == 601)
        await harness.time.sleepers(atLeast: 1)
        harness.time.advance(by: .seconds(20))
        while try await count() != 1, !Task.isCancelled { await Task.yield() }
        keeping.cancel()
        await keeping.value
    }

    @Test("a clock that is set makes no use older, in any process; it comes back when its period is over")
    func clockSet() async throws {
        let harness = Harness()
        harness.set(by: 0)
        let demand = Self.demand(QuotaLimit(.requests, per: .minute, 1))
        let (one, other) = (harness.ledger(), harness.ledger())
        guard case .granted(let ticket) = await one.reserve(demand) else { throw CancellationError() }
        one.settle(ticket, .used(nil))
        await one.flush()
        for step: Int64 in [3_600, 86_400, -90_000] {
            harness.set(by: step)
            for ledger in [one, other, harness.ledger()] {
                guard case .refused(let obstacle) = await ledger.reserve(demand) else { throw CancellationError() }
                #expect(obstacle.passesSoon)
                #expect(await used(ledger, demand) == 1)
            }
        }
        harness.advance(seconds: 63)
        guard case .granted = await other.reserve(demand) else { throw CancellationError() }
    }

    @Test("a clock that was set back unseen locks nobody out of a day for longer than a day")
    func setBackUnseen() async throws {
        let harness = Harness()
        let demand = Self.demand(QuotaLimit(.requests, per: .day, 1), concurrent: 5)
        let ledger = harness.ledger()
        guard case .granted = await ledger.reserve(demand) else { throw CancellationError() }
        harness.set(by: -30 * 86_400, unseen: true)
        guard case .refused(let obstacle) = await ledger.reserve(demand), let opening = obstacle.opening else {
            throw CancellationError()
        }
        #expect(opening <= (1_700_000_000 - 29 * 86_400 + 10) * 1_000)
        await ledger.flush()
        harness.advance(seconds: 86_410)
        guard case .granted = await ledger.reserve(demand) else { throw CancellationError() }
    }

    @Test("the ledger knows whose use it has counted, in every process")
    func meters() async throws {
        let harness = Harness()
        let ledger = harness.ledger()
        guard case .granted = await ledger.reserve(Self.demand(QuotaLimit(.requests, per: .day, 3))) else {
            throw CancellationError()
        }
        await ledger.flush()
        #expect(await harness.ledger().meters() == [Self.meter])
    }

    @Test("what is given back is free again, for every process")
    func returned() async throws {
        let harness = Harness()
        let demand = Self.demand(QuotaLimit(.requests, per: .day, 1), concurrent: 1)
        let (one, other) = (harness.ledger(), harness.ledger())
        guard case .granted(let ticket) = await one.reserve(demand) else { throw CancellationError() }
        guard case .refused = await other.reserve(demand) else { throw CancellationError() }
        one.settle(ticket, .returned)
        await one.flush()
        // The other one remembers that the day is used up; it looks again when it is asked for the standing.
        #expect(await used(other, demand) == 0)
        guard case .granted = await other.reserve(demand) else { throw CancellationError() }
    }

    @Test("a lesson of one process is heeded by the others")
    func learnt() async throws {
        let harness = Harness()
        let demand = Self.demand()
        let (one, other) = (harness.ledger(), harness.ledger())
        one.learn(QuotaLesson(.day, amount: 50, wait: .seconds(3_600)), of: Self.meter, under: QuotaPlan())
        await one.flush()
        guard case .refused(let obstacle) = await other.reserve(demand) else { throw CancellationError() }
        #expect(obstacle.limit == .window(.requests, .day, of: 50))
        #expect(other.obstacle(to: demand) == obstacle)
    }

    @Test("a long request keeps its place among those at once as long as its process lives")
    func renewed() async throws {
        let harness = Harness()
        let demand = Self.demand(concurrent: 1)
        let (one, other) = (harness.ledger(), harness.ledger())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await one.run() }
            guard case .granted = await one.reserve(demand) else { throw CancellationError() }
            for _ in 0..<10 {
                await harness.time.sleepers(atLeast: 1)
                harness.advance(seconds: 20)
                harness.time.advance(by: .seconds(20))
                await harness.time.sleepers(atLeast: 1)
                await one.flush()
                guard case .refused = await other.reserve(demand) else { throw CancellationError() }
            }
            group.cancelAll()
        }
        harness.advance(seconds: 61)
        guard case .granted = await other.reserve(demand) else { throw CancellationError() }
    }

    @Test("a process that is killed has used no more than it wrote down", arguments: [1, 5, 9])
    func killed(count: Int) async throws {
        let harness = Harness()
        let directory = harness.directory
        await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String, count] in
            let ledger = DatabaseQuotaLedger(
                directory: directory,
                clock: .fixed(1_700_000_000),
                logger: CountingLog().logger
            )
            for _ in 0..<count { _ = await ledger.reserve(Self.demand(QuotaLimit(.requests, per: .day, 10))) }
            kill(getpid(), SIGKILL)
        }
        let demand = Self.demand(QuotaLimit(.requests, per: .day, 10))
        #expect(await used(harness.ledger(), demand) == Int64(count))
    }

    @Test("a file that is damaged, deleted or held by somebody lets nobody over the limit that this process knows of")
    func unusable() async throws {
        let harness = Harness()
        let demand = Self.demand(QuotaLimit(.requests, per: .minute, 4))
        let ledger = harness.ledger()
        guard case .granted = await ledger.reserve(demand) else { throw CancellationError() }
        try FileManager.default.removeItem(atPath: harness.file)
        guard case .granted = await ledger.reserve(demand) else { throw CancellationError() }
        try Data("no database at all, and long enough to be one of those that are not empty".utf8)
            .write(to: URL(fileURLWithPath: harness.file))
        guard case .granted = await ledger.reserve(demand) else { throw CancellationError() }
        let lock = try DatabaseQueue(path: harness.file)
        _ = try? await lock.write { _ in }
        guard case .granted = await ledger.reserve(demand) else { throw CancellationError() }
        guard case .refused = await ledger.reserve(demand) else { throw CancellationError() }
    }

    @Test("what is counted while somebody holds the file is in it afterwards, and nobody waits for the file meanwhile")
    func held() async throws {
        let harness = Harness()
        let demand = Self.demand(QuotaLimit(.requests, per: .day, 10))
        let ledger = harness.ledger()
        func granted(_ count: Int) async -> Int {
            var granted = 0
            for _ in 0..<count {
                if case .granted(let ticket) = await ledger.reserve(demand) {
                    granted += 1
                    ledger.settle(ticket, .used(nil))
                }
            }
            return granted
        }
        #expect(await granted(2) == 2)
        await ledger.flush()
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: harness.file, configuration: configuration)
        try await holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        #expect(await granted(5) == 5)
        try await holder.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        // Whoever comes next writes what was missed, before anything else.
        #expect(await granted(5) == 3)
        await ledger.flush()
        #expect(await used(harness.ledger(), demand) == 10)
        #expect(harness.log.messages.count == 1)
    }

    @Test("a directory that cannot be made is said once, and quotas are counted for the process alone")
    func impossible() async throws {
        let log = CountingLog()
        let ledger = DatabaseQuotaLedger(
            directory: "/dev/null/aurelis",
            clock: .fixed(1_700_000_000),
            logger: log.logger
        )
        let demand = Self.demand(QuotaLimit(.requests, per: .minute, 2))
        var granted = 0
        for _ in 0..<5 {
            if case .granted = await ledger.reserve(demand) { granted += 1 }
        }
        #expect(granted == 2)
        #expect(log.warnings == 1)
    }
}
