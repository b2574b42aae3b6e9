internal import Aurelis
internal import Synchronization

/// What the work on a batch is asked for while it is done, and what it tells.
final class BatchRun: Sendable {
    /// Asks it to end: the server does.
    let stop = BatchStop()
    /// Asks it to end for another: it goes on at a later turn.
    let room = BatchStop()
    private let asking = Mutex<ContinuousClock.Instant?>(nil)

    /// Since when it asks; nil: it has not come to anything yet that is to be asked.
    var asksSince: ContinuousClock.Instant? { asking.withLock(\.self) }

    /// It asks.
    func asks(at now: ContinuousClock.Instant) { asking.withLock { $0 = $0 ?? now } }
}
