internal import Aurelis
internal import AurelisApp

/// Warns of quotas that are nobody's: they belong to the account of a credential, and where that cannot be found here, what is
/// shown may be another's.
struct UnknownAccounts {
    private let session: Session

    init(_ session: Session) { self.session = session }

    /// Says which of these providers have no credential, and what is missing.
    func warn(of providers: Set<ProviderID>, on console: Console) async {
        // The simulator's quotas are its own.
        guard !session.configuration.simulates else { return }
        let desk = CredentialDesk(
            session.configuration,
            environment: session.environment,
            logger: session.logger
        )
        for provider in session.configuration.providers where providers.contains(ProviderID(rawValue: provider.id)) {
            guard let absence = await desk.absence(of: provider) else { continue }
            let way = absence.hint.map { "; \($0)" } ?? ""
            console.warn("whose quota of \(provider.id) this is, is not known: \(absence.message)\(way)")
        }
    }
}
