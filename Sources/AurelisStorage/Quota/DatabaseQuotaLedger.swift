package import Aurelis
internal import Dispatch
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
    struct State {
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
    static let maximumUnwritten = 100_000
    /// How long a request waits for the file.
    private static let patience: Duration = .seconds(2)
    /// How often other processes are told that reservations are still under way.
    private static let renewalInterval: Duration = .seconds(20)
    /// How often what no longer counts is deleted, and how many rows in one go.
    private static let clearingInterval: Duration = .seconds(3_600)
    private static let clearingSize = 500

    let connection: StorageConnection
    let path: String
    let queue = DispatchQueue(label: "aurelis.quota", qos: .userInitiated)
    let time: any TimeSource
    let clock: WallClock
    let logger: Logger
    let process: String
    let state = Mutex(State())

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

    /// Counts a request from now on.
    package func postpone(_ ticket: QuotaTicket, _ demand: QuotaDemand) -> QuotaTicket {
        let now = clock.millisecondsSinceEpoch
        guard ticket.isPart else {
            enqueue(.postpone(ticket, demand, at: now))
            return ticket
        }
        // The block counts at its end; what is sent after that stands for itself.
        finish(state.withLock { $0.blocks.settle(ticket, .returned) })
        var own = QuotaTicket(id: nextID(), meters: ticket.meters)
        own.left = ticket.left
        let count = Operation.count(demand, id: own.id, at: now)
        state.withLock { state in
            state.open.insert(own)
            if state.isFailing { _ = state.books.perform(count, at: now) }
        }
        enqueue(count)
        return own
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
    func finish(_ ended: QuotaBlocks.Ended?) {
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
        let now = clock.millisecondsSinceEpoch
        var lesson = lesson
        let ended = state.withLock { state in
            if lesson.limit == .concurrency {
                lesson.inBlocks = state.blocks.underWay(on: meter)
                state.blocks.bar(meter, until: now + QuotaBooks.lease)
            }
            return state.blocks.close(meter)
        }
        finish(ended)
        enqueue(.learn(lesson, meter, plan, at: now))
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
                    try session.pool.read { try QuotaTable(database: $0).names(limit: QuotaBooks.maximumMeters) }
                }
            }
        }
        let known = state.withLock { Set($0.books.meters.keys) }
        guard case .success(let names) = read else { return Array(known) }
        return Array(known.union(names))
    }

    /// Keeps the reservations of this process alive until the task is cancelled.
    package func run() async {
        var nextClearing = time.now
        while !Task.isCancelled {
            do { try await time.sleep(until: time.now.advanced(by: Self.renewalInterval)) } catch { break }
            if time.now >= nextClearing {
                await clear()
                nextClearing = time.now.advanced(by: Self.clearingInterval)
            }
            let now = clock.millisecondsSinceEpoch
            for ended in state.withLock({ $0.blocks.closeOld(at: now) }) { finish(ended) }
            let (open, isWaiting) = state.withLock { (Array($0.open), $0.hasMore) }
            if isWaiting || !open.isEmpty { enqueue(.renew(open)) }
        }
        for ended in state.withLock({ $0.blocks.closeOld(at: nil) }) { finish(ended) }
        await flush()
    }

    /// Deletes from the file what no longer counts, some rows at a time: others wait for the file too.
    private func clear() async {
        let (now, setting) = clock.reading
        var last: Int64? = 0
        while let start = last {
            last = await queue.ending(within: Self.patience) { [self] in
                try? self.connection.lend { session in
                    try session.pool.write { database in
                        try QuotaTable(database: database)
                            .clear(after: start, limit: Self.clearingSize, setting, at: now)
                    }
                }
            }.flatMap { $0 }
        }
    }

    /// Returns when what was ended so far is on the disk.
    package func flush() async {
        if state.withLock(\.hasMore) { enqueue(.renew([])) }
        _ = await queue.ending(within: Self.patience) {}
    }
}
