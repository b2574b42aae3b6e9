/// That a request held a credential: what kind and where, never what it said.
///
///     response.trace.findings     // [github_token in messages[0].content: redacted]
public struct SecretNotice: Sendable, Hashable, CustomStringConvertible {
    /// What kind of credential it was.
    public var kind: SecretKind
    /// Where it was, such as `messages[0].content`.
    public var place: String
    /// What became of it.
    public var action: Action

    /// What became of a credential.
    public enum Action: String, Sendable, Hashable {
        /// It was sent.
        case passed
        /// A placeholder was sent.
        case redacted
        /// Nothing was sent.
        case blocked
    }

    /// A notice.
    public init(kind: SecretKind, place: String, action: Action) {
        self.kind = kind
        self.place = place
        self.action = action
    }

    /// `github_token in messages[0].content: redacted`
    public var description: String { "\(kind) in \(place): \(action.rawValue)" }
}
