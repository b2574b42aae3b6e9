internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// `aurelis usage`: what was used and what it cost.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show what was used and what it cost, by day, model, provider, task or key.",
        discussion: """
            Counted is what every Aurelis process of this data directory has asked and
            answered; a gateway that runs writes about once a second. Days are those of
            UTC. A cost is as complete as prices and token counts are known: ≥ says that
            some are not. With --simulate it is what the simulator was asked and would
            have cost, which is counted apart.

            Examples:
              aurelis usage
              aurelis usage --days 30 --by model
              aurelis usage --by day --model gpt-4o --json | jq .total
            """
    )

    @Option(parsing: .unconditional, help: .init("How many days, today included: 1 to 400.", valueName: "count"))
    var days = UsageReport.Selection().days

    @Option(help: .init("A line for each day, key, provider, model or task.", valueName: "what"))
    var by = UsageReport.Grouping.day

    @Option(help: .init("Only what this model answered.", valueName: "model"), completion: .models)
    var model: String?

    @Option(help: .init("Only the requests of this key.", valueName: "name"), completion: .keys)
    var key: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Show what the simulator was asked.")
    var simulate = false

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        let possible = UsageReport.Selection.possibleDays
        guard possible.contains(days) else {
            throw ValidationError(
                "--days must be between \(possible.lowerBound) and \(possible.upperBound), not \(days)"
            )
        }
    }

    func run() async throws {
        let console = output.console()
        var overrides = configuration.overrides
        overrides.needsProvider = false
        overrides.simulate = simulate
        let session = try Session.load(overrides, logLevel: output.logLevel, console: console)
        try session.requireReadableData()
        let history = RequestHistory(
            directory: session.configuration.dataDirectory,
            simulated: session.configuration.simulates,
            logger: session.logger
        )
        let report: UsageReport
        do {
            report = try await history.usage(of: .init(days: days, model: model, key: key), by: by)
        } catch {
            throw CommandFailure(.failure, "what was used cannot be read: \(error)")
        }
        let out = console.output
        if json {
            var writer = JSONWriter()
            report.write(to: &writer)
            return try out.write(json: String(decoding: writer.bytes, as: UTF8.self) + "\n")
        }
        guard !report.rows.isEmpty else {
            return console.remark("nothing was used from \(report.first) to \(report.last) (\(session.place))")
        }
        try out.write(UsageTable(report).rendered(width: out.columns, style: out.style))
    }
}

extension Session {
    /// Whose use is counted.
    fileprivate var place: String {
        configuration.simulates ? "of the simulator" : configuration.dataDirectory
    }
}

extension UsageReport.Grouping: ExpressibleByArgument {}
