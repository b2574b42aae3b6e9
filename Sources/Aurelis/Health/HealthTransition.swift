/// Something got worse or better.
///
///     models: healthy → degraded, because gpt-4o@openai went from healthy to unhealthy
public struct HealthTransition: Sendable, Hashable {
    /// The change of one part.
    public struct Change: Sendable, Hashable {
        /// Which, such as `gpt-4o@openai`.
        public var name: String
        /// What it was.
        public var from: HealthState
        /// What it is.
        public var to: HealthState
        /// Why it is in trouble.
        public var reason: String?
    }

    /// When, in milliseconds since 1970-01-01 UTC.
    public var time: Int64
    /// What of.
    public var component: HealthComponent
    /// What the component was.
    public var from: HealthState
    /// What it is; the same as before when only its parts have changed.
    public var to: HealthState
    /// Since when it had been what it was, in milliseconds since 1970-01-01 UTC.
    public var since: Int64
    /// Why, in words.
    public var reason: String?
    /// What the whole is now.
    public var overall: HealthState
    /// The parts that have changed.
    public var changes: [Change]
}
