import Aurelis
import Synchronization

/// A clock that a test moves; nobody sleeps on it.
final class ManualTime: TimeSource {
    private let state = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { state.withLock { $0 } }

    func advance(by duration: Duration) { state.withLock { $0 = $0.advanced(by: duration) } }

    func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError) {
        throw CancellationError()
    }
}
