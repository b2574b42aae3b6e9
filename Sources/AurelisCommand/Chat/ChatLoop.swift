internal import Aurelis
internal import AurelisApp

/// A chat from its first question to its last: takes lines, asks, shows, remembers.
struct ChatLoop {
    /// What does not change while it goes on.
    struct Setting: Sendable {
        let orchestrator: ModelOrchestrator
        let console: Console
        let interruption: AnswerInterruption
        /// Temperature, time limits and the like, for every question.
        var template: ModelRequest
        /// Whether somebody reads along, so that a failure is not the end.
        var isInteractive: Bool
        /// Whether there is a screen on which a sign can be taken back.
        var isOnScreen: Bool
        var json: Bool
        /// Where the conversation is written after every answer.
        var saving: ChatFile?
        /// Where what is typed is remembered; nil: nowhere.
        var history: ChatHistory?
    }

    var setting: Setting
    var conversation: Conversation
    var model: ModelID?
    var task: TaskType
    var usage = ChatUsage()
    /// A question that found no answer, for `/retry`.
    var unanswered: String?
    /// How many messages the model is no longer told.
    var leftOut = 0
    /// Files that this chat has read or written, which it may write again.
    var ownFiles: Set<String> = []
    /// Whether not being able to remember what is typed has been told.
    private var hasWarnedOfHistory = false

    var console: Console { setting.console }

    init(_ setting: Setting, _ start: SavedConversation) {
        self.setting = setting
        conversation = start.conversation
        model = start.model.map { ModelID($0) }
        task = start.task
    }

    /// Goes on until there are no more lines.
    ///
    /// - Parameter first: asked before anybody has written anything.
    mutating func run(_ source: inout ChatSource, first: String?) async throws {
        if let first { try await ask(first) }
        var interrupts = 0
        while true {
            switch try await source.next() {
            case .end: return
            case .interrupt:
                interrupts += 1
                guard interrupts == 1 else { return }
                console.remark("Ctrl-C again leaves; so does Ctrl-D")
            case .text(let line):
                interrupts = 0
                remember(line)
                switch ChatInput(line) {
                case .nothing: break
                case .question(let question): try await ask(question)
                case .unknown(let word, let suggestion):
                    let meant = suggestion.map { "did you mean \($0)?" } ?? "/help lists what there is"
                    try refuse(CommandFailure(.usage, "there is no command \(word)", hint: meant))
                case .command(let command):
                    guard try await obey(command, &source) else { return }
                }
            }
        }
    }

    /// Tells of a failure; without anybody to read it, it is the end.
    func refuse(_ failure: CommandFailure) throws {
        guard setting.isInteractive else { throw failure }
        let errors = console.errors
        errors.note(failure.rendered(style: errors.style, width: errors.isTerminal ? errors.columns : nil))
    }

    private mutating func remember(_ line: String) {
        guard let history = setting.history, let first = line.first, first != " " else { return }
        do { try history.append(line) } catch {
            if !hasWarnedOfHistory { console.warn("what is typed is not remembered: \(error.message)") }
            hasWarnedOfHistory = true
        }
    }
}
