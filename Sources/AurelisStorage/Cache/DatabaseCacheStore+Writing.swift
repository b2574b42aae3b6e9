package import Aurelis
internal import GRDB
internal import Synchronization

extension DatabaseCacheStore {
    /// How many answers are written in one transaction, so that other processes come in between.
    private static let groupEntries = 256
    /// How large they are together.
    private static let groupBytes = 8_000_000
    /// How much upkeep a process does before it ends; those that live on do the rest.
    private static let upkeepRounds = 10
    /// Answers past their time that are deleted by the way.
    static let expiredPerGroup = 256

    /// Writes what is waiting itself, and does what invalidations have left to do.
    package func flush() async {
        let ended = await working { store in
            store.writeWaiting()
            guard store.state.withLock(\.isUpkeepDue) else { return }
            for _ in 0..<Self.upkeepRounds where !store.keepUp() { break }
        }
        if ended == nil { note("what was waiting could not be written within \(limits.work.briefly)") }
    }

    /// Makes answers unfindable, for every process of the data directory.
    ///
    /// - Throws: when that is not certain; it is tried again as long as the process runs.
    package func invalidate(_ invalidation: CacheInvalidation) async throws(CacheStoreError) {
        state.withLock { state in
            state.queue.drop(where: invalidation.covers)
            state.remember(invalidation)
        }
        try certain(await working { try $0.applyInvalidations() })
    }

    /// Brings everything that is waiting to the disk, as far as the disk takes it.
    func writeWaiting() {
        do {
            try applyInvalidations()
            while true {
                let group = state.withLock { $0.queue.take(entries: Self.groupEntries, bytes: Self.groupBytes) }
                guard !group.isEmpty else { return }
                do {
                    try write(group)
                } catch {
                    state.withLock { $0.queue.putBack(group) }
                    throw error
                }
            }
        } catch {
            note(error)
        }
    }

    private func write(_ group: AnswerQueue.Group) throws {
        try attending { session in
            let additions = counters.additions.value
            let (indexed, row) = state.withLock { ($0.index.isLoaded, $0.index.lastRow) }
            let (refused, expired, news) = try session.pool.write { database in
                let table = CacheTable(database: database, now: now)
                try table.delete(group.deletions)
                let refused = try table.write(group.records, lifetime: limits.lifetime, retention: limits.retention)
                let expired = try table.deleteExpired(limit: Self.expiredPerGroup)
                try table.trim(entries: limits.entries, bytes: limits.bytes)
                let news =
                    indexed ? try table.news(after: row, file: session.number, additions: additions) : nil
                return (refused, expired, news)
            }
            let counted = refused < group.records.count ? counters.additions.increment() : nil
            state.withLock { state in
                if let news { state.index.append(news) }
                if let counted { state.index.see(addition: counted) }
                state.queue.settle(group, refused: refused)
                state.statistics.kept += group.records.count - refused
                state.statistics.expired += expired
            }
            noteSuccess()
        }
    }

    /// Brings the invalidations to the database that are not there yet.
    private func applyInvalidations() throws {
        let pending = state.withLock(\.invalidations)
        guard !pending.isEmpty else { return }
        try attending { session in
            try session.pool.write { database in
                let table = CacheTable(database: database, now: now)
                for invalidation in pending { try table.invalidate(invalidation) }
            }
        }
        // After they are in effect: whoever sees the new number must not find what they cover.
        counters.invalidations.increment()
        state.withLock { state in
            state.invalidations.removeAll(where: pending.contains)
            state.isUpkeepDue = true
        }
    }
}

extension DatabaseCacheStore.State {
    /// Invalidations that wait for the database, beyond which all answers count no more.
    private static let maximumInvalidations = 64

    fileprivate mutating func remember(_ invalidation: CacheInvalidation) {
        if invalidations.count >= Self.maximumInvalidations {
            let latest = invalidations.reduce(invalidation.time) { max($0, $1.time) }
            invalidations = [CacheInvalidation(.all, time: latest)]
        } else {
            invalidations.append(invalidation)
        }
    }
}
