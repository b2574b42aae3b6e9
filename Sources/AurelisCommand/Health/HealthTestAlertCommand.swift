internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON
internal import Logging

/// `aurelis health test-alert`: whether those who are to be told of changes would hear of one.
struct HealthTestAlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test-alert",
        abstract: "Send a test to everybody that `alerts` names; exits with 1 when one does not get it.",
        discussion: """
            One attempt each, signed as a real alert is, with the event health.test. No
            gateway needs to run.

            Example:
              aurelis health test-alert --json
            """
    )

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var configuration: ConfigurationOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        var overrides = configuration.overrides
        overrides.needsProvider = false
        let session = try Session.load(
            overrides,
            logLevel: output.logLevel,
            console: console,
            // The test of a log is seen in it.
            defaultLogLevel: .notice
        )
        guard !session.configuration.alerts.isEmpty else {
            throw CommandFailure(
                .configuration,
                "nobody is told of anything: the configuration has no `alerts`",
                hint: "such as `alerts: [{ webhook: https://example.com/hook, secret: { env: HOOK_SECRET } }]`"
            )
        }
        let outcomes = try await Signals.interruptible {
            try await AlertTrial.run(
                session.configuration,
                environment: session.environment,
                logger: session.logger
            )
        }
        try print(outcomes, console.output)
        guard outcomes.allSatisfy({ $0.problem == nil }) else { throw ExitCode(CommandStatus.failure.rawValue) }
    }

    private func print(_ outcomes: [AlertTrial.Outcome], _ out: TextOutput) throws {
        guard !json else {
            var json = JSONWriter()
            json.beginObject()
            json.array("receivers", outcomes) { outcome, json in
                json.field("receiver", outcome.receiver)
                json.field("told", outcome.problem == nil)
                json.optional("problem", outcome.problem)
                json.field("duration_ms", Int(outcome.duration.milliseconds))
            }
            json.endObject()
            return try out.write(json: String(decoding: json.bytes, as: UTF8.self) + "\n")
        }
        for outcome in outcomes {
            let name = TerminalSanitizer.singleLine(outcome.receiver)
            guard let problem = outcome.problem else {
                try out.write("\(out.style(.good, "told")) \(name) in \(outcome.duration.readable)\n")
                continue
            }
            let reason = TerminalSanitizer.singleLine(problem)
            try out.write("\(out.style(.bad, "not told")) \(name) in \(outcome.duration.readable): \(reason)\n")
        }
    }
}
