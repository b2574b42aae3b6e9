package import Aurelis
package import AurelisProviders
internal import AurelisTransport
internal import Dispatch
package import Logging
internal import NIOPosix

/// What `aurelis auth` does: looks at every source of a provider's credential, asks the provider what it thinks of one, and
/// stores, replaces and removes them.
///
///     let desk = CredentialDesk(configuration, environment: environment, logger: logger)
///     let provider = try desk.provider("openai")
///     try desk.keep(secret, for: provider, in: .store(.file()))
package struct CredentialDesk: Sendable {
    /// Where credentials are stored.
    package let vault: CredentialVault
    private let configuration: Configuration
    private let environment: [String: String]
    private let logger: Logger

    /// A desk.
    ///
    /// - Parameter passphrase: who knows the store's passphrase; nil: a file that the environment names.
    package init(
        _ configuration: Configuration,
        environment: [String: String],
        passphrase: PassphraseSource? = nil,
        logger: Logger
    ) {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
        vault = CredentialVault(
            directory: configuration.dataDirectory,
            environment: environment,
            passphrase: passphrase
        )
    }

    /// The provider of this name: as the configuration has it, or else as its preset does.
    ///
    /// - Parameter name: nil: the only one that is configured.
    package func provider(_ name: String?) throws(ConfigurationError) -> Configuration.Provider {
        let known = configuration.providers
        guard let name else {
            if known.count == 1 { return known[0] }
            let names = known.isEmpty ? ProviderPreset.names : known.map(\.id)
            throw ConfigurationError(
                known.isEmpty ? "no provider is configured" : "more than one provider is configured",
                suggestion: "name one with --provider: \(names.joined(separator: ", "))"
            )
        }
        if let configured = known.first(where: { $0.id == name }) { return configured }
        guard ProviderPreset.names.contains(name) else {
            let names = (known.map(\.id) + ProviderPreset.names).joined(separator: ", ")
            let nearest = Suggestion.nearest(to: name, among: known.map(\.id) + ProviderPreset.names)
            throw ConfigurationError(
                "\"\(RepeatedText.name(name))\" is neither a configured provider nor a preset",
                suggestion: nearest.map { "did you mean \"\($0)\"?" } ?? "known: \(names)"
            )
        }
        return Configuration.Provider(id: name, preset: name)
    }

    /// Whose credentials there is something to tell of: the configured providers; without any, the presets that the
    /// environment or the store has a credential for.
    package var providers: [Configuration.Provider] {
        guard configuration.providers.isEmpty else { return configuration.providers }
        // What the store says of itself is told elsewhere.
        let stored = (try? vault.store?.summary())?.entries ?? [:]
        return ProviderPreset.names.compactMap { name in
            let variables = (try? ProviderPreset.named(name))?.credential.environment ?? []
            let isSet = variables.contains { !(environment[$0] ?? "").isEmpty }
            return isSet || stored[name] != nil ? Configuration.Provider(id: name, preset: name) : nil
        }
    }

    /// What every source has. Takes as long as the slowest of them may.
    package func survey(_ provider: Configuration.Provider) async throws(ConfigurationError) -> CredentialSurvey {
        let settings = try ProviderSettings(provider)
        return await withCheckedContinuation { continuation in
            // A keyring or `gh` blocks, which threads of tasks must not.
            DispatchQueue.global().async {
                let survey = CredentialSurvey(of: settings, environment: environment, vault: vault)
                continuation.resume(returning: survey)
            }
        }
    }

    /// Why a provider's requests cannot be sent for want of a credential; nil: there is one, or none is needed.
    package func absence(of entry: Configuration.Provider) async -> ModelError? {
        guard let settings = try? ProviderSettings(entry) else { return nil }
        do throws(ModelError) {
            _ = try await Credentials(settings: settings, environment: environment, vault: vault).current()
            return nil
        } catch {
            return error.category == .authentication ? error : nil
        }
    }

    /// What the provider thinks of credentials, in their order; each is asked for once.
    package func validity(
        of credentials: [Credential],
        at entry: Configuration.Provider
    ) async throws(ConfigurationError) -> [CredentialValidity] {
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            configuration: try HTTPClientConfiguration(configuration, environment: environment)
        )
        let result: Result<[CredentialValidity], ConfigurationError>
        do throws(ConfigurationError) {
            var quiet = logger
            quiet.logLevel = .error
            let factory = ProviderFactory(client: client, environment: environment, logger: quiet)
            let provider = try factory.provider(entry)
            var validities: [CredentialValidity] = []
            for credential in credentials { validities.append(await provider.validity(of: credential)) }
            result = .success(validities)
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        return try result.get()
    }
}

// MARK: - Keeping

extension CredentialDesk {
    /// Where a credential is to be kept.
    package enum Place: Sendable, Hashable {
        /// In the encrypted store; nil: sealed as it is, a new one with a key in the keyring, or else in a file.
        case store(StoreKeyChoice?)
        /// In the system's keyring itself.
        case keyring
    }

