package import Aurelis
internal import Dispatch
internal import Foundation
internal import GRDB
package import Logging
internal import Synchronization

/// The ledger of a data directory: what every Aurelis process of this machine has used.
///
///     let ledger = DatabaseQuotaLedger(directory: "/home/me/.local/share/aurelis", logger: logger)
///     let decision = await ledger.reserve(demand)
///
/// Everything that waits is done in one transaction, which no other process can come into: nobody reserves what somebody
/// else has. A transaction is on the disk before its reservations are granted, so that a process that is killed has used
/// nothing that is not written down; after a power cut the last moments may be missing.
///
/// While the file cannot be used, this process decides by what it remembers, and says so once.
package final class DatabaseQuotaLedger: QuotaLedger {
    /// Something to be done to the books.
    fileprivate enum Operation: Sendable {
        case reserve(QuotaDemand, id: String, FirstResult<QuotaDecision?>)
        /// A block for requests to come.
        case lease(QuotaDemand, id: String, since: Int64)
        case settle(QuotaTicket, QuotaTicket.End)
        /// What a refusal told at a time.
        case learn(QuotaLesson, QuotaMeterID, QuotaPlan, at: Int64)
        case renew([QuotaTicket])
        /// Some meters moved with the clock.
        case follow([QuotaMeterID])
        /// What was allowed while the file could not be used.
        case count(QuotaDemand, id: String, at: Int64)
    }

    fileprivate struct State {
        var waiting: [Operation] = []
        var isWorking = false
        /// The books as this process last saw them.
        var books = QuotaBooks()
        /// What this process has of large limits.
        var blocks = QuotaBlocks()
        /// The reservations of this process.
        var open: Set<QuotaTicket> = []
        var isFailing = false
        /// What happened while the file could not be used: it is made up for before anything else is written.
        var unwritten: [Operation] = []
        var lastID: UInt64 = 0
    }

    /// Nobody makes up for more: a file that cannot be used for so long is another day's.
    fileprivate static let maximumUnwritten = 100_000
    /// How long a request waits for the file.
    private static let patience: Duration = .seconds(2)
    /// How often other processes are told that reservations are still under way.
    private static let renewalInterval: Duration = .seconds(20)

    private let connection: StorageConnection
    private let path: String
    private let queue = DispatchQueue(label: "aurelis.quota", qos: .userInitiated)
    private let time: any TimeSource
    private let clock: WallClock
    private let logger: Logger
    private let process: String
    private let state = Mutex(State())

    /// The ledger of a directory, whose file is made when it is first needed.
    package init(
        directory: String,
        time: any TimeSource = SystemTimeSource(),
        clock: WallClock = .system,
        logger: Logger
    ) {
        let file = StorageFile(directory: directory, .quota, clock: clock) { moved in
            logger.warning("the quota ledger was damaged and is begun afresh; the damaged one is \(moved)")
        }
        connection = StorageConnection(file, time: time)
        path = file.path
        self.time = time
        self.clock = clock
        self.logger = logger
        var random = SystemRandomNumberGenerator()
        process = String(random.next() as UInt64, radix: 36)
    }

    /// Counts a request on a block that this process has.
    package func reserveAtOnce(_ demand: QuotaDemand) -> QuotaTicket? {
        let now = clock.millisecondsSinceEpoch
        let taken = state.withLock { $0.blocks.take(demand, at: now) }
        if let lease = taken.lease { enqueue(.lease(lease, id: nextID(), since: now)) }
        return taken.ticket
    }

    /// Counts a request beforehand, if there is room for it.
    package func reserve(_ demand: QuotaDemand) async -> QuotaDecision {
        if state.withLock(\.isFailing) { return decideAlone(demand) }
        let id = nextID()
        let known = obstacle(to: demand)
        // What is used up for hours, or was too much from the beginning, others can hardly have given back.
        if let known, !known.passesSoon { return .refused(known) }
        let result = FirstResult<QuotaDecision?>()
        enqueue(.reserve(demand, id: id, result))
        let end = DispatchTime.now() + .milliseconds(Int(Self.patience.milliseconds))
        DispatchQueue.global().asyncAfter(deadline: end) { result.deliver(nil) }
        guard let decision = await result.value else {
            // From now on memory decides, until a transaction succeeds.
            fail("no answer within \(Self.patience.briefly)")
            return decideAlone(demand)
        }
        if case .granted(let ticket) = decision { state.withLock { _ = $0.open.insert(ticket) } }
        return decision
    }

    /// What memory says, while the file cannot be used: nobody waits for it then.
    private func decideAlone(_ demand: QuotaDemand) -> QuotaDecision {
        let id = nextID()
        let (now, setting) = clock.reading
        let decision = state.withLock { state in
            state.books.follow(setting, at: now, for: demand.meters.lazy.map(\.id))
            let decision = state.books.reserve(demand, as: id, at: now)
            if case .granted(let ticket) = decision { state.open.insert(ticket) }
            return decision
        }
        if case .granted = decision { enqueue(.count(demand, id: id, at: now)) }
        return decision
    }

    /// Ends a reservation.
    package func settle(_ ticket: QuotaTicket, _ end: QuotaTicket.End) {
        guard ticket.isPart else {
            state.withLock { _ = $0.open.remove(ticket) }
            return enqueue(.settle(ticket, end))
        }
        finish(state.withLock { $0.blocks.settle(ticket, end) })
    }

    /// Takes back what a block has left.
    private func finish(_ ended: QuotaBlocks.Ended?) {
        guard let ended else { return }
        state.withLock { state in
            state.open.remove(ended.ticket)
            // Nobody waits for it: it goes into the next transaction, of which there is one every 20 seconds at least.
            state.waiting.append(.settle(ended.ticket, .used(ended.used)))
        }
    }

    private func nextID() -> String {
        let number = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return "\(process)-\(number)"
    }

    /// Learns from a refusal that named a limit.
    package func learn(_ lesson: QuotaLesson, of meter: QuotaMeterID, under plan: QuotaPlan) {
        finish(state.withLock { $0.blocks.close(meter) })
        enqueue(.learn(lesson, meter, plan, at: clock.millisecondsSinceEpoch))
    }

    /// What stands in a request's way, as far as this process knows.
    package func obstacle(to demand: QuotaDemand) -> QuotaObstacle? {
        let (now, setting) = clock.reading
        let ids = demand.meters.map(\.id)
        let (obstacle, hasMoved) = state.withLock { state in
            let hasMoved = state.books.follow(setting, at: now, for: ids)
            return (state.books.obstacle(to: demand, at: now), hasMoved)
        }
        if hasMoved { enqueue(.follow(ids)) }
        return obstacle
    }

    /// What is used of the meters.
    package func standings(of plans: [QuotaMeterID: QuotaPlan]) async -> [QuotaStanding] {
        let read = await queue.ending(within: Self.patience) { [self] in
            Result {
                try self.connection.lend { session in try session.pool.read { try self.meters(plans.keys, in: $0) } }
            }
        }
        let (standings, hasMoved) = state.withLock { state in
            if case .success(let meters) = read { for (id, meter) in meters { state.books[id] = meter } }
            let (now, setting) = clock.reading
            let hasMoved = state.books.follow(setting, at: now, for: plans.keys)
            return (state.books.standings(of: plans, at: now), hasMoved)
        }
        if hasMoved { enqueue(.follow(Array(plans.keys))) }
        return standings
    }

    /// The meters of which anything is known, in the file or in memory.
    package func meters() async -> [QuotaMeterID] {
        let read = await queue.ending(within: Self.patience) { [self] in
            Result {
                try self.connection.lend { session in
                    try session.pool.read { database in
                        try String.fetchAll(
                            database,
                            sql: "SELECT id FROM meters ORDER BY rowid DESC LIMIT ?",
                            arguments: [QuotaBooks.maximumMeters]
                        )
                    }
                }
            }
        }
        let known = state.withLock { Set($0.books.meters.keys) }
        guard case .success(let names) = read else { return Array(known) }
        return Array(known.union(names.map { QuotaMeterID($0) }))
    }

    /// Keeps the reservations of this process alive until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            do { try await time.sleep(until: time.now.advanced(by: Self.renewalInterval)) } catch { break }
            let now = clock.millisecondsSinceEpoch
            for ended in state.withLock({ $0.blocks.closeOld(at: now) }) { finish(ended) }
            let (open, isWaiting) = state.withLock { (Array($0.open), $0.hasMore) }
            if isWaiting || !open.isEmpty { enqueue(.renew(open)) }
        }
        for ended in state.withLock({ $0.blocks.closeOld(at: nil) }) { finish(ended) }
        await flush()
    }

    /// Returns when what was ended so far is on the disk.
    package func flush() async {
        if state.withLock(\.hasMore) { enqueue(.renew([])) }
        _ = await queue.ending(within: Self.patience) {}
    }

    // MARK: - The books

    private func enqueue(_ operation: Operation) {
        let starts = state.withLock { state in
            state.waiting.append(operation)
            defer { state.isWorking = true }
            return !state.isWorking
        }
        if starts { queue.async { self.work() } }
    }

    /// Does what waits, and what has come meanwhile.
    private func work() {
        while true {
            let operations = state.withLock { state in
                defer { state.waiting = [] }
                state.isWorking = !state.waiting.isEmpty
                return state.waiting
            }
            guard !operations.isEmpty else { return }
            perform(operations)
        }
    }

    private func perform(_ operations: [Operation]) {
        let missed = state.withLock(\.unwritten)
        // Who waited too long has been answered out of memory.
        let operations = operations.filter { operation in
            guard case .reserve(_, _, let result) = operation else { return true }
            return !result.isDelivered
        }
        let ids = Set((missed + operations).flatMap(\.meters))
        let (now, setting) = clock.reading
        do {
            let (meters, decisions) = try connection.lend { session in
                try session.pool.write { database in
                    var books = QuotaBooks()
                    let before = try self.meters(ids, in: database)
                    for (id, meter) in before { books[id] = meter }
                    books.follow(setting, at: now, for: ids)
                    for operation in missed { _ = books.perform(operation, at: now) }
                    let decisions = operations.map { books.perform($0, at: now) }
                    for (id, meter) in books.meters where meter != before[id] {
                        try Self.write(meter, id, to: database)
                    }
                    return (books.meters, decisions)
                }
            }
            state.withLock { state in
                for (id, meter) in meters { state.books[id] = meter }
                state.unwritten.removeFirst(missed.count)
                state.isFailing = false
            }
            deliver(decisions, to: operations)
        } catch {
            fail("\(error)")
            let decisions = state.withLock { state in
                state.books.follow(setting, at: now, for: ids)
                return state.performAlone(operations, at: now)
            }
            deliver(decisions, to: operations)
        }
    }

    /// The file cannot be used, which is said once.
    private func fail(_ reason: String) {
        let isNew = state.withLock { state in
            defer { state.isFailing = true }
            return !state.isFailing
        }
        if isNew { logger.warning("quotas are counted for this process alone: \(path): \(reason)") }
    }

    private func deliver(_ decisions: [QuotaDecision?], to operations: [Operation]) {
        for (operation, decision) in zip(operations, decisions) {
            switch operation {
            case .reserve(_, _, let result):
                guard !result.deliver(decision), case .granted(let ticket) = decision else { continue }
                // It came too late by a moment, and memory has counted the request itself.
                enqueue(.settle(ticket, .returned))
            case .lease(let demand, _, let start): arrive(decision, demand, since: start)
            case .settle, .learn, .renew, .follow, .count: break
            }
        }
    }

    private func arrive(_ decision: QuotaDecision?, _ demand: QuotaDemand, since start: Int64) {
        let ticket: QuotaTicket? = if case .granted(let ticket) = decision { ticket } else { nil }
        finish(
            state.withLock { state in
                if let ticket { state.open.insert(ticket) }
                return state.blocks.arrive(ticket, demand, since: start)
            }
        )
    }

    /// What the file has of some meters; what it does not have, because somebody deleted it, is still remembered.
    private func meters(
        _ ids: some Sequence<QuotaMeterID>,
        in database: Database
    ) throws -> [QuotaMeterID: QuotaMeter] {
        let statement = try database.cachedStatement(sql: "SELECT state FROM meters WHERE id = ?")
        var meters: [QuotaMeterID: QuotaMeter] = [:]
        for id in ids {
            let data = try Data.fetchOne(statement, arguments: [id.rawValue])
            let stored = data.flatMap { try? JSONDecoder().decode(QuotaMeter.self, from: $0) }
            meters[id] = stored ?? state.withLock { $0.books.meters[id] }
        }
        return meters
    }

    private static func write(_ meter: QuotaMeter, _ id: QuotaMeterID, to database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO meters (id, state) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state"
        )
        try statement.execute(arguments: [id.rawValue, try JSONEncoder().encode(meter)])
    }
}

