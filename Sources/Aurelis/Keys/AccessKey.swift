/// One key as it is kept: everything but its secret.
///
/// Times are milliseconds since 1970-01-01 UTC.
package struct AccessKey: Sendable, Hashable, Codable {
    /// Its public name: part of its text, and whose its requests are. Never given to another key.
    package var id: String
    /// What a person calls it.
    package var name: String
    /// What it opens.
    package var kind: AccessKeyKind
    /// The hash of its secret.
    package var secret: AccessKeyDigest
    /// The secret before this one, which is good for a while longer.
    package var rotatedFrom: Replaced?
    /// What it is for.
    package var scope = AccessScope()
    /// How much it may use.
    package var limits = AccessLimits()
    /// What becomes of its requests that hold credentials, where that is stricter than the configuration.
    package var secrets: SecretPolicy?
    /// When it was made.
    package var created: Int64
    /// From when on it is good no more; nil: never.
    package var expires: Int64?
    /// When it was revoked; nil: it was not.
    package var revoked: Int64?

    /// A secret that another one has taken the place of.
    package struct Replaced: Sendable, Hashable, Codable {
        /// Its hash.
        package var secret: AccessKeyDigest
        /// When it was replaced.
        package var time: Int64
        /// Until when it is good.
        package var until: Int64
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, kind, secret = "sha256", rotatedFrom = "rotated_from", scope, limits, secrets, created
        case expires, revoked
    }

    /// Whether it opens anything at a time.
    package func isUsable(at now: Int64) -> Bool { revoked == nil && now < expires ?? .max }

    /// No public name is longer.
    package static let maximumID = 32

    /// Whether a text can be a key's public name: small letters, digits, and `-` between them.
    package static func isID(_ text: some Collection<UInt8>) -> Bool {
        (1...maximumID).contains(text.count) && text.first != UInt8(ascii: "-")
            && text.allSatisfy { byte in
                byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "-")
            }
    }
}
