internal import Aurelis
internal import Dispatch
internal import GRDB
internal import Logging
internal import Synchronization

// How operations come into the books: together, one transaction after the other, on a queue of their own.
extension DatabaseQuotaLedger {
    func enqueue(_ operation: Operation) {
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
                        try QuotaTable(database: database).write(meter, id)
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

    /// What the file has of some meters; what it does not have, because somebody deleted it, is still remembered.
    func meters(
        _ ids: some Sequence<QuotaMeterID>,
        in database: Database
    ) throws -> [QuotaMeterID: QuotaMeter] {
        let table = QuotaTable(database: database)
        var meters: [QuotaMeterID: QuotaMeter] = [:]
        for id in ids { meters[id] = try table.meter(id) ?? state.withLock { $0.books.meters[id] } }
        return meters
    }

    /// The file cannot be used, which is said once.
    func fail(_ reason: String) {
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
            case .settle, .postpone, .learn, .renew, .follow, .count: break
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
}

extension DatabaseQuotaLedger.State {
    /// Whether there is something for the next transaction, which nobody may begin for a while.
    var hasMore: Bool { !waiting.isEmpty || !unwritten.isEmpty }

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
            case .settle, .postpone, .learn, .count: unwritten.append(operation)
            case .renew, .follow: break
            }
        }
        let excess = unwritten.count - DatabaseQuotaLedger.maximumUnwritten
        if excess > 0 { unwritten.removeFirst(excess) }
        return decisions
    }
}
