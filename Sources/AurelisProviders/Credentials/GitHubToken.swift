/// Tells what kind of GitHub token a text is, and whether it can be one, without asking anybody.
///
///     GitHubToken.kind(of: secret)          // .classic
///     GitHubToken.warning(about: secret)    // "… its checksum is wrong: it was probably mistyped or cut"
package enum GitHubToken {
    /// A kind of token, by its prefix.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A personal access token.
        case classic = "ghp_"
        /// A personal access token with chosen rights.
        case fineGrained = "github_pat_"
        /// What `gh auth login` gets.
        case oauth = "gho_"
        /// Acts for a user, through an app.
        case appUser = "ghu_"
        /// An installation's, and that of Actions.
        case installation = "ghs_"
        /// Only buys other tokens.
        case refresh = "ghr_"
    }

    /// The kind; nil for a text without a known prefix.
    package static func kind(of secret: Secret) -> Kind? {
        secret.withBytes { bytes in Kind.allCases.first { bytes.starts(with: $0.rawValue.utf8) } }
    }

    /// What the checksum in a token says about the rest of it.
    package enum Checksum: String, Sendable, Hashable {
        /// It is right: the token was not mistyped.
        case right
        /// It is wrong: no server needs to be asked.
        case wrong
        /// Tokens of this kind, or of this length, have none that is known.
        case absent
    }

    /// What a token's checksum says.
    package static func checksum(in secret: Secret) -> Checksum {
        switch kind(of: secret) {
        case .classic, .oauth, .appUser, .installation:
            guard secret.count == classicLength else { return .absent }
            return checksumWarning(secret) == nil ? .right : .wrong
        case .fineGrained, .refresh, nil: return .absent
        }
    }

    /// What looks wrong, as advice: formats change, and only the provider knows. nil: nothing.
    package static func warning(about secret: Secret) -> String? {
        switch kind(of: secret) {
        case nil:
            return "it does not begin like a GitHub token (ghp_, github_pat_, gho_, ghu_, ghs_)"
        case .refresh:
            return "it is a refresh token (ghr_), which no API accepts"
        case .fineGrained:
            return secret.count == 93
                ? nil : "a fine-grained token has 93 characters, this one has \(secret.count): it was probably cut"
        case .installation:
            // Newer ones hold a JWT and have any length.
            return secret.count == classicLength ? checksumWarning(secret) : nil
        case .classic, .oauth, .appUser:
            return secret.count == classicLength
                ? checksumWarning(secret)
                : "a token of this kind has \(classicLength) characters, this one has \(secret.count)"
        }
    }

    private static let classicLength = 40
    private static let randomLength = 30
    private static let checksumLength = 6

    private static func checksumWarning(_ secret: Secret) -> String? {
        secret.withBytes { bytes in
            let checksum = bytes.suffix(checksumLength)
            let random = bytes.dropLast(checksumLength).suffix(randomLength)
            guard !checksum.elementsEqual(self.checksum(of: random)) else { return nil }
            return "its checksum is wrong: it was probably mistyped or cut"
        }
    }

    /// The six characters that end a classic token: the CRC-32 of its random part in base 62.
    static func checksum(of random: some Sequence<UInt8>) -> [UInt8] {
        var rest = crc32(random)
        var digits: [UInt8] = []
        for _ in 0..<checksumLength {
            digits.append(alphabet[Int(rest % 62)])
            rest /= 62
        }
        return digits.reversed()
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// CRC-32 as in IEEE 802.3, zlib and PNG.
    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder: UInt32 = .max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 {
                remainder = (remainder >> 1) ^ (remainder & 1 == 0 ? 0 : 0xEDB8_8320)
            }
        }
        return ~remainder
    }
}
