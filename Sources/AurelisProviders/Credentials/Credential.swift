/// A credential that was found, and where.
package final class Credential: Sendable {
    /// The credential itself.
    package let secret: Secret
    /// Where it came from, for a person: `the environment variable GITHUB_TOKEN`.
    package let origin: String
    /// What looks wrong with it, without having asked anybody; nil when nothing does.
    package let warning: String?

    /// The first digits of its digest: tells one account from another, and nothing else.
    package let account: String

    /// A credential from somewhere.
    package init(secret: Secret, origin: String, warning: String? = nil) {
        self.secret = secret
        account = secret.digest.prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        self.origin = origin
        self.warning = warning
    }
}
