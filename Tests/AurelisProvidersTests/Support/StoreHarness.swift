import Synchronization

@testable import AurelisProviders

/// A keyring in memory.
final class MemoryKeyring: Sendable {
    let items = Mutex<[KeyringItem: Secret]>([:])
    let isBroken = Mutex(false)

    var keyring: SystemKeyring {
        SystemKeyring(
            name: "test keyring",
            read: { item in
                if self.isBroken.withLock({ $0 }) { return .failed("locked") }
                return self.items.withLock { $0[item] }.map { .found($0, origin: "the test keyring") }
                    ?? .absent("none")
            },
            write: { secret, item, _ in
                if self.isBroken.withLock({ $0 }) { return "locked" }
                self.items.withLock { $0[item] = secret }
                return nil
            },
            remove: { item in self.items.withLock { $0.removeValue(forKey: item) } == nil ? .absent : .removed }
        )
    }
}

/// Stores in one directory, each as a process of its own would have it.
struct StoreHarness: Sendable {
    let directory: String
    let keyring = MemoryKeyring()

    static let server = "https://api.openai.com"

    func store(passphrase: String? = nil) -> CredentialStore {
        let source = passphrase.map { text in
            PassphraseSource { _ throws(CredentialStoreError) in Secret(text) }
        }
        let keys = StoreKeys(
            directory: directory,
            keyring: keyring.keyring,
            passphrase: source ?? .file(environment: [:])
        )
        return CredentialStore(directory: directory, keys: keys)
    }

    /// What a store has, or why not.
    func text(
        _ name: String,
        passphrase: String? = nil,
        server: String = StoreHarness.server
    ) -> String {
        switch store(passphrase: passphrase).find(name, at: server) {
        case .found(let secret, _, let warning): secret.withText { $0 } + (warning.map { " (\($0))" } ?? "")
        case .absent(let reason): "absent: \(reason)"
        case .failed(let reason): "failed: \(reason)"
        }
    }
}
