/// Lets only so many things pass in each second.
struct PerSecond: Sendable {
    private let limit: Int
    /// The second that is being counted, and what passed in it.
    private var second: ContinuousClock.Instant?
    private var count = 0

    init(_ limit: Int) { self.limit = limit }

    /// Whether one more passes.
    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        if let second, second.duration(to: now) < .seconds(1) {
            count += 1
        } else {
            second = now
            count = 1
        }
        return count <= limit
    }
}
