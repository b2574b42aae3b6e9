internal import ArgumentParser
internal import Aurelis
internal import AurelisApp

/// `aurelis plan`: what a batch would take.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Tell what a batch would take: requests, tokens, money, and time under today's quotas.",
        discussion: """
            Reads the same file as `aurelis batch`, looks into the cache and the quotas,
            and sends nothing. Equal lines and those that the cache can answer cost no
            request. The end is the earliest possible: answers are taken to come at once,
            and nobody else to use the quotas.

            Examples:
              aurelis plan questions.jsonl
              aurelis plan questions.jsonl --json | jq .ends_at

            Exit status: 0 the plan is made, 1 some lines cannot be asked, 2 the file
            cannot be read.
            """
    )

    @Argument(help: .init("The requests.", valueName: "file"), completion: .file())
    var input: String

    @Flag(help: "As `aurelis batch --no-cache` would ask: no line is answered from the cache.")
    var noCache = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        var read = try BatchInput(input)
        if noCache { read.cache = .off }
        let batch = read
        let session = try Session.load(provider.overrides, logLevel: output.logLevel, console: console)
        let plan = try await Signals.interruptible {
            try await session.withEngine { engine in
                let plan = try await PlanCommand.plan(batch, engine.orchestrator)
                let metered = Set(await engine.orchestrator.quotaReport().rows.map(\.provider))
                let used = Set(plan.shares.map(\.provider))
                await UnknownAccounts(session).warn(of: metered.intersection(used), on: console)
                return plan
            }
        }
        if let words = plan.credentials.words { console.warn(words) }
        if json {
            try console.output.write(json: PlanJSON.text(plan))
        } else {
            try PlanReport(plan, of: batch.path).write(to: console)
        }
        guard plan.invalid > 0 else { return }
        throw ExitCode(CommandStatus.failure.rawValue)
    }

    /// What is left to be done of a batch.
    static func plan(
        _ input: BatchInput,
        _ orchestrator: ModelOrchestrator,
        settled: BatchSettled = BatchSettled()
    ) async throws -> BatchPlan {
        var planner = BatchPlanner(orchestrator, settled: settled)
        do {
            let lines = try input.lines()
            while let line = try lines.next() {
                try Task.checkCancellation()
                await planner.add(line)
            }
        } catch let error as BatchError {
            throw CommandFailure(.usage, error.message)
        }
        return planner.plan
    }
}
