internal import ArgumentParser
internal import AurelisApp
internal import Logging

/// `aurelis replay record`: the gateway, with a tape running.
struct ReplayRecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Serve like `aurelis serve`, and write down what providers answer.",
        discussion: """
            Nothing is answered from the cache: every request is asked and recorded. Each
            exchange is on the disk as soon as it has ended.

            Example:
              aurelis replay record session.jsonl --provider openai
            """
    )

    @Argument(help: .init("The cassette to begin; there must be none yet.", valueName: "file"), completion: .file())
    var file: String

    @Option(help: .init("Serve clients on this port, 0 for any; default 8787.", valueName: "port"))
    var port: PortArgument?

    @Option(help: .init("Serve operators on this port, 0 for any; default 8788.", valueName: "port"))
    var adminPort: PortArgument?

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        var overrides = provider.overrides
        overrides.port = port?.number
        overrides.adminPort = adminPort?.number
        overrides.cachePolicy = "off"
        let session = try Session.load(
            overrides,
            logLevel: output.logLevel,
            console: console,
            defaultLogLevel: .notice,
            isServing: true
        )
        let cassette = try CassetteFile(creating: file)
        try await session.serve(on: console, cassette: .record(cassette))
    }
}
