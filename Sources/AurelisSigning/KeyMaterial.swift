internal import Crypto
internal import Foundation
internal import SwiftASN1

/// Reads keys from their texts.
enum KeyMaterial {
    /// HMAC-SHA256 gains nothing from more, and loses from less.
    private static let minimumSecretBytes = 16
    private static let ed25519PrivateKey: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let ed25519PublicKey: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]

    /// A shared secret in Base64.
    static func secret(_ text: String) throws(SignatureKeyError) -> SymmetricKey {
        guard let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw SignatureKeyError(message: "must be Base64, such as `openssl rand -base64 32` prints")
        }
        guard bytes.count >= minimumSecretBytes else {
            throw SignatureKeyError(
                message: "is too short to be a secret; `openssl rand -base64 32` prints a good one"
            )
        }
        return SymmetricKey(data: bytes)
    }

    /// The 32 bytes of an Ed25519 key: the one form that RFC 8410 allows is a fixed beginning and they.
    static func ed25519(_ text: String, isPrivate: Bool) throws(SignatureKeyError) -> [UInt8] {
        let beginning = isPrivate ? ed25519PrivateKey : ed25519PublicKey
        guard let document = try? PEMDocument(pemString: text),
            document.derBytes.starts(with: beginning), document.derBytes.count == beginning.count + 32
        else {
            let kind = isPrivate ? "private key (`openssl genpkey -algorithm ed25519`)" : "public key"
            throw SignatureKeyError(message: "must be an Ed25519 \(kind) in PEM")
        }
        return Array(document.derBytes[beginning.count...])
    }
}

/// Why a text is no key for an algorithm. Never holds any of the text.
package struct SignatureKeyError: Error, Sendable, Hashable {
    /// What is wrong, for a person, without the subject of the sentence.
    package var message: String
}
