internal import CoreMetrics

/// A number that goes up and down: what swift-metrics calls a meter, or a recorder that does not aggregate.
final class GaugeSeries: MeterHandler, RecorderHandler {
    private let number = AtomicDouble()

    /// The number now.
    var value: Double { number.value }

    func set(_ value: Int64) { number.value = Double(value) }
    func set(_ value: Double) { number.value = value }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }
    func record(_ value: Int64) { number.value = Double(value) }
    func record(_ value: Double) { number.value = value }
}
