import Aurelis
import Foundation
import Testing

@testable import AurelisCommand

@Suite("Conversations")
struct ConversationTests {
    private func conversation(_ count: Int, system: String? = nil) -> Conversation {
        var conversation = Conversation(system: system)
        for number in 0..<count {
            conversation.ask("question \(number)")
            conversation.answer("answer \(number)", nil)
        }
        return conversation
    }

    @Test("a question taken back takes its answer with it")
    func undo() {
        var conversation = conversation(2)
        #expect(conversation.undo() == "question 1")
        #expect(conversation.messages.map(\.text) == ["question 0", "answer 0"])
        #expect(conversation.undo() == "question 0")
        #expect(conversation.undo() == nil)
    }

    @Test("rules come first, then everything that was said")
    func request() {
        let request = conversation(1, system: "Be brief.").request
        #expect(request.map(\.role) == [.system, .user, .assistant])
        #expect(request.map(\.text) == ["Be brief.", "question 0", "answer 0"])
    }

    @Test(
        "what does not fit is left out from the beginning, with its answer, and never the rules or the latest question"
    )
    func fitting() {
        var long = conversation(10, system: "Be brief.")
        long.ask("the latest")
        let whole = long.fitting(10_000)
        #expect(whole.leftOut == 0)
        #expect(whole.messages.count == 22)
        let half = long.fitting(long.tokens / 2)
        #expect(half.leftOut > 0 && half.leftOut.isMultiple(of: 2))
        #expect(half.messages.map(\.role).prefix(2) == [.system, .user])
        #expect(half.messages.last?.text == "the latest")
        let least = long.fitting(1)
        #expect(least.messages.map(\.text) == ["Be brief.", "the latest"])
        #expect(least.leftOut == 20)
    }

    @Test("however little room there is, what is left begins with a question", arguments: 0..<60)
    func fittingAnything(tokens: Int) {
        var long = conversation(6)
        long.ask("the latest")
        let (messages, leftOut) = long.fitting(tokens * 3)
        #expect(messages.first?.role == .user)
        #expect(messages.last?.text == "the latest")
        #expect(messages.count + leftOut == 13)
    }

    @Test("what is saved as JSON is read back as it was")
    func roundTrip() throws {
        var conversation = conversation(1, system: "Rules\nin lines \u{1B}")
        conversation.ask("next")
        let note = Conversation.Note(
            model: "gpt-4o",
            provider: "openai",
            usage: TokenUsage(prompt: 3, completion: 4),
            cutOff: "interrupted"
        )
        conversation.answer("half an ans", note)
        let saved = SavedConversation(conversation, model: "openai/gpt-4o", task: .explanation)
        #expect(try SavedConversation(json: saved.json, file: "x.json") == saved)
    }

    @Test("a conversation as OpenAI's clients send it can be gone on with")
    func foreign() throws {
        let text = #"{"model":"gpt-4o","messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"}]}"#
        let saved = try SavedConversation(json: text, file: "x.json")
        #expect(saved.conversation.system == "S")
        #expect(saved.conversation.messages.map(\.text) == ["Q"])
        #expect(saved.model == "gpt-4o")
    }

