/// How much evidence it takes to call something down, and to call it up again.
package struct HealthRules: Sendable, Hashable {
    /// Evidence that agrees: so much of it in a row, or for so long.
    package struct Evidence: Sendable, Hashable {
        /// How many looks in a row.
        package var looks: Int
        /// For how long.
        package var time: Duration

        /// Evidence.
        package init(looks: Int, time: Duration) {
            self.looks = looks
            self.time = time
        }
    }

    /// What makes a state worse.
    package var worsens = Evidence(looks: 2, time: .seconds(15))
    /// What makes it better.
    package var improves = Evidence(looks: 3, time: .seconds(30))
    /// So many changes…
    package var flaps = 6
    /// …within this time are too many: then it counts as bad…
    package var flapWindow: Duration = .seconds(600)
    /// …until it has been good for so long.
    package var calm: Duration = .seconds(600)
    /// After how long without any evidence nothing is known any more.
    package var memory: Duration = .seconds(1_800)

    /// The standard rules.
    package init() {}
}
