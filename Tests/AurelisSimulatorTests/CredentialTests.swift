import Testing

@testable import AurelisSimulator

@Suite("Credentials")
struct CredentialTests {
    private static let body30 = "0123456789abcdefghijABCDEFGHIJ"
    private static let badCredentials = CredentialVerdict.refused(.badCredentials)

    private static func filled(_ prefix: String, _ length: Int) -> String {
        prefix + String(repeating: "a", count: length - prefix.count)
    }

    private func isAccepted(_ token: String, by credentials: SimulatorCredentials = .wellFormed) -> Bool {
        guard case .account = CredentialVerdict("Bearer \(token)", by: credentials) else { return false }
        return true
    }

    @Test(
        "every kind of token that calls the API is accepted",
        arguments: [
            filled("ghp_", 40), filled("gho_", 40), filled("ghu_", 40), filled("ghs_", 40), filled("github_pat_", 93),
            filled("ghs_1234_eyJ.x-", 520), SimulatorCredentials.exampleToken,
        ]
    )
    func accepted(token: String) { #expect(isAccepted(token)) }

    @Test(
        "anything else is refused as bad credentials",
        arguments: [
            nil, "", "Bearer", "Bearer ", "Basic abc", filled("ghp_", 40), "Bearer " + filled("ghp_", 39),
            "Bearer " + filled("ghr_", 80), "Bearer " + filled("github_pat_", 92), "Bearer sk-123456789",
            "Bearer " + filled("ghp_", 39) + "!",
        ]
    )
    func refused(header: String?) { #expect(CredentialVerdict(header, by: .wellFormed) == Self.badCredentials) }

    @Test("the scheme's name has no case")
    func scheme() {
        #expect(
            CredentialVerdict("bEaReR \(SimulatorCredentials.exampleToken)", by: .wellFormed) != Self.badCredentials
        )
    }

    @Test("the checksum matters to the policy that says so, and to no other")
    func checksum() {
        let mistyped = SimulatorCredentials.exampleToken.dropLast() + "x"
        #expect(isAccepted(String(mistyped)))
        #expect(!isAccepted(String(mistyped), by: .genuine))
        #expect(isAccepted(SimulatorCredentials.exampleToken, by: .genuine))
        #expect(isAccepted(Self.filled("github_pat_", 93), by: .genuine))
    }

    @Test("the checksum is CRC-32 in base 62")
    func checksumValue() {
        // crc32("0" * 30) = 0x77E5DB82 in zlib; base 62 with the alphabet 0-9A-Za-z.
        #expect(GitHubToken.withChecksum(String(repeating: "0", count: 30)).suffix(6) == "2C8GjS")
    }

    @Test("marked tokens lack the permission or the budget")
    func marks() {
        let models = Self.filled("ghp_NOMODELS", 40)
        let budget = Self.filled("github_pat_NOBUDGET", 93)
        #expect(CredentialVerdict("Bearer \(models)", by: .wellFormed) == .refused(.modelsPermission))
        #expect(CredentialVerdict("Bearer \(budget)", by: .wellFormed) == .accountWithoutBudget)
    }

    @Test("a list of tokens lets in those and no others; the open door lets in any")
    func policies() {
        #expect(isAccepted("my-key", by: .exactly(["my-key"])))
        #expect(!isAccepted(SimulatorCredentials.exampleToken, by: .exactly(["my-key"])))
        #expect(isAccepted("sk-whatever", by: .anything))
        #expect(CredentialVerdict(nil, by: .anything) == Self.badCredentials)
    }

    @Test("two tokens are two accounts")
    func accounts() {
        #expect(
            CredentialVerdict("Bearer one", by: .anything) != CredentialVerdict("Bearer two", by: .anything)
        )
    }
}
