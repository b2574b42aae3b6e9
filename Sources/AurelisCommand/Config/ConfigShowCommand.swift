internal import ArgumentParser
internal import AurelisApp

/// `aurelis config show`: the values in effect and where each comes from.
struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the effective configuration as YAML, each value with its origin, secrets masked.",
        discussion: """
            Example:
              aurelis config show --simulate
            """
    )

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        let session = try Session.load(provider.overrides, logLevel: output.logLevel, console: console)
        var text = session.loaded.rendered()
        if text.last != "\n" { text += "\n" }
        try console.output.write(text)
    }
}
