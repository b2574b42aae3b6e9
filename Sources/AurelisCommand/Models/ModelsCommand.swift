internal import ArgumentParser
internal import Aurelis
internal import AurelisApp

/// `aurelis models`: what can be asked, and for which tasks it is preferred.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models that can be asked.",
        discussion: """
            Each model with the provider that serves it, its name there, and the tasks
            whose first choice it is. Nothing is sent: this is what the configuration and
            the presets say.

            Examples:
              aurelis models --simulate
              aurelis models --provider openai --json | jq -r '.models[].model'
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
        let models = try await session.withEngine { $0.orchestrator.models }
        let list = ModelList(models, routing: session.configuration.orchestrator.routing)
        let out = console.output
        if json {
            try out.write(json: list.json())
        } else {
            try out.write(list.table().rendered(width: out.columns, style: out.style))
        }
        if models.isEmpty {
            console.remark("the provider lists no models of its own: any name given with -m is passed on to it")
        }
    }
}
