internal import CryptoExtras
internal import Foundation

/// Finds and makes the keys that seal a credential store.
struct StoreKeys: Sendable {
    /// Where key files without a path of their own are.
    let directory: String
    let keyring: SystemKeyring
    let passphrase: PassphraseSource

    private static let account = "credential store"

    /// The key of a store that is there.
    func key(_ method: StoreKeyMethod) throws(CredentialStoreError) -> Secret {
        switch method {
        case .passphrase(let scrypt): return try Self.derive(from: passphrase.tell(false), scrypt)
        case .file(let name): return try Self.read(path(name))
        case .keyring(let name):
            switch keyring.read(KeyringItem(account: Self.account, server: name)) {
            case .found(let secret, _, _): return secret
            case .absent(let reason), .failed(let reason):
                throw CredentialStoreError(.keyUnavailable, "its key is not to be had from \(keyring.name): \(reason)")
            }
        }
    }

    /// A key for a new store.
    func make(_ choice: StoreKeyChoice) throws(CredentialStoreError) -> (method: StoreKeyMethod, key: Secret) {
        switch choice {
        case .passphrase(let logN):
            let scrypt = ScryptParameters.standard(logN: logN)
            return (.passphrase(scrypt), try Self.derive(from: passphrase.tell(true), scrypt))
        case .file(let name):
            let path = path(name)
            if CredentialFile.version(of: path) == nil {
                let key = Secret.random(digits: 64)
                try key.withBytes { bytes throws(CredentialStoreError) in try StoreFile(path: path).replace(with: bytes)
                }
            }
            return (.file(name), try Self.read(path))
        case .keyring:
            let (name, key) = (Secret.random(digits: 16).withText { $0 }, Secret.random(digits: 64))
            let item = KeyringItem(account: Self.account, server: name)
            if let reason = keyring.write(key, as: item, label: "Aurelis: the key of \(directory)/credentials.store") {
                throw CredentialStoreError(.keyUnavailable, "\(keyring.name) does not keep its key: \(reason)")
            }
            return (.keyring(name), key)
        }
    }

    /// Drops a key that only a store that is gone was sealed with. What somebody keeps elsewhere is theirs.
    func forget(_ method: StoreKeyMethod) {
        switch method {
        case .keyring(let name): _ = keyring.remove(KeyringItem(account: Self.account, server: name))
        // A key that stays opens nothing any more.
        case .file(let name) where !name.contains("/"): _ = try? StoreFile(path: path(name)).remove()
        case .file, .passphrase: break
        }
    }

    private func path(_ name: String) -> String { name.contains("/") ? name : "\(directory)/\(name)" }

    private static func read(_ path: String) throws(CredentialStoreError) -> Secret {
        switch CredentialFile.contents(of: path) {
        case .failed(let reason): throw CredentialStoreError(.keyUnavailable, "the key file \(path): \(reason)")
        case .read(_, isShared: true):
            let message = "others on this machine can read the key file \(path): `chmod 600` it"
            throw CredentialStoreError(.keyUnavailable, message)
        case .read(let contents, _):
            guard let key = contents.trimmed, key.count >= 32 else {
                let message = "the key file \(path) holds less than 32 bytes; `openssl rand -hex 32` makes a key"
                throw CredentialStoreError(.keyUnavailable, message)
            }
            return key
        }
    }

    private static func derive(from passphrase: Secret, _ scrypt: ScryptParameters) throws(CredentialStoreError)
        -> Secret
    {
        if let refusal = scrypt.refusal { throw CredentialStoreError(.refused, refusal) }
        guard passphrase.count > 0 else { throw CredentialStoreError(.keyUnavailable, "the passphrase is empty") }
        do {
            let key = try passphrase.withBytes { bytes in
                try KDF.Scrypt.deriveKey(
                    from: bytes,
                    salt: scrypt.salt,
                    outputByteCount: 32,
                    rounds: 1 << scrypt.logN,
                    blockSize: scrypt.blockSize,
                    parallelism: scrypt.parallelism
                )
            }
            return key.withUnsafeBytes { Secret($0) }
        } catch {
            throw CredentialStoreError(.keyUnavailable, "no key can be derived from the passphrase: \(error)")
        }
    }
}

/// What a new store is to be sealed with.
package enum StoreKeyChoice: Sendable, Hashable {
    /// A key that the system's keyring keeps.
    case keyring
    /// A passphrase; N of scrypt is two to the power of `logN`.
    case passphrase(logN: Int = 17)
    /// A key file; a name without a slash is beside the store.
    case file(String = "credentials.key")
}
