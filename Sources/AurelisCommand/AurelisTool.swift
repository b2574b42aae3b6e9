internal import ArgumentParser
internal import AurelisApp

/// The command `aurelis`: parses, runs, and turns every failure into a message and an exit status.
@main
struct AurelisTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aurelis",
        abstract: "One way to many AI models: routed, retried, explained.",
        discussion: """
            First steps, without an account:
              aurelis ask --simulate "Write a tokenizer in Swift"
              aurelis demo

            With a provider of your own:
              aurelis ask --provider openai "Why is the sky blue?"
              aurelis serve --base-url http://127.0.0.1:11434/v1

            Exit status: 0 ok, 1 failure, 2 usage, 3 configuration, 4 authentication,
            5 provider, 6 refused by policy, 75 limit or quota reached, 130 interrupted.
            """,
        version: Version.current,
        subcommands: [
            AskCommand.self, ChatCommand.self, BatchCommand.self, PlanCommand.self, ServeCommand.self, WhyCommand.self,
            QuotaCommand.self, UsageCommand.self, AuthCommand.self, KeysCommand.self, CacheCommand.self,
            AuditCommand.self, ModelsCommand.self, SimulateCommand.self, ReplayCommand.self, DemoCommand.self,
            ConfigCommand.self, HealthCommand.self, DoctorCommand.self, CompletionsCommand.self, ManualCommand.self,
        ]
    )

    static func main() async {
        Signals.ignoreBrokenPipes()
        Signals.leaveCrashesToTheSystem(ProcessEnvironment.current)
        let status = await run(Array(CommandLine.arguments.dropFirst()))
        Signals.exit(status)
    }

    /// Runs one command line to its end; everything it has to say has been said when it returns.
    static func run(_ arguments: [String]) async -> CommandStatus {
        do {
            if let failure = UnknownCommand.failure(in: arguments) { throw failure }
            var command = try await asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .success
        } catch {
            // The options may not have been parsed, so the flag is looked for by hand.
            let color = !arguments.contains("--no-color")
            return FailureReport(error, environment: ProcessEnvironment.current, arguments: arguments)
                .print(color: color, json: FailureJSON.isWanted(by: arguments))
        }
    }
}
