/// How often an alert is tried to be delivered, and how long it waits in between.
package struct AlertRetry: Sendable, Hashable {
    /// Waits after each attempt that failed; one attempt more than there are waits.
    package var waits: [Duration] = [.seconds(1), .seconds(5), .seconds(30), .seconds(120)]

    /// Five attempts within about three minutes.
    package init() {}

    /// How long to wait after so many attempts; nil: it is given up.
    ///
    /// - Parameter chance: 0 up to 1, by which those who wait together do not return together.
    package func wait(after attempts: Int, chance: Double) -> Duration? {
        guard attempts >= 1, attempts <= waits.count else { return nil }
        return waits[attempts - 1] * (1 + chance / 4)
    }
}
