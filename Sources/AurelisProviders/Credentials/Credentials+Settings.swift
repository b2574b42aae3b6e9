package import Aurelis
internal import AurelisTransport

extension Credentials {
    /// The credentials of a provider, in the order: the explicit one, the preset's environment variables, what the
    /// configuration refers to, the encrypted store, the system keyring, and for GitHub `gh auth token`.
    ///
    /// A preset's own variables and `gh` belong to its own server. When the base URL is another one and the
    /// configuration refers to a credential, only that is used; `gh` is never asked for another server. What was stored
    /// is used for the server that it was stored for, and for no other.
    ///
    /// - Parameters:
    ///   - environment: the process environment, from which only the variables in question are kept.
    ///   - explicit: a credential from a flag or an argument, with a name for it.
    ///   - vault: where credentials are stored; nil: nowhere.
    package convenience init(
        settings: ProviderSettings,
        environment: [String: String],
        explicit: (secret: Secret, origin: String)? = nil,
        vault: CredentialVault? = nil,
        time: any TimeSource = SystemTimeSource()
    ) {
        let need = settings.preset.credential
        let (sources, variables) = Self.sources(settings, environment, explicit, vault)
        self.init(
            sources: sources,
            kind: need.kind,
            isRequired: need.isRequired || settings.credential != nil || explicit != nil,
            missing: MissingCredential(
                provider: settings.preset.displayName,
                variables: variables,
                login: vault?.store == nil ? nil : settings.id.rawValue
            ),
            time: time
        )
    }

    /// The sources in order, and the variables among them.
    static func sources(
        _ settings: ProviderSettings,
        _ environment: [String: String],
        _ explicit: (secret: Secret, origin: String)? = nil,
        _ vault: CredentialVault?
    ) -> (sources: [CredentialSource], variables: [String]) {
        let need = settings.preset.credential
        var sources: [CredentialSource] = []
        if let explicit { sources.append(.explicit(explicit.secret, origin: explicit.origin)) }
        var variables: [String] = []
        let isElsewhere = settings.baseURL != nil
        if !need.environment.isEmpty, !(isElsewhere && settings.credential != nil) {
            sources.append(.environment(need.environment, in: environment))
            variables = need.environment
        }
        switch settings.credential {
        case .environment(let name):
            sources.append(.environment([name], in: environment))
            if !variables.contains(name) { variables.append(name) }
        case .file(let path): sources.append(.file(path))
        case .literal(let secret): sources.append(.literal(secret))
        case nil: break
        }
        if let vault, let server = settings.server {
            sources += vault.sources(for: settings.id.rawValue, at: server, asksKeyring: need.isRequired)
        }
        if need.kind == .github, !isElsewhere { sources.append(.gitHubCLI(environment: environment)) }
        return (sources, variables)
    }
}

extension ProviderSettings {
    /// Where its credential is sent: scheme, host and port; nil for an address that is none.
    package var server: String? { try? ProviderEndpoint(self).origin.description }
}
