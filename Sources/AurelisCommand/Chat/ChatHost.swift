internal import Foundation
internal import UnixSignals

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Where a chat takes place: its input, its terminal, and what signals mean there.
struct ChatHost: Sendable {
    /// Whether a person writes.
    let isInteractive: Bool
    private let console: Console
    private let input: InputEvents
    /// The terminal with an editor; nil: it can do no more than show lines, or there is none.
    private let terminal: TerminalMode?

    init(console: Console, environment: [String: String]) throws(CommandFailure) {
        self.console = console
        isInteractive = isatty(0) == 1
        let isDumb = ["", "dumb"].contains(environment["TERM"] ?? "")
        input = try InputEvents(descriptor: 0)
        terminal =
            isInteractive && console.errors.isTerminal && !isDumb
            ? try TerminalMode(descriptor: 0, output: console.errors) : nil
    }

    /// Whether what was written to the terminal can be taken back, and answers appear there.
    var isOnScreen: Bool { terminal != nil && console.output.isTerminal }

    /// Where the texts come from.
    func source(history: ChatHistory?, models: [String]) throws -> ChatSource {
        guard let terminal else {
            let errors = console.errors
            let isInteractive = isInteractive
            return .lines(ChatLines(input: input) { if isInteractive { errors.note("> ") } })
        }
        terminal.enter(.quiet)
        let completion = ChatCompletion(models: models, files: Self.files)
        let prompt = LinePrompt(
            input: input,
            terminal: terminal,
            output: console.errors,
            history: LineHistory(history?.entries() ?? []),
            completing: completion.completion
        )
        return .prompt(prompt)
    }

    /// Runs a chat to its end: Ctrl-C ends an answer, and the chat only where there is none; SIGTERM ends it. A second
    /// signal ends the process at once.
    ///
    /// - Throws: what the chat throws; `Interruption`.
    func run(_ chat: @Sendable @escaping (AnswerInterruption) async throws -> Void) async throws {
        let interruption = AnswerInterruption()
        defer { terminal?.restore() }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sigwinch, .sigcont)
        let (endings, end) = AsyncStream.makeStream(of: CommandStatus.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await watch(signals, interruption) { end.yield($0) } }
            group.addTask { for await status in endings { throw Interruption(status: status) } }
            group.addTask { try await chat(interruption) }
            try await group.next()
        }
    }

    private func watch(
        _ signals: UnixSignalsSequence,
        _ interruption: AnswerInterruption,
        _ end: (CommandStatus) -> Void
    ) async {
        var isEnding = false
        for await signal in signals {
            switch signal {
            case .sigwinch: input.wake()
            case .sigcont:
                terminal?.resume()
                input.wake()
            default:
                let status: CommandStatus = signal == .sigterm ? .terminated : .interrupted
                if isEnding { Signals.exit(status) }
                // Without anybody to write the next line, ending an answer is ending the chat.
                if signal == .sigint, isInteractive {
                    switch interruption.interrupt() {
                    case .ended: continue
                    case .again: Signals.exit(status)
                    case .nothing: break
                    }
                }
                isEnding = true
                end(status)
            }
        }
    }

    /// The names in a directory; none, when it cannot be read.
    private static let files: @Sendable (String) -> [String] = { directory in
        let files = FileManager.default
        return ((try? files.contentsOfDirectory(atPath: directory)) ?? []).map { name in
            var isDirectory: ObjCBool = false
            _ = files.fileExists(atPath: directory + "/" + name, isDirectory: &isDirectory)
            return isDirectory.boolValue ? name + "/" : name
        }
    }
}
