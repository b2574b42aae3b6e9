internal import Aurelis
internal import GRDB
internal import Synchronization

/// The connections to a file, whatever becomes of it: opened when needed, again when it was replaced,
/// afresh when it is damaged.
///
/// Everything here may wait for the disk, and is called where that holds nobody up.
final class StorageConnection: Sendable {
    /// The file while it is open.
    struct Session: Sendable {
        /// Grows with every opening.
        let number: UInt64
        let pool: DatabasePool
        fileprivate let identity: FileIdentity?
    }

    private struct State {
        var session: Session?
        var openings: UInt64 = 0
        /// Why it could not be opened, and until when that is not tried again.
        var refusal: (error: any Error, until: ContinuousClock.Instant)?
    }

    /// How long a file that cannot be opened is left alone.
    private static let pause: Duration = .seconds(5)

    private let file: StorageFile
    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ file: StorageFile, time: any TimeSource) {
        self.file = file
        self.time = time
    }

    /// Whether there is anything to read.
    var exists: Bool { state.withLock { $0.session != nil } || file.exists }

    /// The file, which is made or brought up to date when that is necessary.
    func session() throws -> Session {
        try state.withLock { state in
            if let session = state.session { return session }
            if let refusal = state.refusal, time.now < refusal.until { throw refusal.error }
            do {
                let opened = try file.open()
                state.openings += 1
                state.refusal = nil
                let session = Session(number: state.openings, pool: opened.pool, identity: opened.identity)
                state.session = session
                return session
            } catch {
                state.refusal = (error, time.now.advanced(by: Self.pause))
                throw error
            }
        }
    }

    /// Lets go of the file when it is no longer the one at its path: somebody deleted it, or replaced it.
    func refresh() throws {
        try state.withLock { state in
            guard let session = state.session, FileIdentity(path: file.path) != session.identity else { return }
            state.session = nil
            try file.close()
        }
    }

    /// Lends the file that is at the path now; one that turns out to be damaged is moved aside for the next time.
    func lend<Value>(_ body: (Session) throws -> Value) throws -> Value {
        try refresh()
        let session = try session()
        do {
            return try body(session)
        } catch let error as DatabaseError where error.isDamage {
            try replace(session)
            throw error
        }
    }

    /// Moves a damaged file aside, unless that has been done.
    func replace(_ damaged: Session) throws {
        try state.withLock { state in
            guard state.session?.number == damaged.number else { return }
            state.session = nil
            try file.close(damaged: damaged.identity)
        }
    }
}
