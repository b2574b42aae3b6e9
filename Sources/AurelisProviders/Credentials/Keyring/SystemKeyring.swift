/// The system's keeper of secrets: the Keychain on macOS, the Secret Service elsewhere.
///
///     let keyring = SystemKeyring.system(environment: environment)
///     keyring.read(KeyringItem(account: "openai", server: "https://api.openai.com"))
package struct SystemKeyring: Sendable {
    /// Its name in reports.
    package let name: String
    /// Looks for a secret. May block.
    package let read: @Sendable (KeyringItem) -> CredentialSource.Finding
    private let writing: @Sendable (Secret, KeyringItem, String) -> String?
    private let removing: @Sendable (KeyringItem) -> Removal

    /// What came of removing something.
    package enum Removal: Sendable, Hashable {
        case removed
        case absent
        case failed(String)
    }

    /// A keyring.
    package init(
        name: String,
        read: @escaping @Sendable (KeyringItem) -> CredentialSource.Finding,
        write: @escaping @Sendable (Secret, KeyringItem, _ label: String) -> String?,
        remove: @escaping @Sendable (KeyringItem) -> Removal
    ) {
        self.name = name
        self.read = read
        writing = write
        removing = remove
    }

    /// Keeps a secret, in place of the one before.
    ///
    /// - Parameter label: what a person reads in the keyring's own programs.
    /// - Returns: why it was not kept; nil when it was.
    package func write(_ secret: Secret, as item: KeyringItem, label: String) -> String? {
        writing(secret, item, label)
    }

    /// Removes a secret.
    package func remove(_ item: KeyringItem) -> Removal { removing(item) }

    /// The keyring of this system.
    package static func system(environment: [String: String]) -> SystemKeyring {
        #if canImport(Security)
            keychain
        #else
            secretService(environment: environment)
        #endif
    }
}

/// What a secret is kept under. It says for which server a credential is, so that it is found for no other.
package struct KeyringItem: Sendable, Hashable {
    /// The provider, by the name that the configuration gives it.
    package let account: String
    /// Where the credential may be sent.
    package let server: String

    package init(account: String, server: String) {
        self.account = account
        self.server = server
    }
}
