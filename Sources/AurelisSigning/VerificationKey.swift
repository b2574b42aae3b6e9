internal import Crypto
internal import CryptoExtras

/// A key that verifies. It cannot be printed: one for HMAC signs as well.
///
///     let key = try VerificationKey(parsing: text, for: .hmacSHA256)
package struct VerificationKey: Sendable {
    private enum Material: Sendable {
        case hmac(SymmetricKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case ecdsa(P256.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey, SignatureAlgorithm)
    }

    private let material: Material

    /// A key from its text: Base64 for a shared secret, PEM (SubjectPublicKeyInfo) for the others.
    package init(parsing text: String, for algorithm: SignatureAlgorithm) throws(SignatureKeyError) {
        do {
            material =
                switch algorithm {
                case .hmacSHA256: .hmac(try KeyMaterial.secret(text))
                case .ed25519:
                    .ed25519(
                        try Curve25519.Signing.PublicKey(
                            rawRepresentation: KeyMaterial.ed25519(text, isPrivate: false)
                        )
                    )
                case .ecdsaP256SHA256: .ecdsa(try P256.Signing.PublicKey(pemRepresentation: text))
                case .rsaPSSSHA512, .rsaPKCS1SHA256:
                    .rsa(try _RSA.Signing.PublicKey(pemRepresentation: text), algorithm)
                }
        } catch let error as SignatureKeyError {
            throw error
        } catch {
            throw SignatureKeyError(message: "must be a public key for \(algorithm.rawValue) in PEM")
        }
    }

    /// What it verifies.
    package var algorithm: SignatureAlgorithm {
        switch material {
        case .hmac: .hmacSHA256
        case .ed25519: .ed25519
        case .ecdsa: .ecdsaP256SHA256
        case .rsa(_, let algorithm): algorithm
        }
    }

    func isValid(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
        switch material {
        case .hmac(let key):
            // In a time that does not tell how much of it is right.
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: bytes, using: key)
        case .ed25519(let key):
            key.isValidSignature(signature, for: bytes)
        case .ecdsa(let key):
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature))
                .map { key.isValidSignature($0, for: bytes) } ?? false
        case .rsa(let key, let algorithm):
            isValid(_RSA.Signing.RSASignature(rawRepresentation: signature), for: bytes, by: key, algorithm)
        }
    }
}

extension VerificationKey {
    private func isValid(
        _ signature: _RSA.Signing.RSASignature,
        for bytes: [UInt8],
        by key: _RSA.Signing.PublicKey,
        _ algorithm: SignatureAlgorithm
    ) -> Bool {
        if algorithm == .rsaPSSSHA512 {
            return key.isValidSignature(signature, for: SHA512.hash(data: bytes), padding: .PSS)
        }
        return key.isValidSignature(signature, for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
    }
}

extension VerificationKey: CustomStringConvertible, CustomReflectable {
    /// The algorithm, never the key.
    package var description: String { "[\(algorithm.rawValue) key]" }

    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
