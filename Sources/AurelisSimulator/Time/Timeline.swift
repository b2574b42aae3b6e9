/// Simulated time: a clock's time, some times faster, moved on by hand.
struct Timeline: Sendable {
    private let clock: SimulatorClock
    private let origin: UInt64
    private let scale: Double
    private var moved = Duration.zero

    init(clock: SimulatorClock, scale: Double) {
        self.clock = clock
        self.origin = clock.nanoseconds
        self.scale = scale
    }

    var now: SimulatorInstant {
        let passed = clock.nanoseconds &- origin
        let scaled = scale == 1 ? passed : UInt64(min(Double(passed) * scale, 1e18))
        return SimulatorInstant(nanoseconds: scaled).advanced(by: moved)
    }

    mutating func advance(by duration: Duration) { moved = min(moved + max(duration, .zero), .seconds(1_000_000_000)) }

    /// How long the clock takes to pass a stretch of simulated time; nil when it never does.
    func realDuration(of simulated: Duration) -> Duration? { clock.ticks ? simulated / scale : nil }
}
