internal import Aurelis
internal import AurelisProviders
internal import AurelisTransport
internal import Logging

/// Makes the providers that a configuration names.
struct ProviderFactory {
    let client: HTTPClient
    let environment: [String: String]
    let logger: Logger

    /// The providers of a configuration, the preferred one first.
    func providers(_ configuration: Configuration) throws(ConfigurationError) -> [any ModelProvider] {
        var providers: [any ModelProvider] = []
        for entry in configuration.providers { providers.append(try provider(entry)) }
        return providers
    }

    /// One provider.
    func provider(_ entry: Configuration.Provider) throws(ConfigurationError) -> OpenAICompatibleProvider {
        do {
            var settings = ProviderSettings(id: ProviderID(rawValue: entry.id), preset: try .named(entry.preset))
            settings.baseURL = entry.baseURL
            settings.placeholders = entry.placeholders
            settings.models = entry.models
            settings.plan = entry.plan
            settings.quota = entry.quota
            settings.prefill = entry.prefill
            settings.headers = entry.headers.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) }
            settings.timeouts = entry.timeouts
            settings.tls = entry.tls
            try settings.tls?.check(path: "providers.\(entry.id).tls")
            if let signing = entry.signing {
                settings.signer = try SigningFactory(environment: environment).signer(signing, of: entry.id)
            }
            switch entry.apiKey {
            case .environment(let name): settings.credential = .environment(name)
            case .file(let path): settings.credential = .file(path)
            case .literal(let secret): settings.credential = .literal(secret)
            case nil: break
            }
            let credentials = Credentials(settings: settings, environment: environment)
            return try OpenAICompatibleProvider(
                settings: settings,
                client: client,
                credentials: credentials,
                onNotice: { [logger] notice in logger.warning("\(notice)") }
            )
        } catch let error as ConfigurationError {
            throw error
        } catch let error as ProviderSettingsError {
            throw ConfigurationError(error.message, path: "providers.\(entry.id).\(error.setting)")
        } catch {
            throw ConfigurationError("\(error)", path: "providers.\(entry.id)")
        }
    }
}
