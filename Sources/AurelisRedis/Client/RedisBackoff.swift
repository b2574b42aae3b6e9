/// The waits between attempts to connect: doubling, with jitter, never above a cap.
package struct RedisBackoff: Sendable, Hashable {
    /// The first wait.
    package var base: Duration = .milliseconds(50)
    /// The longest wait.
    package var cap: Duration = .seconds(5)
    private var attempts = 0

    /// 50 ms to 5 s.
    package init() {}

    /// The next wait: from half of the doubled wait up to all of it, as `random` in 0..<1 decides.
    package mutating func next(random: Double) -> Duration {
        // Twenty doublings take every sensible base beyond every sensible cap.
        let full = min(base * (1 << min(attempts, 20)), cap)
        attempts += 1
        return full / 2 + full / 2 * random
    }

    /// Begins anew after success.
    package mutating func reset() {
        attempts = 0
    }
}
