internal import Aurelis
internal import AurelisApp

extension ChatLoop {
    /// Does what a command says.
    ///
    /// - Returns: false: the chat is over.
    mutating func obey(_ command: ChatCommandLine, _ source: inout ChatSource) async throws -> Bool {
        do {
            switch command.name {
            case .quit: return false
            case .help: help()
            case .model: try choose(model: command.argument)
            case .task: try choose(task: command.argument)
            case .system: rules(command.argument)
            case .clear: forget()
            case .usage: console.remark(usage.line)
            case .save: try write(command.argument)
            case .load: try read(command.argument)
            case .undo:
                guard let question = conversation.undo() else { throw CommandFailure(.usage, "nothing was asked yet") }
                console.remark("taken back; \(conversation.questions) before it stay")
                source.prefill(question)
            case .retry:
                guard let question = unanswered ?? conversation.undo() else {
                    throw CommandFailure(.usage, "nothing was asked yet")
                }
                unanswered = nil
                try await ask(question, isAnew: true)
            case .prompt: if let question = try fill(command.argument) { try await ask(question) }
            }
        } catch let failure as CommandFailure {
            try refuse(failure)
        } catch let error as ConfigurationError {
            try refuse(CommandFailure(error))
        }
        return true
    }

    private func help() {
        let errors = console.errors
        let width = (ChatCommandLine.summary.map(\.usage.count).max() ?? 0) + 2
        for (usage, meaning) in ChatCommandLine.summary {
            let isNarrow = errors.columns < width + 24
            let gap = isNarrow ? "\n    " : String(repeating: " ", count: width - usage.count)
            errors.note("  \(errors.style(.name, usage))\(gap)\(meaning)\n")
        }
        console.remark("")
        console.remark(
            "A line that ends in \\ goes on in the next, as does one after Alt-Enter; \"\"\" begins and ends a block."
        )
        console.remark("Ctrl-C ends an answer, Ctrl-D the chat. A text that begins with / is sent as //.")
    }

    private mutating func choose(model name: String) throws {
        guard !name.isEmpty else {
            console.remark(model.map { "model: \($0)" } ?? "model: chosen by the task \(task.rawValue)")
            if !modelNames.isEmpty { console.remark("there are: \(modelNames.joined(separator: ", "))") }
            return
        }
        var request = ModelRequest("hello", task: task, model: ModelID(name))
        request.fallback = .never
        do { _ = try setting.orchestrator.candidates(for: request) } catch { throw CommandFailure(error) }
        model = request.model
        task = request.task
        leftOut = 0
        console.remark(model.map { "\($0) answers from here on" } ?? "the task \(task.rawValue) chooses the model")
    }

    private mutating func choose(task name: String) throws {
        guard !name.isEmpty else { return console.remark("task: \(task.rawValue)") }
        do { task = try TaskType(parsing: name) } catch { throw CommandFailure(error) }
        console.remark(
            model.map { "the task is \(task.rawValue); \($0) is still asked, /model auto lets it choose" }
                ?? "the task is \(task.rawValue)"
        )
    }

    private mutating func rules(_ text: String) {
        switch text {
        case "": console.remark(conversation.system.map { "rules: \($0)" } ?? "there are no rules")
        case "-":
            conversation.system = nil
            console.remark("there are no rules any more")
        default:
            conversation.system = text
            console.remark("these are the rules from here on")
        }
    }

    private mutating func forget() {
        conversation.clear()
        unanswered = nil
        leftOut = 0
        console.remark(conversation.system == nil ? "forgotten" : "forgotten; the rules stay")
    }

    // MARK: Files

    private mutating func write(_ path: String) throws(CommandFailure) {
        // Without a name it is written where it is kept anyway.
        let path = path.isEmpty ? setting.saving?.path ?? "" : path
        guard !path.isEmpty else { throw CommandFailure(.usage, "/save needs the name of a file, .md or .json") }
        let file = try ChatFile(path)
        guard !file.isThere || ownFiles.contains(path) || path == setting.saving?.path else {
            throw CommandFailure(.failure, "\(path) is already there", hint: "choose another name, or remove it first")
        }
        try file.write(saved)
        ownFiles.insert(path)
        console.remark("written to \(path)")
    }

    private mutating func read(_ path: String) throws(CommandFailure) {
        guard !path.isEmpty else { throw CommandFailure(.usage, "/load needs the name of a .json file") }
        let saved = try ChatFile(path).read()
        conversation = saved.conversation
        if let name = saved.model { model = ModelID(name) }
        task = saved.task
        (unanswered, leftOut) = (nil, 0)
        ownFiles.insert(path)
        let count = conversation.messages.count
        console.remark("\(count == 1 ? "1 message" : "\(count) messages") from \(path)")
    }

    var saved: SavedConversation { SavedConversation(conversation, model: model?.spelling, task: task) }

    /// Writes the conversation where it is to be kept; that it cannot be is told, and the chat goes on.
    func save() {
        guard let file = setting.saving else { return }
        do { try file.write(saved) } catch { console.warn("the conversation is not kept: \(error.message)") }
    }

    /// Takes a prompt file into the conversation.
    ///
    /// - Returns: what is to be asked now; nil: the file ends with something else than a question.
    private mutating func fill(_ argument: String) throws -> String? {
        var words = ShellWords.split(argument)
        guard !words.isEmpty else { throw CommandFailure(.usage, "/prompt needs the name of a .prompt.yml file") }
        let filled = try FilledPrompt(path: words.removeFirst(), variables: words, input: nil, warn: console.warn)
        filled.apply(to: &setting.template)
        if let name = filled.file.model { model = ModelID(name) }
        return conversation.take(filled.messages)
    }
}
