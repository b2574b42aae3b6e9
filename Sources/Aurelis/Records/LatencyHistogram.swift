/// How long some answers took, sorted into classes: exact enough for a chart, small enough to have one for each second.
///
///     histogram.add(microseconds: 48_000)
///     histogram.percentile(0.95)
///
/// A class is at most a fifth as wide as its times are long, from 64 us to two minutes; what lies outside counts in the
/// first or the last.
struct LatencyHistogram: Sendable, Hashable {
    /// Empty until the first time: most seconds of most days have none.
    private var counts: [UInt32] = []
    private(set) var count = 0

    /// Four classes to each doubling, from 2^6 to 2^28 us.
    private static let classes = 4 * (28 - 6)

    mutating func add(microseconds: Int64) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.classes) }
        counts[Self.index(of: microseconds)] &+= 1
        count += 1
    }

    static func += (histogram: inout LatencyHistogram, other: LatencyHistogram) {
        guard other.count > 0 else { return }
        guard histogram.count > 0 else { return histogram = other }
        for index in histogram.counts.indices { histogram.counts[index] &+= other.counts[index] }
        histogram.count += other.count
    }

    /// The time within which this share of them came; nil when there were none.
    func percentile(_ share: Double) -> Duration? {
        guard count > 0 else { return nil }
        let rank = min(max(1, Int((share * Double(count)).rounded(.up))), count)
        var before = 0
        for (index, members) in counts.enumerated() {
            guard before + Int(members) < rank else {
                let (lower, width) = Self.bounds(of: index)
                let place = (Double(rank - before) - 0.5) / Double(members)
                return .microseconds(lower + Int64(place * Double(width)))
            }
            before += Int(members)
        }
        return nil
    }

    private static func index(of microseconds: Int64) -> Int {
        let value = UInt64(max(64, microseconds))
        let exponent = 63 - value.leadingZeroBitCount
        let quarter = Int((value >> UInt64(exponent - 2)) & 3)
        return min((exponent - 6) * 4 + quarter, classes - 1)
    }

    private static func bounds(of index: Int) -> (lower: Int64, width: Int64) {
        let width = Int64(1) << Int64(index / 4 + 4)
        return (Int64(4 + index % 4) * width, width)
    }
}