extension DatabaseQuotaLedger.State {
    /// Whether there is something for the next transaction, which nobody may begin for a while.
    fileprivate var hasMore: Bool { !waiting.isEmpty || !unwritten.isEmpty }

    /// Does in memory what the file could not take, and keeps it for the file.
    fileprivate mutating func performAlone(
        _ operations: [DatabaseQuotaLedger.Operation],
        at now: Int64
    ) -> [QuotaDecision?] {
        let decisions = operations.map { operation -> QuotaDecision? in
            // That is in memory already.
            if case .count = operation { return nil }
            return books.perform(operation, at: now)
        }
        for (operation, decision) in zip(operations, decisions) {
            switch operation {
            case .reserve(let demand, let id, _), .lease(let demand, let id, _):
                if case .granted = decision { unwritten.append(.count(demand, id: id, at: now)) }
            case .settle, .learn, .count: unwritten.append(operation)
            case .renew, .follow: break
            }
        }
        let excess = unwritten.count - DatabaseQuotaLedger.maximumUnwritten
        if excess > 0 { unwritten.removeFirst(excess) }
        return decisions
    }
}

extension QuotaBooks {
    fileprivate mutating func perform(_ operation: DatabaseQuotaLedger.Operation, at now: Int64) -> QuotaDecision? {
        switch operation {
        case .reserve(let demand, let id, _), .lease(let demand, let id, _): return reserve(demand, as: id, at: now)
        case .settle(let ticket, let end): settle(ticket, end)
        case .learn(let lesson, let meter, let plan, let time): learn(lesson, of: meter, under: plan, at: time)
        case .renew(let tickets): renew(tickets, at: now)
        // Whatever is touched follows the clock.
        case .follow: break
        case .count(let demand, let id, let time): count(demand, as: id, at: time)
        }
        return nil
    }
}

extension DatabaseQuotaLedger.Operation {
    fileprivate var meters: [QuotaMeterID] {
        switch self {
        case .reserve(let demand, _, _), .lease(let demand, _, _), .count(let demand, _, _): demand.meters.map(\.id)
        case .settle(let ticket, _): ticket.meters
        case .learn(_, let meter, _, _): [meter]
        case .renew(let tickets): tickets.flatMap(\.meters)
        case .follow(let meters): meters
        }
    }
}
