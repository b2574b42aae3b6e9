/// A fault, and when it applies.
package struct FaultStep: Sendable, Hashable {
    /// How often a step applies before the next one has its turn.
    package enum Times: Sendable, Hashable {
        case count(Int)
        case always
    }

    /// What happens.
    package var fault: Fault
    /// How often.
    package var times: Times
    /// Only for streams, or only for whole answers; nil: for both.
    package var stream: Bool?
    /// The share of requests that it applies to, 0 to 1; which ones is decided by the seed.
    ///
    /// The dice are cast once for a request, so of two steps with 0.1 and 0.3 the second gets two tenths.
    package var probability: Double

    /// A step.
    package init(_ fault: Fault, times: Times = .count(1), stream: Bool? = nil, probability: Double = 1) {
        self.fault = fault
        self.times = times
        self.stream = stream
        self.probability = probability
    }

    func applies(toStream isStream: Bool) -> Bool {
        if let stream, stream != isStream { return false }
        return isStream || !fault.needsStream
    }
}
