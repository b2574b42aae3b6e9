@testable import AurelisSigning

/// The keys of RFC 9421, appendix B.1, as far as its examples for the supported algorithms need them.
enum SpecificationKeys {
    static let sharedSecret =
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="

    static let ed25519Private = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
        -----END PRIVATE KEY-----
        """

    static let ed25519Public = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
        -----END PUBLIC KEY-----
        """

    static let p256Private = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIFKbhfNZfpDsW43+0+JjUr9K+bTeuxopu653+hBaXGA7oAoGCCqGSM49
        AwEHoUQDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM
        4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
        -----END EC PRIVATE KEY-----
        """

    static let p256Public = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
        w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
        -----END PUBLIC KEY-----
        """

    static let rsaPublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
        +QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
        oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
        gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
        Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
        aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
        2wIDAQAB
        -----END PUBLIC KEY-----
        """

    static func verifying() throws -> [String: VerificationKey] {
        [
            "test-shared-secret": try VerificationKey(parsing: sharedSecret, for: .hmacSHA256),
            "test-key-ed25519": try VerificationKey(parsing: ed25519Public, for: .ed25519),
            "test-key-ecc-p256": try VerificationKey(parsing: p256Public, for: .ecdsaP256SHA256),
            "test-key-rsa-pss": try VerificationKey(parsing: rsaPublic, for: .rsaPSSSHA512),
        ]
    }
}

/// The messages of RFC 9421, appendix B.2.
enum SpecificationMessages {
    static let body = Array("{\"hello\": \"world\"}".utf8)
    static let answer = Array("{\"message\": \"good dog\"}".utf8)
    static let created: Int64 = 1_618_884_473

    static let request = SignableMessage(
        method: "POST",
        scheme: "https",
        authority: "example.com",
        target: "/foo?param=Value&Pet=dog",
        fields: [
            ("Host", "example.com"),
            ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("Content-Type", "application/json"),
            (
                "Content-Digest",
                "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
            ),
            ("Content-Length", "18"),
        ]
    )

    static let response: SignableMessage = {
        var response = SignableMessage(
            method: "",
            scheme: "https",
            authority: "example.com",
            target: "",
            fields: [
                ("Date", "Tue, 20 Apr 2021 02:07:56 GMT"),
                ("Content-Type", "application/json"),
                (
                    "Content-Digest",
                    "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:"
                ),
                ("Content-Length", "23"),
            ]
        )
        response.status = 200
        return response
    }()
}

/// The code of the refusal that something ends with.
func refusal(_ body: () throws -> some Any) -> SignatureRefusal.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? SignatureRefusal)?.code
    }
}

func components(_ names: String...) throws -> [SignatureComponent] {
    try names.map { try SignatureComponent(parsing: $0) }
}
