internal import Crypto
internal import Foundation
package import NIOSSL

/// The SHA-256 of a public key in the form in which certificates hold it (RFC 7469: SubjectPublicKeyInfo).
///
///     let pin = try PublicKeyPin(parsing: "sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")
///     print(pin)      // sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=
package struct PublicKeyPin: Sendable, Hashable {
    private let digest: [UInt8]

    /// A pin in the usual spelling: `sha256/` and 44 characters of Base64.
    package init(parsing text: String) throws(PublicKeyPinError) {
        let prefix = "sha256/"
        guard text.hasPrefix(prefix) else {
            throw PublicKeyPinError(message: "must begin with \"sha256/\", no other hash is known")
        }
        let encoded = String(text.dropFirst(prefix.count))
        guard let digest = Data(base64Encoded: encoded), digest.count == SHA256.byteCount,
            // Another spelling of the same bytes is most likely a slip.
            digest.base64EncodedString() == encoded
        else {
            throw PublicKeyPinError(
                message: "must be \"sha256/\" and 44 characters of Base64, of which the last is \"=\""
            )
        }
        self.digest = Array(digest)
    }

    /// The pin of a certificate's key.
    package init(of certificate: NIOSSLCertificate) throws {
        self.init(subjectPublicKeyInfo: try certificate.extractPublicKey().toSPKIBytes())
    }

    /// The pin of a public key in DER.
    init(subjectPublicKeyInfo bytes: [UInt8]) {
        digest = Array(SHA256.hash(data: bytes))
    }
}

extension PublicKeyPin: CustomStringConvertible {
    /// As `init(parsing:)` reads it.
    package var description: String { "sha256/" + Data(digest).base64EncodedString() }
}

/// Why a text is no pin.
package struct PublicKeyPinError: Error, Sendable, Hashable {
    /// What is wrong, for a person, without the subject of the sentence.
    package var message: String
}

/// Which keys a server must have, besides a certificate that is trusted.
package struct PublicKeyPins: Sendable, Hashable {
    /// What becomes of a connection whose server has none of them.
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        /// It is not made.
        case enforce
        /// It is made, and reported once for each server.
        case report
    }

    /// One of these is enough: the others are for keys to come.
    package var pins: Set<PublicKeyPin>
    /// What becomes of a connection whose server has none of them.
    package var mode: Mode

    /// Pins.
    package init(_ pins: Set<PublicKeyPin>, mode: Mode = .enforce) {
        self.pins = pins
        self.mode = mode
    }
}
