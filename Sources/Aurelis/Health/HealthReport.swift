/// How a gateway is: as a whole, by its components, and by their parts.
///
///     if report.state == .unhealthy { print(report.components.filter { $0.state == .unhealthy }.map(\.reason)) }
public struct HealthReport: Sendable, Hashable {
    /// One component.
    public struct Component: Sendable, Hashable {
        /// Which.
        public var component: HealthComponent
        /// How it is.
        public var state: HealthState
        /// Since when, in milliseconds since 1970-01-01 UTC.
        public var since: Int64
        /// Why it is in trouble.
        public var reason: String?
        /// Its parts, in the order of their names.
        public var parts: [Part] = []
    }

    /// One part of a component.
    public struct Part: Sendable, Hashable {
        /// Its name, such as `gpt-4o@openai`.
        public var name: String
        /// How it is.
        public var state: HealthState
        /// Since when, in milliseconds since 1970-01-01 UTC.
        public var since: Int64
        /// Why it is in trouble.
        public var reason: String?
        /// Whether it changes too often to be called well.
        public var isFlapping = false
        /// What else is known.
        public var facts = HealthFacts()
    }

    /// When this was so, in milliseconds since 1970-01-01 UTC.
    public var time: Int64
    /// How the whole is: never `unknown`, for what nobody has tried may work.
    public var state: HealthState
    /// Since when, in milliseconds since 1970-01-01 UTC.
    public var since: Int64
    /// Every component, in their order.
    public var components: [Component]

    /// One component.
    public subscript(component: HealthComponent) -> Component? { components.first { $0.component == component } }
}
