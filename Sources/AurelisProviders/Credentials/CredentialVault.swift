/// Where `aurelis auth login` keeps credentials, and where they are found again: the encrypted store of a data directory,
/// and the system's keyring.
package struct CredentialVault: Sendable {
    /// The encrypted store; nil without a data directory.
    package let store: CredentialStore?
    /// The system's keyring.
    package let keyring: SystemKeyring

    /// The vault of a data directory.
    ///
    /// - Parameters:
    ///   - directory: the data directory; empty: there is none.
    ///   - environment: where `PATH`, the session bus and the passphrase file come from.
    ///   - passphrase: who knows the passphrase; nil: a file that the environment names.
    ///   - keyring: nil: the system's own.
    package init(
        directory: String,
        environment: [String: String],
        passphrase: PassphraseSource? = nil,
        keyring: SystemKeyring? = nil
    ) {
        let keyring = keyring ?? .system(environment: environment)
        self.keyring = keyring
        let keys = StoreKeys(
            directory: directory,
            keyring: keyring,
            passphrase: passphrase ?? .file(environment: environment)
        )
        store = directory.isEmpty ? nil : CredentialStore(directory: directory, keys: keys)
    }

    /// Where a provider's credential is looked for here.
    ///
    /// - Parameter asksKeyring: a keyring costs a process; who may do without a credential does not pay for it.
    func sources(for name: String, at server: String, asksKeyring: Bool) -> [CredentialSource] {
        var sources: [CredentialSource] = []
        if let store {
            sources.append(
                CredentialSource(
                    name: "encrypted store",
                    lifetime: .seconds(1),
                    version: { store.version },
                    read: { store.find(name, at: server) }
                )
            )
        }
        if asksKeyring {
            let item = KeyringItem(account: name, server: server)
            sources.append(
                CredentialSource(name: keyring.name, lifetime: .seconds(60)) { [keyring] in keyring.read(item) }
            )
        }
        return sources
    }
}
