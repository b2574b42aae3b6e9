internal import Crypto

/// A key that signs. It cannot be printed.
///
///     let key = try SigningKey(parsing: text, for: .ed25519)
package struct SigningKey: Sendable {
    private enum Material: Sendable {
        case hmac(SymmetricKey)
        case ed25519(Curve25519.Signing.PrivateKey)
        case ecdsa(P256.Signing.PrivateKey)
    }

    private let material: Material

    /// A key from its text: Base64 for a shared secret, PEM (PKCS #8) for the others.
    package init(parsing text: String, for algorithm: SignatureAlgorithm) throws(SignatureKeyError) {
        switch algorithm {
        case .hmacSHA256:
            material = .hmac(try KeyMaterial.secret(text))
        case .ed25519:
            let bytes = try KeyMaterial.ed25519(text, isPrivate: true)
            do {
                material = .ed25519(try Curve25519.Signing.PrivateKey(rawRepresentation: bytes))
            } catch {
                throw SignatureKeyError(message: "is no Ed25519 private key")
            }
        case .ecdsaP256SHA256:
            do {
                material = .ecdsa(try P256.Signing.PrivateKey(pemRepresentation: text))
            } catch {
                throw SignatureKeyError(message: "must be a private key on P-256 in PEM")
            }
        case .rsaPSSSHA512, .rsaPKCS1SHA256:
            throw SignatureKeyError(message: "is for an algorithm that signatures are only verified with")
        }
    }

    /// What it signs with.
    package var algorithm: SignatureAlgorithm {
        switch material {
        case .hmac: .hmacSHA256
        case .ed25519: .ed25519
        case .ecdsa: .ecdsaP256SHA256
        }
    }

    func signature(of bytes: [UInt8]) throws -> [UInt8] {
        switch material {
        case .hmac(let key): Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        case .ed25519(let key): Array(try key.signature(for: bytes))
        case .ecdsa(let key): Array(try key.signature(for: bytes).rawRepresentation)
        }
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    /// The algorithm, never the key.
    package var description: String { "[\(algorithm.rawValue) key]" }

    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
