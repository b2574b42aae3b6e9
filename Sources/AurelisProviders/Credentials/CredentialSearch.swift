internal import Aurelis

/// Asks sources in order until one has a credential.
struct CredentialSearch: Sendable {
    let sources: [CredentialSource]
    let kind: ProviderPreset.CredentialKind

    /// What a search ended with. A class, because every request takes it along.
    final class Result: Sendable {
        let credential: Credential?
        /// For how long the result holds without another look; nil: for good.
        let lifetime: Duration?
        /// For how long the credential's own source needs no other look, when it has no version; nil: for good.
        let sourceLifetime: Duration?
        /// The versions of the sources that were asked, when they were.
        let versions: [String?]
        let report: CredentialReport

        init(
            _ credential: Credential?,
            lifetime: Duration?,
            sourceLifetime: Duration? = nil,
            versions: [String?] = [],
            report: CredentialReport
        ) {
            self.credential = credential
            self.lifetime = lifetime
            self.sourceLifetime = sourceLifetime
            self.versions = versions
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

    /// Whether the sources say, by what is cheap to tell, that another search would find the same.
    ///
    /// - Parameter age: how long ago the result was found.
    func isUnchanged(_ result: Result, age: Duration) -> Bool {
        guard result.credential != nil, !result.versions.isEmpty else { return false }
        if let limit = result.sourceLifetime, age >= limit { return false }
        return zip(sources, result.versions).allSatisfy { $0.version() == $1 }
    }

    private func search(_ sources: [CredentialSource]) -> Result {
        var report = CredentialReport()
        var versions: [String?] = []
        var lifetimes: [Duration] = []
        for source in sources {
            // Taken before it is read: a change in between is seen at the next look.
            versions.append(source.version())
            if let lifetime = source.lifetime { lifetimes.append(lifetime) }
            switch look(into: source) {
            case .absent(let reason): report.entries.append(.init(source: source.name, outcome: .absent(reason)))
            case .failed(let reason): report.entries.append(.init(source: source.name, outcome: .failed(reason)))
            case .found(let credential):
                credential.secret.withBytes { KnownSecrets.process.insert(bytes: $0) }
                report.entries.append(.init(source: source.name, outcome: .used(warning: credential.warning)))
                return Result(
                    credential,
                    lifetime: source.lifetime == nil ? nil : lifetimes.min(),
                    sourceLifetime: versions.last == .some(nil) ? source.lifetime : nil,
                    versions: versions,
                    report: report
                )
            }
        }
        return Result(nil, lifetime: isImmediate ? nil : Self.absenceLifetime, report: report)
    }

    /// What a source has to say, with what can be told of its credential without asking anybody.
    func look(into source: CredentialSource) -> CredentialSurvey.Finding {
        switch source.read() {
        case .absent(let reason): .absent(reason)
        case .failed(let reason): .failed(reason)
        case .found(let secret, _, _) where !secret.isPrintable:
            .failed("it holds characters that no credential has")
        case .found(let secret, let origin, let warning):
            .found(Credential(secret: secret, origin: origin, warning: warning ?? advice(on: secret)))
        }
    }

    private func advice(on secret: Secret) -> String? {
        kind == .github ? GitHubToken.warning(about: secret) : nil
    }
}
