internal import ArgumentParser
internal import Aurelis
internal import AurelisApp

/// `aurelis ask`: one question, one answer on standard output.
struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask one question and print the answer.",
        discussion: """
            The question is what you type, then the files of -f, then what is piped in,
            each after a blank line; several files are each preceded by their name. With
            --prompt-file it fills {{input}} there, or comes last. The answer goes to
            stdout, byte for byte where that is no terminal; all else to stderr.

            Examples:
              aurelis ask --simulate "Write a tokenizer in Swift" -t codeGeneration
              git diff | aurelis ask -t codeReview "Review this change"
              aurelis ask -f notes.txt -s "Answer in one sentence" --json | jq -r .content
              aurelis ask --prompt-file summary.prompt.yml --var tone=dry < report.txt
              aurelis ask --dry-run -t documentation "Describe this API"
            """
    )

    @Argument(help: .init("The question; several words are joined by spaces.", valueName: "prompt"))
    var words: [String] = []

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: .init("Append this file to the question; repeatable, `-` is stdin.", valueName: "file"),
        completion: .file()
    )
    var files: [String] = []

    @Option(name: .shortAndLong, help: "What the question is for; decides the model when none is named.")
    var task = TaskArgument(.general)

    @OptionGroup
    var prompt: PromptFileOptions

    @Option(name: .shortAndLong, help: "Ask this model; `aurelis models` lists them.", completion: .models)
    var model: String?

    @Option(name: .shortAndLong, help: .init("The rules of the conversation.", valueName: "text"))
    var system: String?

    @OptionGroup
    var sampling: SamplingOptions

    @Option(parsing: .unconditional, help: "Ask for a repeatable answer, where the provider can give one.")
    var seed: Int?

    @Option(
        parsing: .unconditional,
        help: .init("How long to wait for the answer, or the start of a stream: 500ms, 30s.", valueName: "time"),
        transform: DurationArgument.read
    )
    var deadline: DurationArgument?

    @Option(
        parsing: .unconditional,
        help: .init(
            "How long to wait for a quota, beside the deadline: 90s, 10m, 12h; even until a day's quota is back.",
            valueName: "time"
        ),
        transform: DurationArgument.read
    )
    var wait: DurationArgument?

    @Flag(inversion: .prefixedNo, help: "Whether another model may answer than the one named with -m.")
    var fallback: Bool?

    @Option(
        name: .customLong("fallback-to"),
        help: .init("Which models may answer instead, the best first, separated by commas.", valueName: "models"),
        completion: .modelList
    )
    var fallbackModels: ModelsArgument?

    @Option(help: "How the models are put in order.")
    var strategy: StrategyArgument?

    @Option(help: "How to go about cached answers.")
    var cache: CachePolicyArgument?

    @Flag(help: "Ask anew and keep nothing: the same as --cache off.")
    var noCache = false

    @Flag(help: "Ask nobody: only an answer that is kept. The same as --cache only.")
    var offline = false

    @Option(
        name: .customLong("cache-tag"),
        help: .init("A name by which the kept answer can be found and invalidated; repeatable.", valueName: "name")
    )
    var cacheTags: [String] = []

    @Flag(inversion: .prefixedNo, help: "Print the answer as it comes; the default on a terminal, without --json.")
    var stream: Bool?

    @Flag(help: "Let a stream that breaks off and cannot be continued begin again.")
    var restart = false

    @Flag(help: "Print one JSON object; with --stream, one per piece and then the whole.")
    var json = false

    @Flag(help: "Show on stderr which models were considered and asked, and what became of it.")
    var explain = false

    @Flag(help: "Show which models would be asked and why; send nothing.")
    var dryRun = false

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        if let model, model.isEmpty { throw ValidationError("-m names no model") }
        if files.contains("") { throw ValidationError("-f names no file") }
        if fallbackModels != nil, fallback == false {
            throw ValidationError("--fallback-to names models that --no-fallback forbids")
        }
        if noCache, let cache, cache.policy != .off {
            throw ValidationError("--no-cache and --cache \(cache.policy.rawValue) contradict each other")
        }
        if offline, noCache || cache.map({ $0.policy != .only }) ?? false {
            throw ValidationError("--offline takes kept answers only, and \(noCache ? "--no-cache" : "--cache") none")
        }
        if cacheTags.contains("") { throw ValidationError("--cache-tag names no tag") }
        if dryRun, stream == true || explain {
            throw ValidationError("--dry-run sends nothing, so there is nothing to stream or explain")
        }
    }

    func run() async throws {
        let console = output.console()
        // Before signals are taken over: Ctrl-C ends a command that waits for its input as it ends any other.
        let request = try request(console)
        let session = try Session.load(provider.overrides, logLevel: output.logLevel, console: console)
        let asking = Asking(
            request: request,
            streams: stream ?? (console.output.isTerminal && !json),
            json: json,
            explains: explain,
            isVerbose: output.verbose > 0,
            console: console
        )
        try await Signals.interruptible {
            try await session.withEngine { engine in
                if dryRun {
                    var run = DryRun(request: request, routing: session.configuration.orchestrator.routing)
                    if model == nil, let file = prompt.promptFile { run.naming = "named in \(file)" }
                    try run.print(
                        try engine.orchestrator.candidates(for: request),
                        json: json,
                        on: console
                    )
                } else {
                    try await asking.run(engine.orchestrator)
                }
            }
        }
    }

    /// The request that the arguments and the input make.
    func request(_ console: Console) throws -> ModelRequest {
        let texts = try files.map { path in Prompt.File(path, try InputFile.text(path)) }
        var piped: String?
        if InputFile.isPiped, !files.contains("-") {
            if console.errors.isTerminal, !InputFile.isReady(within: 2_000) {
                console.remark("waiting for the end of standard input; </dev/null asks without it")
            }
            piped = try InputFile.text("-")
        }
        var request = ModelRequest(
            messages: [],
            task: task.task,
            model: model.map { ModelID($0) },
            temperature: sampling.temperature,
            maxTokens: sampling.maxTokens
        )
        request.seed = seed
        if let path = prompt.promptFile {
            let input = Prompt.joined(words: words, files: texts, input: piped)
            let filled = try FilledPrompt(path: path, variables: prompt.variables, input: input, warn: console.warn)
            filled.apply(to: &request)
            request.model = request.model ?? filled.file.model.map { ModelID($0) }
            request.messages = filled.messages(system: system)
        } else {
            let question = try Prompt.assembled(words: words, files: texts, input: piped)
            request.messages = (system.map { [.system($0)] } ?? []) + [.user(question)]
        }
        request.fallback = fallbackModels.map { .models($0.models) } ?? fallback.map { $0 ? .byTask : .never }
        request.strategy = strategy?.strategy
        request.allowsRestart = restart ? true : nil
        request.timeout = deadline?.duration
        request.quotaTimeout = wait?.duration
        request.onWait = WaitRemarks(console).add
        request.cache = noCache ? .off : offline ? .only : cache?.policy
        request.cacheTags = cacheTags
        return request
    }
}
