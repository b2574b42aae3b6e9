internal import ArgumentParser

/// `aurelis config`: the configuration file, from its first draft to its effective values.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Write, check, show or reload the configuration.",
        discussion: """
            Flags win over the environment (AURELIS_*), that over ./aurelis.yaml, that
            over $XDG_CONFIG_HOME/aurelis/aurelis.yaml, and that over the defaults.

            Examples:
              aurelis config init --provider openai
              aurelis config check
              aurelis config show
              aurelis config reload
              aurelis config import litellm.yaml -o aurelis.yaml
              aurelis config pins https://api.openai.com
            """,
        subcommands: [
            ConfigInitCommand.self, ConfigCheckCommand.self, ConfigShowCommand.self, ConfigReloadCommand.self,
            ConfigImportCommand.self,
            ConfigPinsCommand.self,
        ]
    )
}
