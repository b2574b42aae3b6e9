/// The form of GitHub's tokens.
struct GitHubToken: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case fineGrained = "github_pat_"
        case classic = "ghp_"
        case oauth = "gho_"
        case user = "ghu_"
        case server = "ghs_"
        case refresh = "ghr_"
    }

    var kind: Kind
    /// What follows the prefix.
    var body: Substring

    /// Reads a token; nil when it has the form of none.
    init?(_ token: String) {
        guard let kind = Kind.allCases.first(where: { token.hasPrefix($0.rawValue) }) else { return nil }
        self.kind = kind
        body = token.dropFirst(kind.rawValue.count)
        guard isWellFormed else { return nil }
    }

    private var isWellFormed: Bool {
        let length = body.utf8.count
        return switch kind {
        case .classic, .oauth, .user: length == 36 && body.utf8.allSatisfy(\.isAlphanumeric)
        case .fineGrained: length == 82 && body.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
        // The newer form holds a JWT: dots, dashes, and any length.
        case .server:
            (36...2_048).contains(length) && body.utf8.allSatisfy { $0.isAlphanumeric || "_-.".utf8.contains($0) }
        case .refresh: length >= 36
        }
    }

    /// Whether the classic checksum is right, or there is none.
    var hasRightChecksum: Bool {
        guard kind != .fineGrained, body.utf8.count == 36 else { return true }
        return GitHubToken.withChecksum(String(body.prefix(30))) == body
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Thirty characters followed by their CRC-32 in base 62, six digits.
    static func withChecksum(_ body: String) -> String {
        var rest = crc32(Array(body.utf8))
        var digits = [UInt8](repeating: UInt8(ascii: "0"), count: 6)
        for index in digits.indices.reversed() {
            digits[index] = alphabet[Int(rest % 62)]
            rest /= 62
        }
        return body + String(decoding: digits, as: UTF8.self)
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
        }
        return ~value
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
