import Testing

@testable import AurelisSigning

@Suite("Content-Digest of RFC 9530")
struct ContentDigestTests {
    /// Appendix B: the example's body ends in a line feed.
    private static let body = Array("{\"hello\": \"world\"}\n".utf8)
    private static let sha256 = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    private static let sha512 =
        "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:"

    @Test("the RFC's examples have the RFC's digests")
    func examples() throws {
        #expect(ContentDigest.field(of: Self.body) == Self.sha256)
        #expect(ContentDigest.field(of: []) == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
        try ContentDigest.check(Self.sha256, of: Self.body)
        try ContentDigest.check(Self.sha512, of: Self.body)
        try ContentDigest.check("\(Self.sha512), \(Self.sha256)", of: Self.body)
        try ContentDigest.check("md5=:AAAA:, \(Self.sha256), future=42", of: Self.body)
    }

    @Test(
        "a digest that is not the body's, or none that can be relied on, is refused",
        arguments: [
            (sha256, [] as [UInt8], SignatureRefusal.Code.digest),
            ("\(sha256), sha-512=:AAAA:", body, .digest),
            ("md5=:AAAA:", body, .digest),
            ("", body, .digest),
            ("sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=", body, .malformed),
            ("sha-256=42", body, .malformed),
            ("sha-256=(a b)", body, .malformed),
        ]
    )
    func refused(field: String, body: [UInt8], code: SignatureRefusal.Code) {
        #expect(refusal { try ContentDigest.check(field, of: body) } == code)
    }
}
