/// What the platform says to an `Authorization` header.
enum CredentialVerdict: Sendable, Hashable {
    /// An account, by a hash of its token.
    case account(UInt64)
    case accountWithoutBudget
    case refused(PlatformError)

    init(_ header: String?, by credentials: SimulatorCredentials) {
        guard let header, let token = Self.token(in: header) else {
            self = .refused(.badCredentials)
            return
        }
        var hash = StableHash()
        hash.combine(token)
        switch credentials.policy {
        case .anything: self = .account(hash.value)
        case .exactly(let tokens): self = tokens.contains(token) ? .account(hash.value) : .refused(.badCredentials)
        case .wellFormed, .genuine:
            guard let parsed = GitHubToken(token), parsed.kind != .refresh else {
                self = .refused(.badCredentials)
                return
            }
            if parsed.body.hasPrefix("NOMODELS") {
                self = .refused(.modelsPermission)
            } else if parsed.body.hasPrefix("NOBUDGET") {
                self = .accountWithoutBudget
            } else if credentials.policy == .genuine, !parsed.hasRightChecksum {
                self = .refused(.badCredentials)
            } else {
                self = .account(hash.value)
            }
        }
    }

    /// The scheme's name has no case.
    private static func token(in header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }
}
