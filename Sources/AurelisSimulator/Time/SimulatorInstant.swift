/// A moment in simulated time, in nanoseconds since the simulator was made.
struct SimulatorInstant: Sendable, Hashable, Comparable {
    var nanoseconds: UInt64

    static let start = SimulatorInstant(nanoseconds: 0)

    static func < (left: SimulatorInstant, right: SimulatorInstant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The moment that much later, or the latest there is. A negative duration counts as zero.
    func advanced(by duration: Duration) -> SimulatorInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.clampedNanoseconds)
        return SimulatorInstant(nanoseconds: overflow ? .max : sum)
    }

    /// What lies between; zero when `other` is not later.
    func duration(to other: SimulatorInstant) -> Duration {
        .nanoseconds(Int64(clamping: other.nanoseconds > nanoseconds ? other.nanoseconds - nanoseconds : 0))
    }
}

extension Duration {
    /// Whole nanoseconds, from zero to the most that fits.
    var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        let (sum, carried) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
        return carried ? .max : sum
    }

    /// The whole seconds to wait so that this much time is over: rounded up.
    var secondsRoundedUp: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) + (attoseconds > 0 ? 1 : 0)
    }

    /// Fractional seconds, bounded so that arithmetic with them cannot overflow.
    static func bounded(seconds: Double) -> Duration { .seconds(min(max(seconds, 0), 1e9)) }
}
