/// One part of a component: a model, a provider, a layer.
package struct HealthSubject: Sendable, Hashable {
    /// What it is a part of.
    package var component: HealthComponent
    /// Its name there, such as `gpt-4o@openai`.
    package var name: String

    /// A part.
    package init(_ component: HealthComponent, _ name: String) {
        self.component = component
        self.name = name
    }
}

/// What one look at one part has shown.
package struct HealthObservation: Sendable, Hashable {
    /// At what.
    package var subject: HealthSubject
    /// How it looks.
    package var state: HealthState
    /// Why it looks bad.
    package var reason: String?
    /// What else is known.
    package var facts: HealthFacts

    /// An observation.
    package init(_ subject: HealthSubject, _ state: HealthState, _ reason: String? = nil, facts: HealthFacts = .init())
    {
        self.subject = subject
        self.state = state
        self.reason = reason
        self.facts = facts
    }
}

/// What is known of a part beside its state.
public struct HealthFacts: Sendable, Hashable {
    /// The share of recent attempts that were answered, 0 to 1; nil: there were none.
    public var successRate: Double?
    /// When it failed last, in milliseconds since 1970-01-01 UTC; nil: not since the process began.
    public var lastFailure: Int64?
    /// How it failed last.
    public var lastFailureReason: String?

    /// Nothing.
    public init() {}
}
