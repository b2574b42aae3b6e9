package import Aurelis

/// Something an operator should know about a provider although its requests succeed.
package struct ProviderNotice: Sendable, Hashable, CustomStringConvertible {
    /// The provider.
    package var provider: ProviderID
    /// What it is about.
    package var kind: Kind
    /// What to know, for a person.
    package var message: String

    /// A kind of notice.
    package struct Kind: RawRepresentable, Sendable, Hashable {
        /// The stable name used in logs.
        package let rawValue: String

        /// A kind by its stable name.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The provider announced its end, or that of this interface.
        package static let sunset = Kind(rawValue: "sunset")
        /// Credentials travel without encryption.
        package static let unencrypted = Kind(rawValue: "unencrypted")
        /// The server has none of the pinned keys, which is only reported.
        package static let pinMismatch = Kind(rawValue: "pin_mismatch")
        /// There is no credential for it; the message tells where one was looked for.
        package static let credentialMissing = Kind(rawValue: "credential_missing")
    }

    /// One line for logs.
    package var description: String { "\(provider): \(message)" }
}
