internal import Aurelis
internal import AurelisApp
internal import AurelisProviders

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Takes a new credential in: from the terminal or a pipe, checked before it is stored.
struct CredentialIntake: Sendable {
    let desk: CredentialDesk
    let provider: Configuration.Provider
    let isOffline: Bool
    let console: Console

    /// A credential that may be stored, and what is known of it.
    ///
    /// - Throws: what is wrong with it; status 4 when its own checksum or the provider says so.
    func credential() async throws -> (credential: Credential, validity: CredentialValidity?) {
        let secret = try read()
        guard secret.isPrintable else {
            throw CommandFailure(.usage, "a credential has no spaces, control characters or letters beyond ASCII")
        }
        let kind = try ProviderSettings(provider).preset.credential.kind
        var warning: String?
        if kind == .github {
            if GitHubToken.checksum(in: secret) == .wrong {
                throw CommandFailure(
                    .authentication,
                    "the token's own checksum is wrong: it was mistyped or cut",
                    hint: "nothing was stored; copy it again"
                )
            }
            warning = GitHubToken.warning(about: secret)
        }
        if let warning { console.warn("that may be no GitHub token: \(warning)") }
        let credential = Credential(secret: secret, origin: "what was typed", warning: warning)
        guard !isOffline else { return (credential, nil) }
        let (desk, provider) = (desk, provider)
        let validity = try await Signals.interruptible {
            try await desk.validity(of: [credential], at: provider).first
        }
        switch validity {
        case .invalid(let reason):
            throw CommandFailure(
                .authentication,
                "\(provider.id) refuses the credential: \(reason)",
                hint: "nothing was stored",
                "--offline stores it unasked"
            )
        case .limited(let reason): console.warn("\(provider.id) takes the credential, with less rights: \(reason)")
        case .unverifiable(let reason):
            console.warn("whether \(provider.id) takes the credential is not known: \(reason)")
        case .valid, nil: break
        }
        return (credential, validity)
    }

    private func read() throws -> Secret {
        let isTyped = isatty(0) == 1
        let secret =
            isTyped
            ? try HiddenInput.ask("credential for \(provider.id) (not shown): ", on: 0, errors: console.errors)
            : try HiddenInput.piped()
        guard let secret else {
            throw CommandFailure(
                .usage,
                isTyped ? "nothing was typed" : "standard input holds no credential",
                hint: "type it at a terminal, or pipe it in; it is never an argument, which others could see"
            )
        }
        return secret
    }
}

extension CredentialValidity {
    /// One word.
    var word: String {
        switch self {
        case .valid: "valid"
        case .limited: "valid, limited"
        case .invalid: "invalid"
        case .unverifiable: "unverifiable"
        }
    }

    /// What the provider said; nil when there is nothing to add.
    var reason: String? {
        switch self {
        case .valid: nil
        case .limited(let reason), .invalid(let reason), .unverifiable(let reason): reason
        }
    }
}
