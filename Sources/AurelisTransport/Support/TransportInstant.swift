/// A moment on the monotonic clock of an event loop, in nanoseconds.
struct TransportInstant: Sendable, Hashable, Comparable {
    var nanoseconds: UInt64

    /// Later than anything that happens.
    static let never = TransportInstant(nanoseconds: .max)

    static func < (lhs: TransportInstant, rhs: TransportInstant) -> Bool {
        lhs.nanoseconds < rhs.nanoseconds
    }

    /// The moment that much later, or the latest there is. A negative duration counts as zero.
    func advanced(by duration: Duration) -> TransportInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.clampedNanoseconds)
        return TransportInstant(nanoseconds: overflow ? .max : sum)
    }
}

extension Duration {
    /// Whole nanoseconds, from zero to the most a `UInt64` holds.
    var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        let (sum, carried) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
        return carried ? .max : sum
    }
}
