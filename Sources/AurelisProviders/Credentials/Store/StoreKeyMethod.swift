/// Where the key that seals a credential store comes from.
package enum StoreKeyMethod: Sendable, Hashable {
    /// From the system's keyring, under this name.
    case keyring(String)
    /// From a passphrase.
    case passphrase(ScryptParameters)
    /// From a file that only its owner can read; a name without a slash is beside the store.
    case file(String)

    /// For people: `a passphrase`.
    package var description: String {
        switch self {
        case .keyring: "the system keyring"
        case .passphrase: "a passphrase"
        case .file(let path): "the key file \(path)"
        }
    }
}
