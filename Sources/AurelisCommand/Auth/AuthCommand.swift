internal import ArgumentParser
internal import AurelisApp
internal import AurelisProviders

/// `aurelis auth`: the credentials that providers are asked with.
struct AuthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth",
        abstract: "Store, replace, remove and check the credentials of providers.",
        discussion: """
            A credential is looked for in this order: the environment, what the
            configuration refers to, the encrypted store, the system keyring, and for
            GitHub `gh auth token`. `auth status` tells what each of them has.

            Examples:
              aurelis auth login --provider openai
              pass show openai | aurelis auth login --provider openai --store keyfile
              aurelis auth status
              aurelis auth rotate --provider openai
              aurelis auth logout --provider openai
            """,
        subcommands: [
            AuthStatusCommand.self, AuthLoginCommand.self, AuthRotateCommand.self, AuthLogoutCommand.self,
        ]
    )
}

/// What every subcommand of `aurelis auth` understands.
struct AuthOptions: ParsableArguments {
    @Option(help: .init("The provider: its name in the configuration, or its preset.", valueName: "name"))
    var provider: String?

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    /// The desk for this configuration, whoever is configured in it.
    func desk(_ console: Console) throws -> CredentialDesk {
        var overrides = configuration.overrides
        overrides.needsProvider = false
        let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
        let prompt = PassphrasePrompt(errors: console.errors)
        return CredentialDesk(
            session.configuration,
            environment: session.environment,
            passphrase: .file(environment: session.environment, otherwise: prompt.source),
            logger: session.logger
        )
    }
}
