internal import Aurelis

/// What was said so far, and by which rules.
///
///     var conversation = Conversation(system: "Be brief.")
///     conversation.ask("What is a monad?")
///     conversation.answer("A monoid …", note)
struct Conversation: Hashable, Sendable {
    /// The rules; nil: none.
    var system: String?
    private(set) var messages: [Entry]

    /// Something that somebody said.
    struct Entry: Hashable, Sendable {
        var role: Message.Role
        var text: String
        /// How an answer came about; nil for everything else.
        var note: Note?
    }

    /// How an answer came about.
    struct Note: Hashable, Sendable {
        var model: String
        var provider: String
        var usage: TokenUsage?
        /// Why there is no more of it; nil: it is whole.
        var cutOff: String?
    }

    init(system: String? = nil, messages: [Entry] = []) {
        self.system = system
        self.messages = messages
    }

    var isEmpty: Bool { messages.isEmpty }

    /// How many questions were asked.
    var questions: Int { messages.count { $0.role == .user } }

    mutating func add(_ role: Message.Role, _ text: String) {
        messages.append(Entry(role: role, text: text, note: nil))
    }

    mutating func ask(_ question: String) { add(.user, question) }

    mutating func answer(_ text: String, _ note: Note?) {
        messages.append(Entry(role: .assistant, text: text, note: note))
    }

    /// Takes the latest question back, with everything after it.
    ///
    /// - Returns: the question; nil: there is none.
    mutating func undo() -> String? {
        guard let index = messages.lastIndex(where: { $0.role == .user }) else { return nil }
        let question = messages[index].text
        messages.removeSubrange(index...)
        return question
    }

    /// Forgets what was said; the rules stay.
    mutating func clear() { messages = [] }

    /// The conversation as a model is told it.
    var request: [Message] { Self.request(system, messages) }

    static func request(_ system: String?, _ messages: some Sequence<Entry>) -> [Message] {
        (system.map { [.system($0)] } ?? [])
            + messages.map { Message(role: $0.role, content: $0.text.isEmpty ? [] : [.text($0.text)]) }
    }
}

extension Conversation {
    /// Takes messages in, all but a question at their end.
    ///
    /// - Returns: the question, which is to be asked; nil: there is none.
    mutating func take(_ messages: [Message]) -> String? {
        var messages = messages[...]
        if messages.first?.role == .system { system = messages.removeFirst().text }
        let question = messages.last?.role == .user ? messages.removeLast().text : nil
        for message in messages { add(message.role, message.text) }
        return question
    }
}
