internal import CoreMetrics
internal import Synchronization

/// How many observations fell into each bucket, and their sum.
///
/// An observation is two atomic additions. A reader may meet one between them: the sum is then ahead of or behind the count by
/// that one, as with every client of Prometheus that takes no lock.
protocol HistogramSeries: AnyObject, Sendable {
    /// The upper bounds, ascending, without infinity.
    var bounds: [Double] { get }
    /// Their texts, made once.
    var boundTexts: [String] { get }
    /// The observations of each bucket alone; one more than there are bounds.
    var counts: [UInt64] { get }
    /// The sum of all observations.
    var sum: Double { get }
}

/// The buckets of a histogram.
struct Buckets: Sendable {
    private final class Bucket: Sendable {
        let count = Atomic<UInt64>(0)
    }

    private let buckets: [Bucket]

    init(count: Int) { buckets = (0..<count).map { _ in Bucket() } }

    var counts: [UInt64] { buckets.map { $0.count.load(ordering: .relaxed) } }

    func add(to index: Int) { buckets[index].count.wrappingAdd(1, ordering: .relaxed) }
}

/// Times, told in nanoseconds and shown in seconds.
final class TimeHistogramSeries: HistogramSeries, TimerHandler {
    let bounds: [Double]
    let boundTexts: [String]
    private let limits: [Int64]
    private let buckets: Buckets
    private let nanoseconds = Atomic<Int64>(0)

    init(bounds: [Double]) {
        self.bounds = bounds
        boundTexts = bounds.map(ExpositionWriter.bound)
        limits = bounds.map { Int64(($0 * 1e9).rounded()) }
        buckets = Buckets(count: bounds.count + 1)
    }

    var counts: [UInt64] { buckets.counts }

    var sum: Double { Double(nanoseconds.load(ordering: .relaxed)) / 1e9 }

    func recordNanoseconds(_ duration: Int64) {
        let duration = max(0, duration)
        buckets.add(to: limits.firstIndex { duration <= $0 } ?? limits.count)
        nanoseconds.wrappingAdd(duration, ordering: .relaxed)
    }
}

/// Values of any unit.
final class ValueHistogramSeries: HistogramSeries, RecorderHandler {
    let bounds: [Double]
    let boundTexts: [String]
    private let buckets: Buckets
    private let total = AtomicDouble()

    init(bounds: [Double]) {
        self.bounds = bounds
        boundTexts = bounds.map(ExpositionWriter.bound)
        buckets = Buckets(count: bounds.count + 1)
    }

    var counts: [UInt64] { buckets.counts }

    var sum: Double { total.value }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        buckets.add(to: bounds.firstIndex { value <= $0 } ?? bounds.count)
        total.add(value)
    }
}
