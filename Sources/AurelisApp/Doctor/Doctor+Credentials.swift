internal import Aurelis
internal import AurelisProviders

extension Doctor {
    /// Whether each provider has its credential, from where, and whether it looks like one; whether it is taken only where
    /// requests may be made.
    func credentialFindings() async -> [DoctorFinding] {
        let name = "credentials"
        guard !configuration.simulates else { return [.init(name, .ok, "the simulator wants none of yours")] }
        guard !configuration.providers.isEmpty else { return [.init(name, .skipped, "no provider is configured")] }
        return await Self.each(configuration.providers) { await credentialFindings(of: $0) }
    }

    private func credentialFindings(of provider: Configuration.Provider) async -> [DoctorFinding] {
        let name = "credentials"
        guard !hasEnded(provider) else { return [.init(name, .skipped, "\(provider.id) has ended")] }
        let login = "`aurelis auth login --provider \(provider.id)\(options)` stores one"
        let settings: ProviderSettings
        do { settings = try ProviderSettings(provider) } catch { return [.init(name, .fail, error.description)] }
        let vault = CredentialVault(directory: configuration.dataDirectory, environment: environment)
        let survey = await Blocking.value(within: .seconds(6)) { [environment] in
            CredentialSurvey(of: settings, environment: environment, vault: vault)
        }
        guard let survey else {
            let advice = "`aurelis auth status --offline\(options)` shows which source it is"
            return [.init(name, .fail, "\(provider.id): a source does not answer within 6 s", advice: advice)]
        }
        var findings = survey.entries.compactMap { entry -> DoctorFinding? in
            guard case .failed(let reason) = entry.finding else { return nil }
            return .init(name, .warn, "\(provider.id): \(entry.source): \(reason)", advice: login)
        }
        guard let used = survey.used else {
            let isRequired = settings.preset.credential.isRequired || settings.credential != nil
            findings.insert(
                isRequired
                    ? .init(name, .fail, Self.missing(survey, provider.id), advice: Self.way(survey, login))
                    : .init(name, .ok, "\(provider.id) has none, and wants none"),
                at: 0
            )
            return findings
        }
        let kind = Self.kind(used, settings)
        let found = "\(provider.id): \(used.secret.masked) from \(used.origin)\(kind)"
        if let warning = used.warning {
            findings.insert(.init(name, .warn, "\(found): \(warning)", advice: login), at: 0)
        } else {
            findings.insert(.init(name, .ok, found), at: 0)
        }
        if reach == .requests { findings += await validity(of: used, at: provider) }
        return findings
    }

    /// That there is none, with every place that was looked at.
    private static func missing(_ survey: CredentialSurvey, _ provider: String) -> String {
        let places = survey.entries.compactMap { entry -> String? in
            guard case .absent(let reason) = entry.finding else { return nil }
            return "\(entry.source): \(reason)"
        }
        let asked = places.isEmpty ? "" : "; looked at: \(places.joined(separator: "; "))"
        return "\(provider) has none, and wants one\(asked)"
    }

    private static func way(_ survey: CredentialSurvey, _ login: String) -> String {
        guard !survey.variables.isEmpty else { return login }
        return "set \(survey.variables.map { "$\($0)" }.joined(separator: " or ")), or \(login)"
    }

    private static func kind(_ credential: Credential, _ settings: ProviderSettings) -> String {
        guard settings.preset.credential.kind == .github else { return "" }
        let kind = GitHubToken.kind(of: credential.secret).map { "\($0.rawValue) token" } ?? "of an unknown kind"
        switch GitHubToken.checksum(in: credential.secret) {
        case .right: return ", \(kind), checksum right"
        case .wrong: return ", \(kind), checksum wrong"
        case .absent: return ", \(kind)"
        }
    }

    private func validity(of credential: Credential, at provider: Configuration.Provider) async -> [DoctorFinding] {
        let name = "credentials"
        let desk = CredentialDesk(configuration, environment: environment, logger: logger)
        let answer = await Self.limited(to: .seconds(8)) {
            try? await desk.validity(of: [credential], at: provider).first
        }
        let login = "`aurelis auth rotate --provider \(provider.id)\(options)` exchanges it"
        switch answer.flatMap({ $0 }) {
        case .valid: return [.init(name, .ok, "\(provider.id) takes it")]
        case .limited(let reason):
            return [.init(name, .warn, "\(provider.id) does not allow it everything: \(reason)", advice: login)]
        case .invalid(let reason): return [.init(name, .fail, "\(provider.id) refuses it: \(reason)", advice: login)]
        case .unverifiable(let reason):
            return [.init(name, .ok, "whether \(provider.id) takes it cannot be told: \(reason)")]
        case nil: return [.init(name, .warn, "\(provider.id) did not say within 8 s whether it takes it")]
        }
    }
}
