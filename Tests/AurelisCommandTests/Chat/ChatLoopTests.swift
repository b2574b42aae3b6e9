import Aurelis
import AurelisJSON
import AurelisTesting
import Testing

@testable import AurelisCommand

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite("Chatting")
struct ChatLoopTests {
    private let provider = ScriptedProvider("github", models: [.gpt4oMini, .gpt4o])

    private struct Result {
        var output: String
        var errors: String
        var failure: (any Error)?
        var loop: ChatLoop
    }

    /// Chats with lines from a pipe.
    private func chat(
        _ lines: String...,
        isInteractive: Bool = true,
        json: Bool = false,
        first: String? = nil,
        saving: ChatFile? = nil,
        start: SavedConversation = SavedConversation(Conversation(), model: nil, task: .general)
    ) async throws -> Result {
        let captured = CapturedConsole()
        var configuration = OrchestratorConfiguration()
        configuration.retry = .none
        let setting = ChatLoop.Setting(
            orchestrator: ModelOrchestrator(providers: [provider], configuration: configuration),
            console: captured.console,
            interruption: AnswerInterruption(),
            template: ModelRequest(messages: []),
            isInteractive: isInteractive,
            isOnScreen: false,
            json: json,
            saving: saving,
            history: nil
        )
        var loop = ChatLoop(setting, start)
        let pipe = try Pipe(lines.joined(separator: "\n"))
        var source = ChatSource.lines(ChatLines(input: try InputEvents(descriptor: pipe.reader)))
        var failure: (any Error)?
        do { try await loop.run(&source, first: first) } catch { failure = error }
        let written = try captured.finish()
        return Result(output: written.output, errors: written.errors, failure: failure, loop: loop)
    }

    /// Something to read, and then the end.
    private final class Pipe {
        let reader: Int32

        init(_ text: String) throws {
            var ends: [Int32] = [-1, -1]
            #if canImport(Darwin)
                _ = Darwin.pipe(&ends)
            #elseif canImport(Musl)
                _ = Musl.pipe(&ends)
            #else
                _ = Glibc.pipe(&ends)
            #endif
            reader = ends[0]
            try TextOutput(descriptor: ends[1], color: false).write(text)
            close(ends[1])
        }

        deinit { close(reader) }
    }

    @Test("each question is asked with all that was said before")
    func memory() async throws {
        provider.script(.gpt4oMini, .text("first answer"), .text("second answer"))
        let result = try await chat("one", "two")
        #expect(result.output == "first answer\nsecond answer\n")
        #expect(result.failure == nil)
        let last = try #require(provider.attempts.last)
        #expect(last.body["messages"]?.elements.compactMap { $0["content"]?.string } == ["one", "first answer", "two"])
        #expect(result.loop.conversation.messages.count == 4)
        #expect(result.errors.contains("gpt-4o-mini · "))
    }

    @Test("a failure leaves the conversation as it was; retrying asks again")
    func failure() async throws {
        provider.script(.gpt4oMini, .failure(ModelError(.authentication, "no key")), .text("now"))
        let result = try await chat("one", "/retry")
        #expect(result.failure == nil)
        #expect(result.errors.contains("aurelis: no key"))
        #expect(result.loop.conversation.messages.map(\.text) == ["one", "now"])
    }

    @Test("without anybody to read along the first failure is the end, with its status")
    func script() async throws {
        provider.script(.gpt4oMini, .failure(ModelError(.authentication, "no key")), .text("never asked"))
        let result = try await chat("one", "two", isInteractive: false)
        #expect(try FailureReport(#require(result.failure)).status == .authentication)
        #expect(result.output.isEmpty)
        let unknown = try await chat("/modle x", isInteractive: false)
        #expect(try FailureReport(#require(unknown.failure)).status == .usage)
    }

    @Test("a stream that breaks leaves what came of it, marked")
    func broken() async throws {
        let events = try Array(ScriptedAnswer.events("half an answer").prefix(3))
        provider.script(.gpt4oMini, .events(events, ending: ModelError(.connection, "cut")))
        let result = try await chat("one")
        let answer = try #require(result.loop.conversation.messages.last)
        #expect(answer.role == .assistant)
        #expect(!answer.text.isEmpty && "half an answer".hasPrefix(answer.text) && answer.text != "half an answer")
        #expect(answer.note?.cutOff != nil)
    }

    @Test("--json prints one object for each answer, and nothing else")
    func json() async throws {
        provider.script(.gpt4oMini, .text("one"), .text("two"))
        let result = try await chat("a", "b", isInteractive: false, json: true)
        let lines = result.output.split(separator: "\n")
        #expect(try lines.map { try JSONDocument(Array($0.utf8))["content"]?.string } == ["one", "two"])
    }

