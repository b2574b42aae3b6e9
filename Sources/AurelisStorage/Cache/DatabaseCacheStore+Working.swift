internal import Aurelis
internal import Dispatch
internal import GRDB
internal import Logging
internal import Synchronization

extension DatabaseCacheStore {
    /// Work that waits for the disk, beyond which nothing more is begun.
    private static let maximumWork = 16

    /// The present, in milliseconds since 1970-01-01 UTC.
    var now: Int64 { clock.millisecondsSinceEpoch }

    /// Does something that may wait for the disk, also in a cancelled task.
    ///
    /// - Returns: nil when it has not ended within its time; it goes on.
    func working<Value: Sendable>(
        _ body: @escaping @Sendable (DatabaseCacheStore) throws -> Value
    ) async -> Result<Value, any Error>? {
        let begins = state.withLock { state in
            guard state.working < Self.maximumWork else { return false }
            state.working += 1
            return true
        }
        guard begins else { return nil }
        return await work.ending(within: limits.work) { [self] in
            defer { state.withLock { $0.working -= 1 } }
            return Result { try body(self) }
        }
    }

    /// Does something with the file, and looks after the file when it turns out to be damaged or of no use.
    func attending<Value>(_ body: (StorageConnection.Session) throws -> Value) throws -> Value {
        // Alone with the file this process would not hear what others add and invalidate.
        if let error = counters.error { throw error }
        let session: StorageConnection.Session
        do {
            // What is written to a file that somebody has deleted or replaced is written for nobody.
            try connection.refresh()
            session = try connection.session()
        } catch let error as StorageError {
            turnOff(error)
            throw error
        }
        state.withLock { state in
            state.isOff = false
            if state.index.file < session.number { state.index = FingerprintIndex(file: session.number) }
        }
        do {
            return try body(session)
        } catch let error as DatabaseError where error.isDamage {
            try connection.replace(session)
            state.withLock { $0.index = FingerprintIndex(file: max($0.index.file, session.number)) }
            // Makes the others look which file they have.
            _ = counters.additions.increment()
            throw error
        }
    }

    /// Counts a failure, and says so once per outage.
    ///
    /// - Parameter complains: whether it is worth saying at all.
    func note(_ failure: String, complains: Bool = true) {
        let isNew = state.withLock { state in
            state.statistics.failures += 1
            state.statistics.lastError = failure
            guard complains, !state.hasComplained else { return false }
            state.hasComplained = true
            return true
        }
        if isNew { complain(failure) }
    }

    /// Counts a failure, and says so once per outage.
    func note(_ error: any Error) {
        // Of a damaged file is spoken where it is replaced.
        note("\(error)", complains: (error as? DatabaseError)?.isDamage != true)
    }

    /// Takes note that something works again.
    func noteSuccess() { state.withLock { $0.hasComplained = false } }

    /// Does without the file until it can be used.
    private func turnOff(_ error: StorageError) {
        let isNew = state.withLock { state in
            defer { (state.isOff, state.hasComplained) = (true, true) }
            return !state.isOff
        }
        if isNew { complain("\(error)") }
    }

    private func complain(_ failure: String) { logger.warning("answers are not cached on the disk: \(failure)") }
}