    /// Stores a credential; it is nowhere else in the vault then.
    ///
    /// - Parameter action: what the audit log calls it.
    /// - Returns: where it is now, for a person.
    package func keep(
        _ secret: Secret,
        for entry: Configuration.Provider,
        in place: Place,
        as action: String = "credential_stored"
    ) throws -> String {
        let trail = try trail()
        defer { trail.close() }
        let stored = try keep(secret, entry, place)
        trail.changed(action, of: entry.id)
        return stored
    }

    private func keep(_ secret: Secret, _ entry: Configuration.Provider, _ place: Place) throws -> String {
        guard let server = try ProviderSettings(entry).server else { throw Self.noAddress(entry) }
        let item = KeyringItem(account: entry.id, server: server)
        switch place {
        case .keyring:
            if let reason = vault.keyring.write(secret, as: item, label: "Aurelis: \(entry.id) at \(server)") {
                throw CredentialDeskError("\(vault.keyring.name) does not keep it: \(reason)")
            }
            // The store is looked into first; what it still had would win.
            _ = try removeFromStore(entry.id)
            return vault.keyring.name
        case .store(let choice):
            guard let store = vault.store else { throw CredentialDeskError("there is no data directory to keep it in") }
            try DataDirectory.prepare(configuration.dataDirectory)
            let method = try put(secret, entry.id, server, store, choice)
            // One that was there before would come back into use when this one is removed.
            _ = vault.keyring.remove(item)
            return "\(store.path), sealed with \(method?.description ?? "its key")"
        }
    }

    /// Removes what is stored of a provider.
    ///
    /// - Returns: where it was.
    package func forget(_ name: String, at server: String?) throws -> [String] {
        let trail = try trail()
        defer { trail.close() }
        var places: [String] = []
        defer { if !places.isEmpty { trail.changed("credential_removed", of: name) } }
        if let path = try removeFromStore(name) { places.append(path) }
        if let server {
            switch vault.keyring.remove(KeyringItem(account: name, server: server)) {
            case .removed: places.append(vault.keyring.name)
            case .absent: break
            // Not there, as far as a keyring can tell that cannot be reached.
            case .failed(let reason): logger.info("\(vault.keyring.name): \(reason)")
            }
        }
        return places
    }

    private func trail() throws(ConfigurationError) -> AuditTrail {
        try .ofCommand(configuration, environment: environment, logger: logger)
    }

    /// - Returns: where it was; nil: it was not there.
    private func removeFromStore(_ name: String) throws(CredentialDeskError) -> String? {
        guard let store = vault.store else { return nil }
        do { return try store.remove(name) ? store.path : nil } catch {
            throw CredentialDeskError(store, error)
        }
    }

    private func put(
        _ secret: Secret,
        _ name: String,
        _ server: String,
        _ store: CredentialStore,
        _ choice: StoreKeyChoice?
    ) throws(CredentialDeskError) -> StoreKeyMethod? {
        do throws(CredentialStoreError) {
            let isThere = try store.summary() != nil
            if isThere || choice != nil {
                try store.put(secret, for: name, at: server, sealingWith: choice)
            } else {
                do throws(CredentialStoreError) {
                    try store.put(secret, for: name, at: server, sealingWith: .keyring)
                } catch {
                    guard error.code == .keyUnavailable else { throw error }
                    try store.put(secret, for: name, at: server, sealingWith: .file())
                }
            }
            return try store.summary()?.method
        } catch {
            throw CredentialDeskError(store, error)
        }
    }

    private static func noAddress(_ entry: Configuration.Provider) -> CredentialDeskError {
        CredentialDeskError("\(entry.id) has no address that a credential could be for; configure its base_url first")
    }
}

/// Why a credential could not be stored or removed.
package struct CredentialDeskError: Error, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    package let description: String
    /// Whether it was the passphrase, or the key.
    package private(set) var isWrongKey = false

    init(_ description: String) { self.description = description }

    init(_ store: CredentialStore, _ error: CredentialStoreError) {
        self.init("\(store.path): \(error)")
        isWrongKey = error.code == .wrongKey
    }
}

extension CredentialDesk {
    /// Whether the encrypted store has a credential of this name.
    package func stored(_ name: String) throws(CredentialDeskError) -> Bool {
        guard let store = vault.store else { return false }
        do { return try store.summary()?.entries[name] != nil } catch {
            throw CredentialDeskError(store, error)
        }
    }

    /// Removes the encrypted store with all it holds, be it readable or not; false when there is none.
    package func forgetAll() throws -> Bool {
        guard let store = vault.store else { return false }
        let trail = try trail()
        defer { trail.close() }
        do {
            let wasThere = try store.removeAll()
            if wasThere { trail.changed("credentials_removed", of: "all") }
            return wasThere
        } catch {
            throw CredentialDeskError(store, error)
        }
    }
}
