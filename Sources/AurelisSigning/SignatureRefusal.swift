/// Why a message is not accepted as signed, or cannot be signed.
package struct SignatureRefusal: Error, Sendable, Hashable {
    /// A kind of refusal. Open: later versions may add kinds.
    package struct Code: RawRepresentable, Sendable, Hashable {
        /// The stable name used in errors and logs.
        package let rawValue: String

        /// A code by its stable name.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// There is no signature.
        package static let missing = Self(rawValue: "signature_missing")
        /// `Signature`, `Signature-Input` or `Content-Digest` cannot be read.
        package static let malformed = Self(rawValue: "signature_malformed")
        /// A component or parameter that is not supported.
        package static let unsupported = Self(rawValue: "signature_unsupported")
        /// Nobody has this key.
        package static let unknownKey = Self(rawValue: "signature_key_unknown")
        /// Another algorithm than the key's.
        package static let algorithm = Self(rawValue: "signature_algorithm")
        /// It does not cover what it must.
        package static let coverage = Self(rawValue: "signature_coverage")
        /// It is too old, or its own time is over.
        package static let expired = Self(rawValue: "signature_expired")
        /// It was made in the future.
        package static let early = Self(rawValue: "signature_from_the_future")
        /// It was not made with this key over this message.
        package static let invalid = Self(rawValue: "signature_invalid")
        /// The body is not the one that was signed.
        package static let digest = Self(rawValue: "digest_mismatch")
        /// It was used before.
        package static let replayed = Self(rawValue: "signature_replayed")
        /// Too many are remembered to tell whether it was used before.
        package static let overloaded = Self(rawValue: "signature_overload")
    }

    /// The kind.
    package var code: Code
    /// What is wrong, for a person.
    package var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func malformed(_ message: String) -> SignatureRefusal { SignatureRefusal(.malformed, message) }
}
