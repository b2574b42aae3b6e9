internal import CoreMetrics
internal import Synchronization

/// A number that only grows. One atomic addition, no lock.
final class CounterSeries: CounterHandler {
    private let count = Atomic<Int64>(0)

    /// The number now.
    var value: Int64 { count.load(ordering: .relaxed) }

    /// Adds; what would shrink it is no count.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { count.store(0, ordering: .relaxed) }
}

/// A number that only grows, in fractions.
final class FractionalCounterSeries: FloatingPointCounterHandler {
    private let sum = AtomicDouble()

    /// The number now.
    var value: Double { sum.value }

    /// Adds; what would shrink it is no count.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        sum.add(amount)
    }

    func reset() { sum.value = 0 }
}
