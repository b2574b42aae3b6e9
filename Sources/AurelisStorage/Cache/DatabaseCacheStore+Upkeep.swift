internal import Aurelis
internal import GRDB
internal import Synchronization

extension DatabaseCacheStore {
    /// How often what is waiting is written.
    private static let interval: Duration = .milliseconds(250)
    /// How often the file is looked after.
    private static let upkeepInterval: Duration = .seconds(10)
    /// Free pages that are given back to the disk at once, and that are not worth it.
    private static let vacuumStep = 2_000
    private static let freePages = 256

    /// Writes what is waiting and looks after the file until the task is cancelled; then writes what is left.
    package func run() async {
        var nextUpkeep = time.now
        while !Task.isCancelled {
            let isDue = time.now >= nextUpkeep
            _ = await working { store in
                store.writeWaiting()
                if isDue || store.state.withLock(\.isUpkeepDue) { _ = store.keepUp() }
            }
            if isDue { nextUpkeep = time.now.advanced(by: Self.upkeepInterval) }
            do { try await time.sleep(until: time.now.advanced(by: Self.interval)) } catch { break }
        }
        await flush()
    }

    /// Deletes what is past its time, gives room back, sees to it that the file is the one that others have and that
    /// the index is of that file.
    ///
    /// - Returns: whether there is more to do.
    func keepUp() -> Bool {
        do {
            counters.refresh()
            let isMore = try attending { session in
                let expired = try deleteExpired(session)
                let isRoomLeft = try giveRoomBack(session)
                try loadIndex(session)
                return expired == Self.expiredPerGroup || isRoomLeft
            }
            state.withLock { $0.isUpkeepDue = isMore }
            return isMore
        } catch {
            state.withLock { $0.isUpkeepDue = false }
            note(error)
            return false
        }
    }

    private func deleteExpired(_ session: StorageConnection.Session) throws -> Int {
        let horizon = now - (limits.lifetime + limits.retention).milliseconds
        let expired = try session.pool.write { database in
            let table = CacheTable(database: database, now: now)
            let expired = try table.deleteExpired(limit: Self.expiredPerGroup)
            try table.trim(entries: limits.entries, bytes: limits.bytes)
            try table.forgetInvalidations(before: horizon)
            return expired
        }
        state.withLock { $0.statistics.expired += expired }
        return expired
    }

    /// Makes the file smaller by some of the pages that are free.
    private func giveRoomBack(_ session: StorageConnection.Session) throws -> Bool {
        try session.pool.writeWithoutTransaction { database in
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            guard free > Self.freePages, free > pages / 8 else { return false }
            _ = try Row.fetchAll(database, sql: "PRAGMA incremental_vacuum(\(Self.vacuumStep))")
            // The file itself becomes smaller when the journal is worked in; whoever reads meanwhile puts that off.
            do { try database.checkpoint(.truncate) } catch let error as DatabaseError where !error.isDamage {}
            return free > Self.vacuumStep
        }
    }

    /// Reads the index when there is none, or when it is mostly of answers that are gone.
    private func loadIndex(_ session: StorageConnection.Session) throws {
        let additions = counters.additions.value
        let (isLoaded, count) = state.withLock { ($0.index.isLoaded, $0.index.count) }
        let news = try session.pool.read { database -> FingerprintIndex.News? in
            let table = CacheTable(database: database, now: now)
            if isLoaded, try count < 2 * table.usage().entries + 1_000 { return nil }
            return try table.news(after: 0, file: session.number, additions: additions)
        }
        if let news { state.withLock { $0.index.load(news) } }
    }
}
