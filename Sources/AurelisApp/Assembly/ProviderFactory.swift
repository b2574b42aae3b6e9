internal import Aurelis
package import AurelisProviders
internal import AurelisTransport
internal import Logging

/// Makes the providers that a configuration names.
struct ProviderFactory {
    let client: HTTPClient
    let environment: [String: String]
    let logger: Logger
    /// Told of rules of security that applied.
    var trail: AuditTrail?

    /// The providers of a configuration, the preferred one first.
    func providers(_ configuration: Configuration) throws(ConfigurationError) -> [any ModelProvider] {
        let vault = CredentialVault(directory: configuration.dataDirectory, environment: environment)
        var providers: [any ModelProvider] = []
        for entry in configuration.providers { providers.append(try provider(entry, vault: vault)) }
        return providers
    }

    /// One provider.
    ///
    /// - Parameter vault: where its credential may be stored; nil: nowhere.
    func provider(
        _ entry: Configuration.Provider,
        vault: CredentialVault? = nil
    ) throws(ConfigurationError) -> OpenAICompatibleProvider {
        var settings = try ProviderSettings(entry)
        try settings.tls?.check(path: "providers.\(entry.id).tls")
        if let signing = entry.signing {
            settings.signer = try SigningFactory(environment: environment).signer(signing, of: entry.id)
        }
        do {
            return try OpenAICompatibleProvider(
                settings: settings,
                client: client,
                credentials: Credentials(settings: settings, environment: environment, vault: vault),
                onNotice: { [logger, trail] notice in
                    // A command that fails for it says so itself.
                    logger.log(level: notice.kind == .credentialMissing ? .notice : .warning, "\(notice)")
                    if notice.kind == .pinMismatch { trail?.pinMismatch(notice.message) }
                }
            )
        } catch {
            throw ConfigurationError(error.message, path: "providers.\(entry.id).\(error.setting)")
        }
    }
}

extension ProviderSettings {
    /// A provider as the configuration has it.
    package init(_ entry: Configuration.Provider) throws(ConfigurationError) {
        do {
            self.init(id: ProviderID(rawValue: entry.id), preset: try .named(entry.preset))
        } catch {
            throw ConfigurationError("\(error)", path: "providers.\(entry.id)")
        }
        baseURL = entry.baseURL
        placeholders = entry.placeholders
        models = entry.models
        if let rule = entry.unlistedModels { preset.unlistedModels = rule }
        plan = entry.plan
        quota = entry.quota
        prefill = entry.prefill
        headers = entry.headers.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) }
        timeouts = entry.timeouts
        tls = entry.tls
        switch entry.apiKey {
        case .environment(let name): credential = .environment(name)
        case .file(let path): credential = .file(path)
        case .literal(let secret): credential = .literal(secret)
        case nil: break
        }
    }
}
