internal import ArgumentParser
internal import Aurelis
internal import AurelisApp

/// `aurelis chat`: a conversation, question by question.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk with a model, question by question.",
        discussion: """
            At a terminal it has an editor with history and completion; /help lists its
            commands, Ctrl-C ends an answer, Ctrl-D the chat. From a pipe each line is a
            question, and the first failure is the end. Answers go to stdout, all else to
            stderr.

            Examples:
              aurelis chat --simulate
              aurelis chat -m gpt-4o -s "Answer in one sentence" --save notes.json
              aurelis chat --load notes.json --save notes.json
              printf 'What is a monad?\\nAn example?\\n' | aurelis chat -t explanation
            """
    )

    @Option(name: .shortAndLong, help: "Ask this model.", completion: .models)
    var model: String?

    @Option(name: .shortAndLong, help: "What the questions are for; decides the model when none is named.")
    var task: TaskArgument?

    @Option(name: .shortAndLong, help: .init("The rules of the conversation.", valueName: "text"))
    var system: String?

    @Option(help: .init("Go on with a conversation that was saved as JSON.", valueName: "file"), completion: .file())
    var load: String?

    @Option(
        help: .init("Write the conversation to this .md or .json file after every answer.", valueName: "file"),
        completion: .file()
    )
    var save: String?

    @OptionGroup
    var prompt: PromptFileOptions

    @OptionGroup
    var sampling: SamplingOptions

    @Option(
        parsing: .unconditional,
        help: .init("How long to wait for the start of an answer: 500ms, 30s.", valueName: "time"),
        transform: DurationArgument.read
    )
    var deadline: DurationArgument?

    @Option(
        parsing: .unconditional,
        help: .init("How long to wait for a quota, beside the deadline: 90s, 10m, 12h.", valueName: "time"),
        transform: DurationArgument.read
    )
    var wait: DurationArgument?

    @Flag(help: "Ask nobody: only answers that are kept.")
    var offline = false

    @Flag(help: "Remember nothing of what is typed.")
    var noHistory = false

    @Flag(help: "Print one JSON object for each answer.")
    var json = false

    @OptionGroup
    var provider: ProviderOptions

    @OptionGroup
    var output: OutputOptions

    func validate() throws {
        if let model, model.isEmpty { throw ValidationError("-m names no model") }
        if load != nil, prompt.promptFile != nil {
            throw ValidationError("--load and --prompt-file each begin a conversation; choose one")
        }
    }

    func run() async throws {
        let console = output.console()
        let beginning = try beginning(console)
        let session = try Session.load(provider.overrides, logLevel: output.logLevel, console: console)
        let host = try ChatHost(console: console, environment: session.environment)
        try await host.run { signals in
            try await session.withEngine { engine in
                let setting = ChatLoop.Setting(
                    orchestrator: engine.orchestrator,
                    console: console,
                    interruption: signals,
                    template: beginning.template,
                    isInteractive: host.isInteractive,
                    isOnScreen: host.isOnScreen,
                    json: json,
                    saving: beginning.saving,
                    history: host.isInteractive && !noHistory
                        ? ChatHistory(directory: session.configuration.dataDirectory) : nil
                )
                if let history = setting.history { Self.prepare(history, console) }
                var loop = ChatLoop(setting, beginning.conversation)
                if let load { loop.ownFiles.insert(load) }
                if let save { loop.ownFiles.insert(save) }
                if host.isInteractive { loop.greet() }
                var source = try host.source(history: setting.history, models: loop.modelNames)
                try await loop.run(&source, first: beginning.question)
            }
        }
    }

    /// Makes the directory in which what is typed is remembered.
    private static func prepare(_ history: ChatHistory, _ console: Console) {
        do { try DataDirectory.prepare(history.directory) } catch { console.warn("nothing is remembered: \(error)") }
    }

    /// With what the chat begins.
    private struct Beginning: Sendable {
        var conversation: SavedConversation
        var template: ModelRequest
        var question: String?
        var saving: ChatFile?
    }

    private func beginning(_ console: Console) throws -> Beginning {
        var template = ModelRequest(messages: [], temperature: sampling.temperature, maxTokens: sampling.maxTokens)
        template.timeout = deadline?.duration
        template.quotaTimeout = wait?.duration
        template.cache = offline ? .only : nil
        var saved = SavedConversation(Conversation(), model: nil, task: .general)
        if let load { saved = try ChatFile(load).read() }
        var question: String?
        if let path = prompt.promptFile {
            let filled = try FilledPrompt(path: path, variables: prompt.variables, input: nil, warn: console.warn)
            filled.apply(to: &template)
            saved.model = filled.file.model
            question = saved.conversation.take(filled.messages)
        }
        if let model { saved.model = model }
        if let task { saved.task = task.task }
        if let system { saved.conversation.system = system }
        var file: ChatFile?
        if let save {
            file = try ChatFile(save)
            guard file?.isThere != true || save == load else {
                throw CommandFailure(
                    .usage,
                    "\(save) is already there",
                    hint: "--load \(save) goes on with it, or choose another name"
                )
            }
        }
        return Beginning(conversation: saved, template: template, question: question, saving: file)
    }
}

extension ChatLoop {
    /// The models that can be named.
    /// Those that can be asked in a chat, which embedding models cannot.
    var modelNames: [String] {
        Set(setting.orchestrator.models.map(\.model.id.canonical)).filter { name in
            var request = ModelRequest("hello", model: ModelID(name))
            request.fallback = .never
            return (try? setting.orchestrator.candidates(for: request)) != nil
        }.sorted()
    }

    /// Says who will answer, and where help is.
    func greet() {
        var request = ModelRequest("hello", task: task, model: model)
        request.fallback = model == nil ? nil : .never
        let errors = console.errors
        do {
            let candidates = try setting.orchestrator.candidates(for: request)
            guard let first = candidates.first(where: { $0.rejection == nil }) else { return }
            let provider = first.provider.map { " at \($0)" } ?? ""
            let why = model == nil ? ", chosen by the task \(task.rawValue)" : ""
            errors.note(errors.style(.heading, "aurelis chat") + "\n")
            console.remark("\(first.model)\(provider)\(why)")
        } catch {
            try? refuse(CommandFailure(error))
        }
        if !conversation.isEmpty { console.remark("\(conversation.messages.count) messages from before") }
        console.remark("/help lists the commands, Ctrl-D leaves")
        errors.note("\n")
    }
}
