/// Why a credential store cannot be read or written.
package struct CredentialStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of reason it is.
    package struct Code: Sendable, Hashable {
        private let name: String

        /// The bytes are not what was written: a broken disk, a cut file.
        package static let damaged = Code(name: "damaged")
        /// The checksum is right and the seal is not: somebody changed the file on purpose.
        package static let tampered = Code(name: "tampered")
        /// The passphrase or key is another one.
        package static let wrongKey = Code(name: "wrong key")
        /// The passphrase or key cannot be had here and now.
        package static let keyUnavailable = Code(name: "key unavailable")
        /// A later version of Aurelis wrote it.
        package static let foreign = Code(name: "foreign")
        /// Another process works on it.
        package static let busy = Code(name: "busy")
        /// The system does not let it be read or written.
        package static let system = Code(name: "system")
        /// What was to be stored cannot be.
        package static let refused = Code(name: "refused")
    }

    package let code: Code
    /// What is wrong and what to do, without the file's name.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    static let damaged = CredentialStoreError(
        .damaged,
        "it is damaged: its checksum is wrong. Nothing was changed; put a copy of it back, "
            + "or drop it with `aurelis auth logout --all` and log in again"
    )

    static let tampered = CredentialStoreError(
        .tampered,
        "it was changed by somebody without its key, and is not used. Nothing was changed; put a copy of it back, "
            + "or drop it with `aurelis auth logout --all`, log in again, and find out who can write there"
    )
}
