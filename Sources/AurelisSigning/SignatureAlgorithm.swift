/// How a signature is made (RFC 9421, 3.3).
package enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// A secret that both sides have.
    case hmacSHA256 = "hmac-sha256"
    /// Ed25519.
    case ed25519 = "ed25519"
    /// ECDSA on P-256.
    case ecdsaP256SHA256 = "ecdsa-p256-sha256"
    /// RSASSA-PSS, for verifying only.
    case rsaPSSSHA512 = "rsa-pss-sha512"
    /// RSASSA-PKCS1-v1_5, for verifying only.
    case rsaPKCS1SHA256 = "rsa-v1_5-sha256"

    /// Those that `SigningKey` can sign with.
    package static let forSigning: [SignatureAlgorithm] = [.hmacSHA256, .ed25519, .ecdsaP256SHA256]
}