    @Test(
        "what is no conversation is refused, and says which part",
        arguments: [
            ("[", "no JSON"), ("{}", "no list of \"messages\""), (#"{"messages":[{"role":"user"}]}"#, "message 1"),
            (#"{"messages":[{"role":"king","content":"x"}]}"#, "message 1"),
            (#"{"messages":[{"role":"user","content":"x"},{"role":"tool","content":"x"}]}"#, "message 2"),
        ]
    )
    func refused(text: String, reason: String) {
        let failure = #expect(throws: CommandFailure.self) { try SavedConversation(json: text, file: "x.json") }
        #expect(failure?.status == .usage)
        #expect(failure?.message.contains(reason) == true)
    }

    @Test("Markdown tells who said what, and what is not whole")
    func markdown() {
        var conversation = Conversation(system: "Be brief.")
        conversation.ask("Why?")
        let note = Conversation.Note(model: "gpt-4o", provider: "p", usage: nil, cutOff: "interrupted")
        conversation.answer("Because", note)
        #expect(
            conversation.markdown == """
                ## Rules

                Be brief.

                ## Question

                Why?

                ## Answer (gpt-4o)

                Because

                *Cut off: interrupted.*

                """
        )
    }

    @Test("a file's name tells its format")
    func formats() throws {
        #expect(try ChatFile("a.JSON").format == .json)
        #expect(try ChatFile("a.md").format == .markdown)
        #expect(throws: CommandFailure.self) { try ChatFile("a.txt") }
        #expect(throws: CommandFailure.self) { try ChatFile("a.md").read() }
    }
}

@Suite("Lines of a chat")
struct ChatInputTests {
    @Test("a slash begins a command, two a text with one")
    func commands() throws {
        #expect(
            ChatInput("/model gpt-4o ") == .command(try #require(ChatCommandLine(name: "model", argument: "gpt-4o")))
        )
        #expect(ChatInput("/exit") == .command(try #require(ChatCommandLine(name: "quit", argument: ""))))
        #expect(
            ChatInput("/system a \\\nb") == .command(try #require(ChatCommandLine(name: "system", argument: "a \nb")))
        )
        #expect(ChatInput("//etc is what?") == .question("/etc is what?"))
        #expect(ChatInput("what is /etc?") == .question("what is /etc?"))
        #expect(ChatInput("  \n") == .nothing)
        #expect(ChatInput("\"\"\"\n\n\"\"\"") == .nothing)
    }

    @Test("a command that there is not is not sent to anybody")
    func unknown() {
        #expect(ChatInput("/modle gpt-4o") == .unknown("/modle", suggestion: "/model"))
        #expect(ChatInput("/usr/bin/env") == .unknown("/usr/bin/env", suggestion: nil))
    }

    @Test("every command is explained")
    func summary() {
        let explained = Set(ChatCommandLine.summary.map { String($0.usage.dropFirst().prefix { $0.isLetter }) })
        #expect(explained.union(["help"]) == Set(ChatCommandLine.names))
    }

    @Test(
        "words are split as a shell splits them",
        arguments: [
            ("a b", ["a", "b"]), ("a.yml n=\"two words\"", ["a.yml", "n=two words"]), ("'a b'c", ["a bc"]),
            ("a\\ b", ["a b"]), ("  ", []), ("n=\"\"", ["n="]), ("\"\"", [""]),
        ]
    )
    func words(line: String, words: [String]) {
        #expect(ShellWords.split(line) == words)
    }
}

@Suite("Completion in a chat")
struct ChatCompletionTests {
    private let completion = ChatCompletion(models: ["gpt-4o", "gpt-4o-mini"]) { directory in
        directory == "." ? ["notes.json", "docs/", ".git/"] : directory == "docs/" ? ["a.md"] : []
    }

    @Test("commands, models, tasks and files, each where it belongs")
    func completions() {
        #expect(completion.completion(of: "/mo").candidates == ["/model"])
        #expect(completion.completion(of: "/model GPT").candidates == ["gpt-4o", "gpt-4o-mini"])
        #expect(completion.completion(of: "/task codeR").candidates == ["codeReview"])
        #expect(completion.completion(of: "/load ").candidates == ["docs/", "notes.json"])
        #expect(completion.completion(of: "/load .").candidates == [".git/"])
        #expect(completion.completion(of: "/save docs/a") == LineCompletion(replaced: 6, candidates: ["docs/a.md"]))
        #expect(completion.completion(of: "plain text").candidates.isEmpty)
        #expect(completion.completion(of: "/system x").candidates.isEmpty)
    }
}

@Suite("What was typed in chats")
struct ChatHistoryTests {
    @Test("is there the next time, in its lines, and readable by its owner only")
    func kept() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let history = ChatHistory(directory: directory.path)
        #expect(history.entries() == [])
        try history.append("one\ntwo")
        try history.append("/model gpt-4o")
        #expect(history.entries() == ["one\ntwo", "/model gpt-4o"])
        #expect(try Self.mode(of: history.path) == 0o600)
    }

    @Test("holds no credentials")
    func redacted() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let history = ChatHistory(directory: directory.path)
        // Its checksum is right, and it belongs to nobody.
        let token = "ghp_" + "q7Zt3LmXv9Rk2Wc8Yb5Nd1Hs6Jf4Pg" + "2MACBv"
        try history.append("my token is \(token), why is it refused?")
        let entry = try #require(history.entries().first)
        #expect(!entry.contains("q7Zt3"))
        #expect(entry.hasPrefix("my token is [redacted"))
    }

    @Test("is no longer than it may be, and a line that was cut off costs nothing else")
    func bounded() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let history = ChatHistory(directory: directory.path)
        try history.append(String(repeating: "x", count: ChatHistory.maximumEntry))
        #expect(history.entries() == [])
        let lines = (0..<120).map { ChatHistory.line("\($0) " + String(repeating: "y", count: 10_000)) }
        try OutputFile.write(
            String(decoding: lines.joined(), as: UTF8.self) + "\"half of a li",
            to: history.path,
            replacing: false
        )
        #expect(history.entries().count == 120)
        let shorter = history.entries()
        #expect(shorter.count < 120 && shorter.last?.hasPrefix("119 ") == true)
        #expect(try Self.mode(of: history.path) == 0o600)
    }

    private static func mode(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }
}
