internal import ArgumentParser
internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// `aurelis cache warm`: asks now what will be asked later.
struct CacheWarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm",
        abstract: "Ask the questions of a file that have no kept answer yet, one after the other.",
        discussion: """
            The file holds a JSON object per line: the body of a chat completion or of an
            embedding request, or {"prompt": "…", "task": "…", "model": "…"}; it is not
            the format of `aurelis batch`. Ends with status 75 when a limit is reached; the
            same command goes on from there.

            Example:
              aurelis cache warm warm-up.jsonl --provider openai
            """
    )

    @Argument(help: .init("The questions; `-` is stdin.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup
    var provider: ProviderOptions

    @Flag(help: "Print a JSON object per line.")
    var json = false

    @OptionGroup
    var output: OutputOptions

    func run() async throws {
        let console = output.console()
        let questions = try WarmUp.questions(in: file)
        let session = try Session.load(provider.overrides, logLevel: output.logLevel, console: console)
        let warmUp = WarmUp(questions: questions, json: json, console: console)
        try await Signals.interruptible {
            try await session.withEngine { engine in try await warmUp.run(engine.orchestrator) }
        }
    }
}
