/// A clock that goes some times faster than another: a day in minutes, for simulations.
///
///     let time = ScaledTimeSource(240)       // four seconds in each sixtieth of one
package struct ScaledTimeSource: TimeSource {
    private let base: any TimeSource
    private let origin: ContinuousClock.Instant
    private let factor: Int

    /// - Parameter factor: how many times faster; at least 1.
    package init(_ factor: Int, of base: any TimeSource = SystemTimeSource()) {
        self.base = base
        self.factor = max(1, factor)
        origin = base.now
    }

    /// The present of the faster clock.
    package var now: ContinuousClock.Instant { origin.advanced(by: origin.duration(to: base.now) * factor) }

    /// Returns at `instant` of the faster clock.
    package func sleep(until instant: ContinuousClock.Instant) async throws(CancellationError) {
        try await base.sleep(until: origin.advanced(by: origin.duration(to: instant) / factor))
    }
}
