internal import NIOCore

/// Where a simulator takes time from.
///
///     Simulator(configuration: configuration)                     // the system's time
///     Simulator(configuration: configuration, clock: .stopped)    // moves only with `advance(by:)`: for tests
package struct SimulatorClock: Sendable {
    private let reading: @Sendable () -> UInt64
    /// Whether time passes by itself, so that a timer is worth setting.
    let ticks: Bool

    /// The system's monotonic clock.
    package static let system = SimulatorClock(ticks: true) { NIODeadline.now().uptimeNanoseconds }

    /// A clock that stands still: quotas, outages and delays wait for `Simulator.advance(by:)`.
    package static let stopped = SimulatorClock(ticks: false) { 0 }

    private init(ticks: Bool, reading: @escaping @Sendable () -> UInt64) {
        self.ticks = ticks
        self.reading = reading
    }

    /// Nanoseconds since some moment.
    var nanoseconds: UInt64 { reading() }
}
