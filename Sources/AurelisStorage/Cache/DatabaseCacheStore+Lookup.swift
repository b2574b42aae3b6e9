package import Aurelis
internal import Dispatch
internal import GRDB
internal import Synchronization

extension DatabaseCacheStore {
    /// Look-ups that wait for the disk, beyond which an answer counts as not there.
    private static let maximumReading = 64

    private enum Lookup: Sendable {
        case ended(Result<[UInt8]?, any Error>)
        case late
        case cancelled
    }

    /// The sealed answer of a key, which may have expired; nil when there is none, or none in time.
    package func sealed(for key: CacheKey) async -> [UInt8]? {
        guard let permit = admit(key) else { return nil }
        let lookup = await ask(key)
        settle(permit, lookup)
        guard case .ended(.success(let sealed)) = lookup else { return nil }
        return sealed
    }

    /// Whether the database is to be asked; nil when the answer is known, or not to be had.
    private func admit(_ key: CacheKey) -> CircuitBreaker.Permit? {
        let additions = counters.additions.value
        return state.withLock { state in
            state.statistics.lookups += 1
            if state.index.excludes(key, additions: additions) {
                state.statistics.indexRejections += 1
                return nil
            }
            guard !state.isOff, !state.queue.deletes(key), state.reading < Self.maximumReading else { return nil }
            guard let permit = state.circuit.closedPermit ?? state.probe(at: time.now) else { return nil }
            state.reading += 1
            return permit
        }
    }

    private func ask(_ key: CacheKey) async -> Lookup {
        let first = FirstResult<Lookup>()
        let end = time.now.advanced(by: limits.lookup)
        reads.async { [self] in
            let result = Result { try read(key) }
            state.withLock { $0.reading -= 1 }
            first.deliver(.ended(result))
        }
        return await withTaskGroup(of: Void.self) { [time] group in
            group.addTask {
                do {
                    try await time.sleep(until: end)
                    first.deliver(.late)
                } catch {
                    first.deliver(.cancelled)
                }
            }
            defer { group.cancelAll() }
            return await first.value
        }
    }

    private func settle(_ permit: CircuitBreaker.Permit, _ lookup: Lookup) {
        let failure: String?
        let outcome: CircuitBreaker.Outcome
        switch lookup {
        case .ended(.success): (outcome, failure) = (.success, nil)
        case .ended(.failure(let error)): (outcome, failure) = (.fault, "\(error)")
        case .late: (outcome, failure) = (.fault, "a look-up took longer than \(limits.lookup.briefly)")
        case .cancelled: (outcome, failure) = (.neutral, nil)
        }
        let now = time.now
        let opens = state.withLock { state in
            let wasClosed = state.circuit.closedPermit != nil
            state.circuit.settle(permit, outcome, at: now)
            switch state.circuit.state {
            case .open: return true
            case .closed where !wasClosed: state.hasComplained = false
            case .closed, .halfOpen: break
            }
            return false
        }
        // One slow moment is not worth a word.
        if let failure { note(failure, complains: opens) }
    }

    private func read(_ key: CacheKey) throws -> [UInt8]? {
        guard connection.exists else { return nil }
        let additions = counters.additions.value
        return try attending { session in
            try session.pool.unsafeRead { database in
                let table = CacheTable(database: database, now: now)
                let (row, invalidations) = state.withLock { state in
                    (state.rowToReadFrom(session.number, additions), state.invalidations)
                }
                if let row {
                    let news = try table.news(after: row, file: session.number, additions: additions)
                    state.withLock { $0.index.append(news) }
                }
                return try table.sealed(for: key, except: invalidations)
            }
        }
    }
}

extension DatabaseCacheStore.State {
    /// The right to find out whether the disk is back.
    fileprivate mutating func probe(at now: ContinuousClock.Instant) -> CircuitBreaker.Permit? {
        guard case .admitted(let permit) = circuit.admit(at: now) else { return nil }
        return permit
    }

    /// The row from which on the index knows nothing; nil when it knows everything, or nothing at all.
    fileprivate func rowToReadFrom(_ file: UInt64, _ additions: UInt64) -> Int64? {
        guard index.file == file, let known = index.additions, known != additions else { return nil }
        return index.lastRow
    }
}
