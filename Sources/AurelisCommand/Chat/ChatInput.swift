internal import Aurelis
internal import AurelisApp

/// A line of a chat: something to ask, or a command to the chat itself.
///
///     ChatInput("/model gpt-4o")      // .command(.model("gpt-4o"))
///     ChatInput("//etc is what?")     // .question("/etc is what?")
enum ChatInput: Hashable, Sendable {
    case question(String)
    case command(ChatCommandLine)
    /// A command that there is not, and what was probably meant.
    case unknown(String, suggestion: String?)
    case nothing

    init(_ line: String) {
        let text = MultilineText.resolved(line)
        guard line.first == "/", !line.hasPrefix("//") else {
            let question = line.hasPrefix("//") ? String(text.dropFirst()) : text
            self = question.allSatisfy(\.isWhitespace) ? .nothing : .question(question)
            return
        }
        let word = text.prefix { !$0.isWhitespace }
        var rest = text.dropFirst(word.count)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        if let command = ChatCommandLine(name: String(word.dropFirst()), argument: String(rest)) {
            self = .command(command)
        } else {
            let nearest = Suggestion.nearest(to: String(word.dropFirst()), among: ChatCommandLine.names)
            self = .unknown(String(word), suggestion: nearest.map { "/\($0)" })
        }
    }
}

/// A command to the chat itself.
struct ChatCommandLine: Hashable, Sendable {
    enum Name: String, Hashable, Sendable, CaseIterable {
        case help, model, task, system, prompt, save, load, retry, undo, clear, usage, quit
    }

    let name: Name
    /// What follows the name; empty: nothing.
    let argument: String

    static let names = Name.allCases.map(\.rawValue)

    init?(name: String, argument: String) {
        let other: [String: Name] = ["exit": .quit, "q": .quit, "?": .help, "h": .help]
        guard let name = Name(rawValue: name) ?? other[name] else { return nil }
        self.name = name
        self.argument = argument
    }

    /// What each does, for `/help`.
    static let summary: [(usage: String, meaning: String)] = [
        ("/model [NAME]", "ask this model; auto: the task decides"),
        ("/task [NAME]", "what the questions are for"),
        ("/system [TEXT]", "the rules of the conversation; - removes them"),
        ("/prompt FILE [NAME=VALUE…]", "ask what a .prompt.yml file says"),
        ("/save FILE", "write the conversation as .md or .json"),
        ("/load FILE", "go on with a conversation from .json"),
        ("/retry", "ask the latest question anew"),
        ("/undo", "take the latest question back"),
        ("/clear", "forget what was said; the rules stay"),
        ("/usage", "what this chat has used"),
        ("/quit", "leave, as Ctrl-D does"),
    ]
}
