/// A credential that is known by how it begins.
struct PrefixRule: Sendable {
    let prefix: StaticString
    let kind: SecretKind
    /// What follows.
    let body: ByteClass
    /// How much of it follows.
    let lengths: ClosedRange<Int>
    let check: Check

    enum Check: Sendable {
        /// The last six characters are a checksum, where the body has 36.
        case githubChecksum
        /// Not a placeholder, and without order.
        case random
        /// Not a placeholder.
        case noPlaceholder
    }

    /// The longest body that is looked at.
    static let longest = 400

    private init(
        _ prefix: StaticString,
        _ kind: SecretKind,
        _ body: ByteClass,
        _ lengths: ClosedRange<Int>,
        _ check: Check = .random
    ) {
        self.prefix = prefix
        self.kind = kind
        self.body = body
        self.lengths = lengths
        self.check = check
    }

    private init(_ prefix: StaticString, _ kind: SecretKind, _ body: ByteClass, from shortest: Int) {
        self.init(prefix, kind, body, shortest...PrefixRule.longest)
    }

    /// Of rules with the same beginning the longer stands first.
    static let all: [PrefixRule] = [
        PrefixRule("ghp_", .githubToken, .alphanumeric, 36...255, .githubChecksum),
        PrefixRule("gho_", .githubToken, .alphanumeric, 36...255, .githubChecksum),
        PrefixRule("ghu_", .githubToken, .alphanumeric, 36...255, .githubChecksum),
        PrefixRule("ghs_", .githubToken, .alphanumeric, 36...255, .githubChecksum),
        PrefixRule("ghr_", .githubToken, .alphanumeric, 36...255, .githubChecksum),
        PrefixRule("github_pat_", .githubFineGrained, .token, 60...255),
        PrefixRule("glpat-", .gitlabToken, .token, from: 20),
        PrefixRule("gldt-", .gitlabToken, .token, from: 20),
        PrefixRule("glrt-", .gitlabToken, .token, from: 20),
        PrefixRule("glptt-", .gitlabToken, .token, from: 20),
        PrefixRule("glcbt-", .gitlabToken, .token, from: 20),
        PrefixRule("AKIA", .awsAccessKeyID, .base32, 16...16, .noPlaceholder),
        PrefixRule("ASIA", .awsAccessKeyID, .base32, 16...16, .noPlaceholder),
        PrefixRule("AIza", .googleAPIKey, .token, 35...35),
        PrefixRule("GOCSPX-", .googleClientSecret, .token, 28...28),
        PrefixRule("xoxa-", .slackToken, .token, from: 24),
        PrefixRule("xoxb-", .slackToken, .token, from: 24),
        PrefixRule("xoxe-", .slackToken, .token, from: 24),
        PrefixRule("xoxe.xoxp-", .slackToken, .token, from: 24),
        PrefixRule("xoxp-", .slackToken, .token, from: 24),
        PrefixRule("xoxr-", .slackToken, .token, from: 24),
        PrefixRule("xoxs-", .slackToken, .token, from: 24),
        PrefixRule("xapp-", .slackToken, .token, from: 24),
        PrefixRule("sk_live_", .stripeKey, .alphanumeric, from: 24),
        PrefixRule("rk_live_", .stripeKey, .alphanumeric, from: 24),
        PrefixRule("whsec_", .stripeWebhookSecret, .base64, from: 32),
        PrefixRule("sk-ant-", .anthropicKey, .token, from: 32),
        PrefixRule("sk-or-v1-", .openRouterKey, .hexadecimal, 64...64),
        PrefixRule("sk-", .openAIKey, .token, from: 20),
        PrefixRule("gsk_", .groqKey, .alphanumeric, from: 40),
        PrefixRule("hf_", .huggingFaceToken, .alphanumeric, 34...64),
        PrefixRule("npm_", .npmToken, .alphanumeric, 36...36),
        PrefixRule("pypi-", .pypiToken, .token, from: 50),
        PrefixRule("SK", .twilioKey, .hexadecimal, 32...32),
        PrefixRule("aurelis_", .aurelisKey, .token, from: 24),
        PrefixRule("aurelisadmin_", .aurelisKey, .token, from: 24),
    ]
}

/// Rules out nearly every word that begins no credential, by its first two bytes.
struct PrefixFilter {
    private let bits: UnsafePointer<UInt64>

    /// One bit for each pair of ASCII bytes: 2 KB, made once and never changed.
    nonisolated(unsafe) private static let shared: UnsafePointer<UInt64> = {
        let words = 128 * 128 / 64
        let bits = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        bits.initialize(repeating: 0, count: words)
        for prefix in PrefixRule.all.map(\.prefix) + ["eyJ"] {
            let place = place(of: prefix.utf8Start[0], prefix.utf8Start[1])
            bits[place >> 6] |= 1 << (place & 63)
        }
        return UnsafePointer(bits)
    }()

    init() { bits = PrefixFilter.shared }

    @inline(__always)
    func mayBegin(_ first: UInt8, _ second: UInt8) -> Bool {
        let place = PrefixFilter.place(of: first, second)
        return bits[place >> 6] >> UInt64(place & 63) & 1 != 0
    }

    @inline(__always)
    private static func place(of first: UInt8, _ second: UInt8) -> Int { Int(first & 0x7F) << 7 | Int(second & 0x7F) }
}
