internal import ArgumentParser
internal import Aurelis
internal import AurelisApp

/// `aurelis batch`: a file of requests, a file of answers.
struct BatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Ask every request of a file, and write the answers in the same order.",
        discussion: """
            The file holds a line of OpenAI's batch format per request:
              {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{…}}
            Every line gets one line of output, an answer or an error. Equal requests are
            asked once. Whatever ends the command, Ctrl-C, a limit or a power cut: what was
            answered is kept, and the same command goes on from there.

            Examples:
              aurelis batch questions.jsonl -o answers.jsonl
              aurelis batch in.jsonl -o out.jsonl --errors failed.jsonl --in-flight 20
              aurelis batch in.jsonl --deadline 24h | jq .response.body
              aurelis batch in.jsonl -o new.jsonl --restart --no-cache

            Exit status: 0 all answered, 1 some failed, 75 a limit or quota is reached, 130
            interrupted.
            """
    )

    @Argument(help: .init("The requests.", valueName: "file"), completion: .file())
    var input: String

    @Option(
        name: .shortAndLong,
        help: .init("Write the answers to this file when all are there; `-` is stdout.", valueName: "file"),
        completion: .file()
    )
    var output = "-"

    @Option(help: .init("Write the failed ones to this file instead.", valueName: "file"), completion: .file())
    var errors: String?

    @Option(parsing: .unconditional, help: .init("How many requests are under way at once.", valueName: "count"))
    var inFlight = BatchOptions().inFlight

    @Option(
        parsing: .unconditional,
        help: .init(
            "How long all of it may take: 10m, 24h; limits that end by then are waited out, and what is not answered then has expired.",
            valueName: "time"
        ),
        transform: DurationArgument.read
    )
    var deadline: DurationArgument?

    @Flag(help: "Forget what an earlier run has done, and begin again; kept answers of the cache still serve.")
    var restart = false

    @Flag(help: "Ask every line anew, equal ones too, and keep no answer in the cache.")
    var noCache = false

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var outputOptions: OutputOptions

    func validate() throws {
        guard 1...1_000 ~= inFlight else {
            throw ValidationError("--in-flight must be between 1 and 1000, not \(inFlight)")
        }
        if output.isEmpty || errors?.isEmpty == true { throw ValidationError("a file to write to has no name") }
        // Standard input is no file that could be overwritten, nor one that a batch can be read from.
        if input != "-", input == output || input == errors {
            throw ValidationError("the input would be overwritten; write to another file")
        }
        if output == errors { throw ValidationError("-o and --errors name the same file") }
    }

    func run() async throws {
        let console = outputOptions.console()
        let destination = BatchOutput(path: output == "-" ? nil : output, errorPath: errors)
        // Before anything is paid for.
        for path in [destination.path, destination.errorPath].compactMap(\.self) { try ReplacedFile.check(path) }
        var input = try BatchInput(input)
        if noCache { input.cache = .off }
        let session = try Session.load(provider.overrides, logLevel: outputOptions.logLevel, console: console)
        var options = BatchOptions()
        options.inFlight = BatchCommand.inFlight(inFlight, under: session.configuration)
        if options.inFlight < inFlight {
            console.remark("the configuration allows no more than \(options.inFlight) requests to a provider at once")
        }
        options.deadline = deadline?.duration
        let job = BatchJob(
            input: input,
            output: destination,
            options: options,
            isRestarting: restart,
            console: console
        )
        try await Signals.interruptible {
            try await session.withEngine(defaultConcurrency: nil) { engine in
                try await job.run(engine.orchestrator, session.configuration, logger: session.logger)
            }
        }
    }

    /// As many as a provider takes: the others would only wait, and their time run out.
    static func inFlight(_ wanted: Int, under configuration: Configuration) -> Int {
        min(wanted, configuration.concurrency ?? .max, configuration.transport.connectionsPerHost)
    }
}
