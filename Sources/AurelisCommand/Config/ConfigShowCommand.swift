internal import ArgumentParser
internal import AurelisApp
internal import AurelisJSON

/// `aurelis config show`: the values in effect and where each comes from.
struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the effective configuration as YAML, each value with its origin, secrets masked.",
        discussion: """
            Examples:
              aurelis config show --simulate
              aurelis config show --json | jq '.settings[] | select(.said)'
            """
    )

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        let session = try Session.load(provider.overrides, logLevel: output.logLevel, console: console)
        if json {
            var writer = JSONWriter()
            writer.beginObject()
            writer.strings("files", session.loaded.sources)
            writer.array("settings", session.configuration.settings) { setting, writer in
                writer.field("path", setting.path)
                writer.field("value", setting.value)
                writer.field("said", setting.isSaid)
                writer.field("origin", setting.origin.map { "\($0)" } ?? "default")
            }
            writer.endObject()
            return try console.output.write(json: String(decoding: writer.bytes, as: UTF8.self) + "\n")
        }
        var text = session.loaded.rendered()
        if text.last != "\n" { text += "\n" }
        try console.output.write(text)
    }
}
