import Testing

@testable import AurelisProviders

@Suite("GitHub tokens")
struct GitHubTokenTests {
    /// Checksums computed with zlib, independently of this code. Joined at run time, so that no scanner sees a token.
    static let vectors = [
        ("000000000000000000000000000000", "2C8GjS"), ("abcdefghijklmnopqrstuvwxyz0123", "2LolCm"),
        ("zQ9zQ9zQ9zQ9zQ9zQ9zQ9zQ9zQ9zQ9", "06s14B"), ("Ky9Pf34qY6Nb3wWD25RQ4F5ZR3qa7y", "3gm1IL"),
        ("Eeeby3abP3E2Zs8IQ9Y7aJZqhB6bae", "2dTjzx"), ("CN6Zj4a3dDVhYRnKTbxTNJFoBinF5a", "42GyMy"),
        ("EBdlz3IqXGJeztbxgvKk0l2E9IdeRQ", "004hyu"),
    ]

    @Test("the checksum is the CRC-32 that everybody computes")
    func crc() {
        #expect(GitHubToken.crc32("123456789".utf8) == 0xCBF4_3926)
        #expect(GitHubToken.crc32("".utf8) == 0)
    }

    @Test("a good token is not complained about", arguments: vectors, ["ghp_", "gho_", "ghu_", "ghs_"])
    func valid(_ vector: (String, String), _ prefix: String) {
        #expect(GitHubToken.warning(about: Secret(prefix + vector.0 + vector.1)) == nil)
    }

    @Test("one mistyped character is noticed, wherever it is", arguments: vectors)
    func typo(_ vector: (String, String)) {
        let token = Array(("ghp_" + vector.0 + vector.1).utf8)
        for place in 4..<40 {
            var wrong = token
            wrong[place] = wrong[place] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            #expect(GitHubToken.warning(about: Secret(wrong))?.contains("checksum") == true)
        }
    }

    @Test(
        "kinds are told by their prefix, and odd ones are warned of",
        arguments: [
            ("ghp_short", .classic, "40 characters"), ("ghr_abcdef", .refresh, "refresh token"),
            ("github_pat_" + String(repeating: "a", count: 82), .fineGrained, nil),
            ("github_pat_abc", .fineGrained, "93 characters"), ("ghs_123_eyJhbGciOi", .installation, nil),
            ("sk-abcdef", nil, "does not begin like a GitHub token"), ("", nil, "does not begin"),
        ] as [(String, GitHubToken.Kind?, String?)]
    )
    func kinds(_ token: String, _ kind: GitHubToken.Kind?, _ warning: String?) {
        let secret = Secret(token)
        #expect(GitHubToken.kind(of: secret) == kind)
        guard let warning else {
            #expect(GitHubToken.warning(about: secret) == nil)
            return
        }
        #expect(GitHubToken.warning(about: secret)?.contains(warning) == true)
    }
}
