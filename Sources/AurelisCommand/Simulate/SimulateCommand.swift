internal import ArgumentParser
internal import AurelisSimulator

/// `aurelis simulate`: GitHub Models on loopback, for tests and for trying things.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Serve a simulated provider: nine models, quotas, and faults on demand.",
        discussion: """
            Speaks the GitHub Models API on this machine, the same answers for the same
            seed. Prints its address to stdout once it listens; Ctrl-C ends it. Any
            well-formed GitHub token will do, checksum included, for example
            \(SimulatorCredentials.exampleToken).
            What it was asked: GET /_simulator/requests.

            Examples:
              aurelis simulate --tier pro --seed 7
              aurelis simulate --faults faults.json
              aurelis simulate --faults flaky --no-quota
              aurelis ask --provider github-models --base-url http://127.0.0.1:9090 "Hello"
            """
    )

    @Option(help: .init("Listen on this address.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: .init("Listen on this port, 0 for any.", valueName: "port"))
    var port = PortArgument(9090)

    @Option(help: "Decides every answer and every roll of the dice.")
    var seed: UInt64 = 1

    @Option(help: "The plan whose limits apply.")
    var tier = TierArgument(.free)

    @Option(
        help: .init(
            "What goes wrong: a JSON file, or one of \(FaultScript.names.joined(separator: ", ")).",
            valueName: "file|name"
        ),
        completion: .faults
    )
    var faults: String?

    @Flag(help: "Count no requests; limits on tokens apply in any case.")
    var noQuota = false

    @Option(help: .init("Let time pass this many times faster.", valueName: "factor"))
    var timeScale = 1.0

    @Option(help: .init("Serve with this many threads.", valueName: "count"))
    var threads = 1

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        guard timeScale > 0, timeScale <= 1_000_000 else {
            throw ValidationError("--time-scale must be above 0 and at most 1000000")
        }
        guard (1...1_024).contains(threads) else { throw ValidationError("--threads must be 1 to 1024") }
    }

    func run() async throws {
        let console = output.console()
        let simulator = Simulator(configuration: try simulatorConfiguration())
        do {
            try await Signals.interruptible {
                do {
                    _ = try await simulator.start()
                } catch {
                    throw CommandFailure(listeningOn: port.number, of: host, error)
                }
                let port = simulator.port ?? port.number
                try console.output.write("listening on \(ServerAddress(host: host, port: port))\n")
                await Signals.forever()
            }
        } catch is Interruption {
            // Being told to end is how this command ends well.
            try await simulator.shutdown()
        } catch {
            try await simulator.shutdown()
            throw error
        }
    }

    /// The simulator that these options describe.
    func simulatorConfiguration() throws -> SimulatorConfiguration {
        SimulatorConfiguration(
            host: host,
            port: port.number,
            seed: seed,
            tier: tier.tier,
            enforcesQuotas: !noQuota,
            timeScale: timeScale,
            faults: try faults.map(SimulateCommand.script) ?? .none,
            credentials: .genuine,
            eventLoopThreads: threads
        )
    }

    /// A fault script from a ready-made one's name or from a file.
    static func script(_ name: String) throws -> FaultScript {
        if let script = FaultScript.named(name) { return script }
        let text = try InputFile.text(name)
        do {
            return try FaultScript(parsing: Array(text.utf8))
        } catch {
            throw CommandFailure(.configuration, "\(name): \(error)")
        }
    }
}
