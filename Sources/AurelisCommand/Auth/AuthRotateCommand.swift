internal import ArgumentParser
internal import AurelisApp
internal import AurelisProviders

/// `aurelis auth rotate`: puts a new credential in the place of a stored one.
struct AuthRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Replace a stored credential; running gateways take the new one without a restart.",
        discussion: """
            The new credential is read and checked like that of `auth login`, and put where
            the old one is. From the store a gateway takes it within a second, from the
            system keyring within a minute; requests under way end with the old one.

            Example:
              aurelis auth rotate --provider openai
            """
    )

    @OptionGroup
    var options: AuthOptions

    @Flag(help: "Do not ask the provider whether it takes the credential.")
    var offline = false

    func run() async throws {
        let console = options.output.console()
        let desk = try options.desk(console)
        let provider = try desk.provider(options.provider)
        let place = try await Self.place(of: provider, desk)
        let intake = CredentialIntake(desk: desk, provider: provider, isOffline: offline, console: console)
        let (credential, validity) = try await intake.credential()
        try await AuthLoginCommand.keep(
            credential,
            validity,
            provider,
            in: place,
            as: "credential_rotated",
            desk,
            console
        )
    }

    /// Where the old one is.
    private static func place(
        of provider: Configuration.Provider,
        _ desk: CredentialDesk
    ) async throws -> CredentialDesk.Place {
        if try desk.stored(provider.id) { return .store(nil) }
        let survey = try await desk.survey(provider)
        let isInKeyring = survey.entries.contains { entry in
            if case .found = entry.finding { entry.source == desk.vault.keyring.name } else { false }
        }
        guard !isInKeyring else { return .keyring }
        var failure = CommandFailure(
            .authentication,
            "there is no stored credential of \(provider.id) to replace",
            hint: "`aurelis auth login --provider \(provider.id)` stores one"
        )
        if let used = survey.used { failure.hints.append("the one in use comes from \(used.origin): replace it there") }
        throw failure
    }
}
