internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisSimulator
internal import Logging

/// `aurelis serve`: the gateway that OpenAI clients talk to.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the OpenAI API on this machine and pass requests on to models.",
        discussion: """
            Prints the addresses it listens on to stdout, once it does. SIGTERM and Ctrl-C
            let running requests finish; SIGHUP reads the configuration again.

            Examples:
              aurelis serve --simulate
              aurelis serve --provider openai --port 8787
              aurelis serve --base-url http://127.0.0.1:11434/v1
              OPENAI_BASE_URL=http://127.0.0.1:8787/v1 your-tool
            """
    )

    @Option(help: .init("Listen on this address; default 127.0.0.1.", valueName: "address"))
    var host: String?

    @Option(help: .init("Serve clients on this port, 0 for any; default 8787.", valueName: "port"))
    var port: PortArgument?

    @Option(help: .init("Serve operators on this port, 0 for any; default 8788.", valueName: "port"))
    var adminPort: PortArgument?

    @Option(parsing: .unconditional, help: .init("Serve clients with this many threads.", valueName: "count"))
    var threads: Int?

    @Option(help: "How requests go about cached answers.")
    var cache: CachePolicyArgument?

    @Option(help: .init("With --simulate: decides every answer.", valueName: "seed"))
    var seed: UInt64?

    @Option(help: .init("With --simulate: the plan whose limits apply.", valueName: "tier"))
    var tier: TierArgument?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Before a simulated provider: let time pass this many times faster, as it does there.",
            valueName: "factor"
        )
    )
    var timeScale: Int?

    @Option(
        help: .init(
            "With --simulate: what goes wrong: a JSON file, or one of \(FaultScript.names.joined(separator: ", ")).",
            valueName: "file|name"
        ),
        completion: .faults
    )
    var faults: String?

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        if let threads, !(1...1_024).contains(threads) { throw ValidationError("--threads must be 1 to 1024") }
        if let timeScale, !(1...100_000).contains(timeScale) {
            throw ValidationError("--time-scale must be 1 to 100000")
        }
    }

    /// What the flags say to the loader of configurations.
    var overrides: ConfigurationOverrides {
        var overrides = provider.overrides
        overrides.host = host
        overrides.port = port?.number
        overrides.adminPort = adminPort?.number
        overrides.threads = threads
        overrides.seed = seed
        overrides.cachePolicy = cache?.policy.rawValue
        overrides.tier = tier?.name
        overrides.timeScale = timeScale
        overrides.faultsFile = faults
        return overrides
    }

    /// Refuses what only the simulator understands, where it does not answer.
    func check(_ configuration: Configuration) throws(CommandFailure) {
        guard !configuration.simulates else { return }
        let flags = [("--seed", seed != nil), ("--tier", tier != nil), ("--faults", faults != nil)]
        guard let flag = flags.first(where: \.1)?.0 else { return }
        throw CommandFailure(
            .usage,
            "\(flag) is for the simulator, which does not answer here",
            hint: "add --simulate, or leave \(flag) out; `aurelis simulate \(flag) …` simulates a provider of its own"
        )
    }

    func run() async throws {
        let console = output.console()
        let overrides = overrides
        let session = try Session.load(
            overrides,
            logLevel: output.logLevel,
            console: console,
            defaultLogLevel: .notice,
            isServing: true
        )
        try check(session.configuration)
        try await session.serve(on: console) {
            try Session.read(overrides, environment: session.environment).configuration
        }
    }
}
