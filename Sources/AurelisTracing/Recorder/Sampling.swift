package import Aurelis

/// Which traces are recorded: what the caller of a request has decided, else a share of all.
///
///     Sampling(ratio: 0.1).samples(parent: nil, low: traceID.low)
package struct Sampling: Sendable, Hashable {
    /// 0 to 1.
    package let ratio: Double

    /// A share of those that nobody else decided about.
    package init(ratio: Double) { self.ratio = ratio.isNaN ? 0 : min(1, max(0, ratio)) }

    /// - Parameter low: the second half of the trace's name: every process that sees it decides alike.
    package func samples(parent: TraceContext?, low: UInt64) -> Bool {
        if let parent { return parent.isSampled }
        guard ratio < 1 else { return true }
        return Double(low >> 11) < ratio * 0x1p53
    }
}
