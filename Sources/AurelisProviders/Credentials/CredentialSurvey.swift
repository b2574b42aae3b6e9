/// What every source of a provider's credential has, also those behind the one that is used.
///
///     for entry in CredentialSurvey(of: settings, environment: environment, vault: vault).entries { … }
package struct CredentialSurvey: Sendable {
    /// One source.
    package struct Entry: Sendable {
        /// Its name.
        package let source: String
        /// What it has.
        package let finding: Finding
    }

    /// What a source has.
    package enum Finding: Sendable {
        /// A credential.
        case found(Credential)
        /// None, which is normal.
        case absent(String)
        /// It should have one, but it cannot be had.
        case failed(String)
    }

    /// The sources in the order they are asked.
    package let entries: [Entry]
    /// The variables that could hold one.
    package let variables: [String]

    /// Asks all sources; blocks as long as they take.
    package init(of settings: ProviderSettings, environment: [String: String], vault: CredentialVault?) {
        let (sources, variables) = Credentials.sources(settings, environment, nil, vault)
        let search = CredentialSearch(sources: sources, kind: settings.preset.credential.kind)
        self.variables = variables
        entries = sources.map { Entry(source: $0.name, finding: search.look(into: $0)) }
    }

    /// The one that is used: the first that was found.
    package var used: Credential? {
        for entry in entries {
            if case .found(let credential) = entry.finding { return credential }
        }
        return nil
    }
}
