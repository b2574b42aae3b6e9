/// How much the database keeps, for how long, and how long anybody waits for it.
package struct DatabaseCacheLimits: Sendable, Hashable {
    /// How many answers are kept.
    package var entries = 100_000
    /// How large the answers are together.
    package var bytes = 1_000_000_000
    /// How long an answer is fresh here, from the moment the model gave it.
    package var lifetime: Duration = .seconds(86_400)
    /// How much longer it is kept, for when nobody else answers.
    package var retention: Duration = .zero
    /// How long a request waits for a look-up.
    package var lookup: Duration = .milliseconds(50)
    /// How long a write waits for another process that writes.
    package var busy: Duration = .seconds(2)
    /// How long anything but a look-up is waited for.
    package var work: Duration = .seconds(5)
    /// Answers that wait for the disk; more are dropped.
    package var waitingEntries = 4_096
    /// How large the answers that wait are together.
    package var waitingBytes = 64_000_000
    /// Answers that are written of each second; more are dropped.
    package var writesPerSecond = 500

    /// The standard limits.
    package init() {}
}
