/// The GitHub plan whose limits apply.
package enum SimulatorTier: String, Sendable, Hashable, CaseIterable {
    /// Copilot Free, and everyone without a plan.
    case free
    /// Copilot Pro.
    case pro
    /// Copilot Business.
    case business
    /// Copilot Enterprise.
    case enterprise
}
