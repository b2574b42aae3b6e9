internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// `aurelis health`: how everything is, and whether those who should be told would hear it.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Show how models, credentials, network, cache, audit log, disk and quota are.",
        discussion: """
            A running gateway is asked; without one, the records of the data directory tell
            what the requests of the last hour have shown. No model is asked for it.

            Exit status: 0 healthy, 1 degraded, 5 unhealthy.

            Examples:
              aurelis health
              aurelis health --watch
              aurelis health --json | jq '.components | map_values(.status)'
              aurelis health test-alert
            """,
        subcommands: [HealthShowCommand.self, HealthTestAlertCommand.self],
        defaultSubcommand: HealthShowCommand.self
    )
}

/// `aurelis health show`: how everything is.
struct HealthShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how everything is (the default); exits with 1 when degraded, with 5 when unhealthy.",
        discussion: """
            Examples:
              aurelis health show --history
              aurelis health show --watch --json
            """
    )

    @Flag(help: "Go on showing it, until interrupted.")
    var watch = false

    @Flag(help: "Show what has changed, the newest first.")
    var history = false

    @Option(help: .init("The gateway's control plane; default: as the configuration says.", valueName: "url"))
    var admin: String?

    @Flag(help: "Print one JSON object; with --watch one line for each change.")
    var json = false

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        var overrides = configuration.overrides
        overrides.needsProvider = false
        let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
        let source = HealthSource(
            gateway: ControlPlane(named: admin, configuration: session.configuration, remark: { console.remark($0) }),
            session: session
        )
        let isWatching = watch
        let state = try await Signals.interruptible {
            isWatching ? try await follow(source, console) : try await show(source, console)
        }
        switch state {
        case .unhealthy: throw ExitCode(CommandStatus.provider.rawValue)
        case .degraded: throw ExitCode(CommandStatus.failure.rawValue)
        case .healthy, .unknown: return
        }
    }

    private func show(_ source: HealthSource, _ console: Console) async throws -> HealthState {
        let found = try await source.read(withHistory: history)
        if found.isStored {
            console.remark("no gateway runs at \(source.gateway.address): this is what the last hour's records tell")
        }
        let out = console.output
        guard !json else {
            try out.write(json: found.json() + "\n")
            return found.report.state
        }
        let view = HealthView(found)
        try out.write(history ? view.history(out) : view.text(out))
        return found.report.state
    }

    private func follow(_ source: HealthSource, _ console: Console) async throws -> HealthState {
        let out = console.output
        var last: String?
        while true {
            let found = try await source.read(withHistory: history)
            let text = json ? found.json() + "\n" : HealthView(found).text(out)
            // On a terminal the time goes on; elsewhere only changes are news.
            let news = json ? found.withoutTime : text
            if out.isTerminal, !json {
                try out.write("\u{1B}[H\u{1B}[2J" + text)
            } else if news != last {
                try json ? out.write(json: text) : out.write(text)
            }
            last = news
            try await Task.sleep(for: .seconds(2))
        }
    }
}
