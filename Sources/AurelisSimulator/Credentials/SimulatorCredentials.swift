/// Which tokens the platform knows.
///
/// A well-formed token whose part after the prefix begins with `NOMODELS` lacks the `models` permission, and the
/// account of one that begins with `NOBUDGET` has reached its budget limit.
package struct SimulatorCredentials: Sendable, Hashable {
    enum Policy: Sendable, Hashable {
        case anything
        case wellFormed
        case genuine
        case exactly(Set<String>)
    }

    let policy: Policy

    /// Any token that is not empty: for comparisons with clients that have other keys.
    package static let anything = SimulatorCredentials(policy: .anything)

    /// Any token of the form that GitHub gives its API credentials; `ghr_` is none of those.
    package static let wellFormed = SimulatorCredentials(policy: .wellFormed)

    /// As `wellFormed`, and the checksum of the classic form is right, as it is in every token that GitHub made: a
    /// mistyped token is refused.
    package static let genuine = SimulatorCredentials(policy: .genuine)

    /// These tokens and no others, whatever their form.
    package static func exactly(_ tokens: Set<String>) -> SimulatorCredentials {
        SimulatorCredentials(policy: .exactly(tokens))
    }

    /// A token that every policy but `exactly` accepts, checksum included. It belongs to nobody.
    package static let exampleToken = "ghp_" + GitHubToken.withChecksum(String(repeating: "0", count: 30))
}
