internal import ArgumentParser
internal import AurelisApp

/// `aurelis keys`: who may ask the gateway, for what, and how much.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list, rotate and revoke the keys of the gateway's clients and operators.",
        discussion: """
            A key is shown once, when it is made; kept is the hash of its secret. Changes
            are in effect at a running gateway of the same data directory within a second.

            Examples:
              KEY=$(aurelis keys create ci --models "gpt-4o-mini,codestral*" --budget 2.50)
              aurelis keys list
              aurelis keys rotate ci --grace 24h
              aurelis keys revoke ci
            """,
        subcommands: [
            KeysCreateCommand.self, KeysListCommand.self, KeysShowCommand.self, KeysRotateCommand.self,
            KeysRevokeCommand.self,
        ]
    )
}

/// What every subcommand of `aurelis keys` understands.
struct KeysOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    /// The keys of the configuration's data directory.
    func store(_ console: Console) throws -> KeyStore {
        var overrides = configuration.overrides
        overrides.needsProvider = false
        return KeyStore(try Session.load(overrides, logLevel: output.logLevel, console: console))
    }
}
