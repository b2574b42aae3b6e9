/// Where Aurelis reads and awaits time, so that a test can move it by hand.
///
/// Instants are monotonic: a corrected wall clock neither opens a circuit nor ends a deadline.
public protocol TimeSource: Sendable {
    /// The monotonic present.
    var now: ContinuousClock.Instant { get }

    /// Returns at `instant`, or throws `CancellationError` as soon as the task is cancelled.
    func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError)
}

/// The system's monotonic clock.
public struct SystemTimeSource: TimeSource {
    /// The system's clock.
    public init() {}

    /// The monotonic present.
    public var now: ContinuousClock.Instant { .now }

    /// Sleeps without blocking a thread.
    public func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError) {
        do {
            try await Task.sleep(until: instant, clock: .continuous)
        } catch {
            throw CancellationError()
        }
    }
}
