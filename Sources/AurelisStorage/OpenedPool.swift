internal import GRDB
internal import Synchronization

/// A pool that is opened once, by whoever needs it first.
final class OpenedPool: Sendable {
    private let pool = Mutex<DatabasePool?>(nil)

    func value(_ open: () throws -> DatabasePool) throws -> DatabasePool {
        try pool.withLock { pool in
            if let pool { return pool }
            let opened = try open()
            pool = opened
            return opened
        }
    }
}
