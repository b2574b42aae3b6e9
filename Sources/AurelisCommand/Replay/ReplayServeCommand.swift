internal import ArgumentParser
internal import AurelisApp
internal import AurelisTesting
internal import Logging

/// `aurelis replay serve`: the gateway, with a cassette in the place of providers.
struct ReplayServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve what was recorded; fail on what was not.",
        discussion: """
            A request that was recorded several times gets its answers in their order, and
            then the last one again and again.

            Example:
              aurelis replay serve session.jsonl --no-delays
            """
    )

    @Argument(help: .init("The cassette.", valueName: "file"), completion: .file())
    var file: String

    @Flag(inversion: .prefixedNo, help: "Let the time between pieces pass as it did.")
    var delays = true

    @Flag(help: "Fail when a request is made more often than it was recorded.")
    var once = false

    @Option(help: .init("Serve clients on this port, 0 for any; default 8787.", valueName: "port"))
    var port: PortArgument?

    @Option(help: .init("Serve operators on this port, 0 for any; default 8788.", valueName: "port"))
    var adminPort: PortArgument?

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        let cassette: Cassette
        do { cassette = try Cassette(contentsOf: Array(try InputFile.text(file).utf8)) } catch let error
            as CassetteError
        {
            throw CommandFailure(.configuration, "\(file): \(error)")
        }
        var overrides = configuration.overrides
        overrides.port = port?.number
        overrides.adminPort = adminPort?.number
        overrides.cachePolicy = "off"
        overrides.needsProvider = false
        let session = try Session.load(
            overrides,
            logLevel: output.logLevel,
            console: console,
            defaultLogLevel: .notice,
            isServing: true
        )
        var options = CassettePlayer.Options()
        options.keepsDelays = delays
        options.repeatsLast = !once
        let count = cassette.exchanges.count
        try await session.serve(
            on: console,
            cassette: .play(cassette, options),
            providers: "\(file) (\(count) exchange\(count == 1 ? "" : "s"))"
        )
    }
}
