/// Who knows the passphrase of a credential store. It is never in the environment itself and has no default.
package struct PassphraseSource: Sendable {
    /// Tells it; `isNew` when a store is about to be sealed with it for the first time. May block.
    let tell: @Sendable (_ isNew: Bool) throws(CredentialStoreError) -> Secret

    /// Somebody who knows it.
    package init(_ tell: @escaping @Sendable (_ isNew: Bool) throws(CredentialStoreError) -> Secret) {
        self.tell = tell
    }

    /// The first line of the file that `AURELIS_PASSPHRASE_FILE` names, or of `aurelis.passphrase` among the credentials
    /// that systemd hands to a service.
    ///
    /// - Parameter fallback: asked when the environment names no file.
    package static func file(
        environment: [String: String],
        otherwise fallback: PassphraseSource? = nil
    ) -> PassphraseSource {
        let path = path(environment)
        return PassphraseSource { isNew throws(CredentialStoreError) in
            guard let path else {
                if let fallback { return try fallback.tell(isNew) }
                let message = "it is sealed with a passphrase: name a file with it in AURELIS_PASSPHRASE_FILE"
                throw CredentialStoreError(.keyUnavailable, message)
            }
            switch CredentialFile.contents(of: path) {
            case .read(let text, _):
                guard let line = text.firstLine else {
                    throw CredentialStoreError(.keyUnavailable, "the passphrase file \(path) is empty")
                }
                return line
            case .failed(let reason):
                throw CredentialStoreError(.keyUnavailable, "the passphrase file \(path): \(reason)")
            }
        }
    }

    private static func path(_ environment: [String: String]) -> String? {
        if let path = environment["AURELIS_PASSPHRASE_FILE"], !path.isEmpty { return path }
        guard let directory = environment["CREDENTIALS_DIRECTORY"], directory.hasPrefix("/") else { return nil }
        let path = "\(directory)/aurelis.passphrase"
        return CredentialFile.version(of: path) == nil ? nil : path
    }
}

extension CredentialStoreError {
    /// The passphrase was not told, for this reason.
    package init(passphrase reason: String) { self.init(.keyUnavailable, "the passphrase: \(reason)") }
}