    @Test("models, tasks and rules are changed for what comes after")
    func settings() async throws {
        provider.script(.gpt4o, .text("answer"))
        let result = try await chat("/model gpt-4o", "/task codeReview", "/system Be brief.", "go")
        #expect(result.loop.model == .gpt4o)
        #expect(result.loop.task == .codeReview)
        let body = try #require(provider.attempts.last?.body)
        #expect(body["messages"]?[0]?["content"]?.string == "Be brief.")
        let unknown = try await chat("/model nobody-serves-this")
        #expect(unknown.loop.model == nil)
        #expect(unknown.errors.contains("no configured provider serves"))
        let automatic = try await chat("/model gpt-4o", "/model auto/testing")
        #expect(automatic.loop.model == nil && automatic.loop.task == .testing)
    }

    @Test("a chat that was saved goes on where it ended; a file of somebody else is not written over")
    func files() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        provider.script(.gpt4oMini, .text("first"), .text("second"))
        let path = directory.path + "/chat.json"
        let saved = try await chat("one", "/save \(path)", "/save \(path)", "/quit", "never asked")
        #expect(saved.output == "first\n")
        #expect(!saved.errors.contains("already there"))
        let loaded = try await chat("/load \(path)", "two")
        #expect(loaded.loop.conversation.messages.map(\.text) == ["one", "first", "two", "second"])
        let other = try await chat("/save \(path)")
        #expect(other.errors.contains("already there"))
    }

    @Test("/save without a name writes where the chat is kept anyway; where it is not, it wants one")
    func keptFile() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        provider.script(.gpt4oMini, .text("first"))
        let path = directory.path + "/kept.json"
        let kept = try await chat("one", "/save", saving: try ChatFile(path))
        #expect(kept.errors.contains("written to \(path)"))
        #expect(try ChatFile(path).read().conversation.messages.map(\.text) == ["one", "first"])
        #expect(try await chat("/save").errors.contains("needs the name of a file"))
    }

    @Test("a question is taken back, everything is forgotten")
    func undo() async throws {
        provider.script(.gpt4oMini, .text("a"), .text("b"))
        #expect(try await chat("one", "/undo").loop.conversation.isEmpty)
        #expect(try await chat("one", "/clear").loop.conversation.isEmpty)
        #expect(try await chat("/undo").errors.contains("nothing was asked yet"))
    }

    @Test("lines go on in the next one, and blocks keep their blank lines")
    func multiline() async throws {
        provider.script(.gpt4oMini, .text("a"), .text("b"))
        let result = try await chat("one \\", "two", "\"\"\"", "def f():", "", "    pass", "\"\"\"")
        #expect(
            result.loop.conversation.messages.filter { $0.role == .user }.map(\.text) == [
                "one \ntwo", "def f():\n\n    pass",
            ]
        )
    }

    @Test("what is asked first is asked before anything is read")
    func first() async throws {
        provider.script(.gpt4oMini, .text("a"), .text("b"))
        let result = try await chat("two", first: "one")
        #expect(result.loop.conversation.messages.map(\.text) == ["one", "a", "two", "b"])
    }

    @Test("a conversation that is too long for the model is cut, and that is said once")
    func window() async throws {
        let limited = ScriptedProvider(
            "small",
            serving: [ProviderModel(id: .gpt4oMini, wireName: "gpt-4o-mini", inputLimit: 300)]
        )
        limited.script(.gpt4oMini, .text("a"), .text("b"))
        var conversation = Conversation(system: "Be brief.")
        for number in 0..<20 {
            conversation.ask("question \(number) " + String(repeating: "word ", count: 20))
            conversation.answer("answer", nil)
        }
        let captured = CapturedConsole()
        let setting = ChatLoop.Setting(
            orchestrator: ModelOrchestrator(providers: [limited]),
            console: captured.console,
            interruption: AnswerInterruption(),
            template: ModelRequest(messages: []),
            isInteractive: true,
            isOnScreen: false,
            json: false,
            saving: nil,
            history: nil
        )
        var loop = ChatLoop(setting, SavedConversation(conversation, model: nil, task: .general))
        try await loop.ask("the latest")
        let written = try captured.finish()
        #expect(written.output == "a\n")
        #expect(written.errors.contains("no longer fit into what gpt-4o-mini takes (300 tokens)"))
        let sent = try #require(limited.attempts.last?.body["messages"]?.elements.compactMap { $0["content"]?.string })
        #expect(sent.first == "Be brief." && sent.last == "the latest" && (4..<30).contains(sent.count))
        #expect(loop.conversation.messages.count == 42)
    }
}

@Suite("Interrupting an answer")
struct AnswerInterruptionTests {
    @Test("ends the work, which still says what it has; without work there is nothing to end")
    func interrupted() async {
        let interruption = AnswerInterruption()
        #expect(interruption.interrupt() == .nothing)
        let value = await interruption.interruptible {
            #expect(interruption.interrupt() == .ended)
            #expect(interruption.interrupt() == .again)
            await Signals.forever()
            return Task.isCancelled ? "what there is" : "not cancelled"
        }
        #expect(value == "what there is")
        #expect(interruption.interrupt() == .nothing)
        #expect(await interruption.interruptible { "whole" } == "whole")
    }
}
