internal import Aurelis

/// Asks sources in order until one has a credential.
struct CredentialSearch: Sendable {
    let sources: [CredentialSource]
    let kind: ProviderPreset.CredentialKind

    /// What a search ended with. A class, because every request takes it along.
    final class Result: Sendable {
        let credential: Credential?
        /// For how long the result holds; nil: for good.
        let lifetime: Duration?
        /// The source of the credential, and its version when it was read.
        let source: CredentialSource?
        let version: String?
        let report: CredentialReport

        init(
            _ credential: Credential?,
            lifetime: Duration?,
            source: CredentialSource? = nil,
            version: String? = nil,
            report: CredentialReport
        ) {
            self.credential = credential
            self.lifetime = lifetime
            self.source = source
            self.version = version
            self.report = report
        }
    }

    /// How long it stays true that there is none, when a source might have one later.
    static let absenceLifetime: Duration = .seconds(5)

    /// Whether every source answers from memory, and always the same.
    var isImmediate: Bool { sources.allSatisfy { $0.lifetime == nil } }

    /// Asks them all. May block.
    func run() -> Result {
        search(sources)
    }

    /// Asks as far as that takes no time; nil when a source that may block comes before a credential.
    func runImmediately() -> Result? {
        let immediate = sources.prefix { $0.lifetime == nil }
        let result = search(Array(immediate))
        return result.credential != nil || immediate.count == sources.count ? result : nil
    }

    private func search(_ sources: [CredentialSource]) -> Result {
        var report = CredentialReport()
        for source in sources {
            let version = source.version()
            switch source.read() {
            case .absent(let reason): report.entries.append(.init(source: source.name, outcome: .absent(reason)))
            case .failed(let reason): report.entries.append(.init(source: source.name, outcome: .failed(reason)))
            case .found(let secret, _, _) where !Self.fitsHeader(secret):
                let reason = "it holds characters that no credential has"
                report.entries.append(.init(source: source.name, outcome: .failed(reason)))
            case .found(let secret, let origin, let warning):
                secret.withText(KnownSecrets.process.insert)
                let credential = Credential(secret: secret, origin: origin, warning: warning ?? advice(on: secret))
                report.entries.append(.init(source: source.name, outcome: .used(warning: credential.warning)))
                return Result(credential, lifetime: source.lifetime, source: source, version: version, report: report)
            }
        }
        return Result(nil, lifetime: isImmediate ? nil : Self.absenceLifetime, report: report)
    }

    private func advice(on secret: Secret) -> String? {
        kind == .github ? GitHubToken.warning(about: secret) : nil
    }

    private static func fitsHeader(_ secret: Secret) -> Bool {
        secret.count > 0 && secret.withBytes { $0.allSatisfy { (0x21...0x7E) ~= $0 } }
    }
}
