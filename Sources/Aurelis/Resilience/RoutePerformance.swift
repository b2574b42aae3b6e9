#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// How long a route takes and how often it answers, measured on the requests that went over it anyway.
///
/// Each observation counts half as much after the half-life, so that yesterday's trouble does not decide today.
struct RoutePerformance: Sendable, Hashable {
    /// Sums of what was observed, each decayed to `lastUpdate`.
    private var weight = 0.0
    private var successes = 0.0
    private var seconds = 0.0
    /// When the last attempt was observed; nil: none was.
    private(set) var lastUpdate: ContinuousClock.Instant?

    /// After this time an observation counts half.
    static let halfLife = 300.0

    /// Takes note of one attempt: how long it took, and whether it was answered.
    mutating func observe(_ duration: Duration, answered: Bool, at now: ContinuousClock.Instant) {
        let factor = decay(until: now)
        weight = weight * factor + 1
        successes = successes * factor + (answered ? 1 : 0)
        seconds = seconds * factor + duration.seconds
        lastUpdate = now
    }

    /// The time after which an answer can be expected, failed attempts on the way included; nil when nothing recent is
    /// known. A route that never answered is infinitely slow.
    func expectedSeconds(at now: ContinuousClock.Instant) -> Double? {
        guard weight * decay(until: now) >= Self.leastWeight else { return nil }
        // (seconds / weight) for an attempt, divided by (successes / weight), the share of attempts that answer.
        return successes > 0 ? seconds / successes : .infinity
    }

    /// The share of attempts that were answered, 0 to 1; nil when nothing recent is known.
    func successRate(at now: ContinuousClock.Instant) -> Double? {
        guard weight * decay(until: now) >= Self.leastWeight else { return nil }
        return successes / weight
    }

    /// Below this weight (one attempt some seventeen minutes ago) a route counts as unmeasured, and is tried again.
    private static let leastWeight = 0.1

    private func decay(until now: ContinuousClock.Instant) -> Double {
        guard let lastUpdate else { return 0 }
        let elapsed = lastUpdate.duration(to: now).seconds
        // Within a burst there is nothing to decay, and `exp2` would be most of the cost.
        return elapsed < 0.05 ? 1 : exp2(-elapsed / Self.halfLife)
    }
}
