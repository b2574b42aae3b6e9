/// The moment by which a request must have its answer, shared by its attempts, waits and fallbacks.
struct Deadline: Sendable {
    let instant: ContinuousClock.Instant

    init(_ timeout: Duration, from start: ContinuousClock.Instant) {
        self.instant = start.advanced(by: timeout)
    }

    /// The same, put off.
    func later(by duration: Duration) -> Deadline { Deadline(duration, from: instant) }

    /// What is left; zero once it has passed.
    func remaining(at now: ContinuousClock.Instant) -> Duration {
        max(.zero, now.duration(to: instant))
    }

    /// Whether a wait of this length ends before the deadline with time left to try again.
    func admits(wait: Duration, at now: ContinuousClock.Instant) -> Bool {
        wait < remaining(at: now)
    }
}
