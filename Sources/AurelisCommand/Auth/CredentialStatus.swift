internal import Aurelis
internal import AurelisApp
internal import AurelisJSON
internal import AurelisProviders

/// What `aurelis auth status` tells of one provider: each source in order, and no secret.
struct CredentialStatus: Sendable {
    let provider: String
    let server: String
    let isRequired: Bool
    private(set) var sources: [Source] = []

    struct Source: Sendable {
        let name: String
        var outcome: String
        var detail: String?
        var isUsed = false
        var shown: String?
        var kind: String?
        var checksum: String?
        var validity: CredentialValidity?
    }

    /// - Parameter validities: of the credentials that were found, in their order; empty: nobody was asked.
    init(
        _ provider: Configuration.Provider,
        _ survey: CredentialSurvey,
        validities: [CredentialValidity]
    ) throws(ConfigurationError) {
        let settings = try ProviderSettings(provider)
        self.provider = provider.id
        server = settings.server ?? "an address that is not set"
        isRequired = settings.preset.credential.isRequired || settings.credential != nil
        var validities = validities[...]
        for entry in survey.entries {
            switch entry.finding {
            case .absent(let reason): sources.append(Source(name: entry.source, outcome: "nothing", detail: reason))
            case .failed(let reason): sources.append(Source(name: entry.source, outcome: "failed", detail: reason))
            case .found(let credential):
                var source = Source(name: entry.source, outcome: "found", detail: credential.warning)
                source.isUsed = credential === survey.used
                source.shown = credential.secret.masked
                source.validity = validities.popFirst()
                source.describe(credential.secret, settings.preset.credential.kind)
                sources.append(source)
            }
        }
    }

    /// Why requests would fail for want of a credential; nil: they would not, as far as is known.
    var problem: String? {
        guard let used = sources.first(where: \.isUsed) else {
            return isRequired ? "no credential for \(provider)" : nil
        }
        if case .invalid(let reason) = used.validity { return "\(provider) refuses its credential: \(reason)" }
        return nil
    }
}

extension CredentialStatus.Source {
    fileprivate mutating func describe(_ secret: Secret, _ kind: ProviderPreset.CredentialKind) {
        guard kind == .github else { return self.kind = "API key" }
        self.kind =
            switch GitHubToken.kind(of: secret) {
            case .classic: "classic token"
            case .fineGrained: "fine-grained token"
            case .oauth: "OAuth token"
            case .appUser: "app user token"
            case .installation: "installation token"
            case .refresh: "refresh token"
            case nil: "unknown"
            }
        checksum =
            switch GitHubToken.checksum(in: secret) {
            case .right: "right"
            case .wrong: "wrong"
            case .absent: nil
            }
    }
}

// MARK: - Printing

extension CredentialStatus {
    func table() -> TextTable {
        var table = TextTable([
            .init(""), .init("source"), .init("credential"), .init("kind"), .init("checksum"), .init("validity"),
            .init("remark", folds: true),
        ])
        for source in sources {
            let remark = [source.detail, source.validity?.reason].compactMap(\.self).joined(separator: "; ")
            table.add(
                .init(source.isUsed ? "→" : "", .good),
                .init(source.name, source.isUsed ? .name : nil),
                .init(
                    source.shown ?? (source.outcome == "failed" ? "failed" : "–"),
                    source.outcome == "failed" ? .caution : nil
                ),
                .init(source.kind ?? ""),
                .init(source.checksum ?? "", source.checksum == "wrong" ? .bad : nil),
                .init(source.validity?.word ?? "", Self.role(source.validity)),
                .init(remark, .quiet)
            )
        }
        return table
    }

    private static func role(_ validity: CredentialValidity?) -> Style.Role? {
        switch validity {
        case .valid: .good
        case .limited, .unverifiable: .caution
        case .invalid: .bad
        case nil: nil
        }
    }

    func write(to json: inout JSONWriter) {
        json.field("provider", provider)
        json.field("server", server)
        json.field("required", isRequired)
        json.optional("problem", problem)
        json.array("sources", sources) { source, json in
            json.field("source", source.name)
            json.field("outcome", source.outcome)
            json.field("used", source.isUsed)
            json.optional("shown", source.shown)
            json.optional("kind", source.kind)
            json.optional("checksum", source.checksum)
            json.optional("validity", source.validity?.code)
            json.optional("validity_reason", source.validity?.reason)
            json.optional("remark", source.detail)
        }
    }
}

extension CredentialValidity {
    fileprivate var code: String {
        switch self {
        case .valid: "valid"
        case .limited: "limited"
        case .invalid: "invalid"
        case .unverifiable: "unverifiable"
        }
    }
}
