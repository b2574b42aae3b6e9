/// What becomes of a request that holds a credential, from the mildest to the strictest.
///
///     options.secrets = .block            // stricter than the configuration; milder ones do not count
public enum SecretPolicy: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Nobody looks.
    case off
    /// It goes on as it is, and its findings are told.
    case warn
    /// It goes on with placeholders in the place of the credentials.
    case redact
    /// It is refused, and nothing is sent.
    case block

    /// Whether one is milder than another.
    public static func < (left: SecretPolicy, right: SecretPolicy) -> Bool { left.strictness < right.strictness }

    private var strictness: Int {
        switch self {
        case .off: 0
        case .warn: 1
        case .redact: 2
        case .block: 3
        }
    }
}
