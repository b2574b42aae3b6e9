import ArgumentParser
import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTesting
import Foundation
import Logging
import Testing

@testable import AurelisCommand

@Suite("batch")
struct BatchCommandTests {
    private let provider = ScriptedProvider(models: [.gpt4o])
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var out: String { directory.path + "/out.jsonl" }

    private func input(_ questions: [String], extra: [String] = []) throws -> BatchInput {
        let lines = questions.enumerated().map { index, question in
            #"{"custom_id":"\#(index)","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[{"role":"user","content":"\#(question)"}]}}"#
        }
        let path = directory.path + "/in.jsonl"
        try OutputFile.write((lines + extra).joined(separator: "\n"), to: path, replacing: true)
        return try BatchInput(path)
    }

    private struct Ended {
        var output: String
        var errors: String
        var failure: (any Error)?

        var status: CommandStatus { failure.map { FailureReport($0).status } ?? .success }
    }

    private func run(
        _ input: BatchInput,
        output: BatchOutput,
        restarting: Bool = false,
        secrets: SecretPolicy = .warn
    ) async throws -> Ended {
        let captured = CapturedConsole()
        var configuration = Configuration()
        configuration.dataDirectory = directory.path + "/data"
        var rules = OrchestratorConfiguration()
        rules.retry = .none
        rules.safety.secrets = secrets
        var options = BatchOptions()
        options.inFlight = 1
        let job = BatchJob(
            input: input,
            output: output,
            options: options,
            isRestarting: restarting,
            console: captured.console
        )
        var failure: (any Error)?
        do {
            let orchestrator = ModelOrchestrator(providers: [provider], configuration: rules)
            try await job.run(orchestrator, configuration, logger: Logger(label: "test"))
        } catch { failure = error }
        let written = try captured.finish()
        return Ended(output: written.output, errors: written.errors, failure: failure)
    }

    private func lines(_ path: String) throws -> [JSONDocument] {
        try InputFile.text(path).split(separator: "\n").map { try JSONDocument(Array($0.utf8)) }
    }

    @Test("answers stand in the order of the questions, in a file that only its owner reads")
    func answers() async throws {
        defer { directory.remove() }
        provider.script(.gpt4o, .text("one"), .text("two"))
        let ended = try await run(try input(["a", "b", "a"]), output: BatchOutput(path: out))
        #expect(ended.status == .success && ended.output.isEmpty)
        #expect(ended.errors.hasSuffix("3 of 3 answered (1 shared); the answers are in \(out)\n"))
        let answers = try lines(out)
        #expect(answers.map { $0["custom_id"]?.string } == ["0", "1", "2"])
        let texts = answers.map { $0["response"]?["body"]?["choices"]?[0]?["message"]?["content"]?.string }
        #expect(texts == ["one", "two", "one"])
        let facts = try FileManager.default.attributesOfItem(atPath: out)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == [
                "data", "in.jsonl", "out.jsonl",
            ]
        )
    }

    @Test("without a file the answers go to standard output, and nothing else does")
    func standardOutput() async throws {
        defer { directory.remove() }
        let ended = try await run(try input(["a", "b"]), output: BatchOutput())
        #expect(ended.output.split(separator: "\n").count == 2)
        #expect(ended.errors.hasSuffix("2 of 2 answered\n"))
        #expect(ended.status == .success)
    }

    @Test(
        "failures are counted, the first reasons told, and kept apart where that is wanted",
        arguments: [false, true]
    )
    func failures(apart: Bool) async throws {
        defer { directory.remove() }
        let extra = ["{", "[]", "3", #"{"custom_id":"z"}"#]
        let errorPath = apart ? directory.path + "/errors.jsonl" : nil
        let ended = try await run(try input(["a"], extra: extra), output: BatchOutput(path: out, errorPath: errorPath))
        #expect(ended.status == .failure)
        let failure = try #require(ended.failure as? CommandFailure)
        #expect(failure.message == "1 of 5 answered, 4 failed")
        #expect(failure.hints.count == 5 && failure.hints[0].hasPrefix("line 2 is not JSON"))
        #expect(failure.hints[3] == "and 1 more; all are in \(errorPath ?? out)")
        #expect(failure.hints[4] == "they would fail again: mend them, and put them into a file of their own")
        #expect(try lines(out).count == (apart ? 1 : 5))
        if let errorPath { #expect(try lines(errorPath).count == 4) }
    }

    @Test("a limit ends it with its time; the same command goes on and asks nothing twice")
    func exhausted() async throws {
        defer { directory.remove() }
        var refusal = ModelError(.rateLimit, "the day's requests are used up")
        refusal.retryAfter = .seconds(7_200)
        provider.script(.gpt4o, .text("one"), .failure(refusal))
        let questions = try input(["a", "b", "c"])
        let ended = try await run(questions, output: BatchOutput(path: out))
        #expect(ended.status == .exhausted)
        let failure = try #require(ended.failure as? CommandFailure)
        #expect(failure.message.hasPrefix("1 of 3 answered, 2 left: the day's requests are used up"))
        #expect(failure.hints.contains { $0.hasPrefix("try again in 2 h, at ") })
        #expect(failure.hints.last == "what is done is kept; the same command goes on")
        #expect(!FileManager.default.fileExists(atPath: out))
        let again = try await run(questions, output: BatchOutput(path: out))
        #expect(again.status == .success && again.errors.hasPrefix("1 of 3 were done by earlier runs; going on\n"))
        #expect(again.errors.hasSuffix("3 of 3 answered (1 by earlier runs); the answers are in \(out)\n"))
        #expect(try lines(out).count == 3)
        #expect(provider.attempts.count == 4)
    }

    @Test("a finished batch is written again without a question, until it is restarted")
    func again() async throws {
        defer { directory.remove() }
        let questions = try input(["a", "b"])
        _ = try await run(questions, output: BatchOutput(path: out))
        let first = try InputFile.text(out)
        let again = try await run(questions, output: BatchOutput(path: out))
        #expect(again.errors.hasPrefix("all 2 were done by earlier runs"))
        #expect(try InputFile.text(out) == first && provider.attempts.count == 2)
        _ = try await run(questions, output: BatchOutput(path: out), restarting: true)
        #expect(provider.attempts.count == 4)
        // Another place for the output, or another input, is another batch.
        _ = try await run(questions, output: BatchOutput(path: out + "2"))
        #expect(provider.attempts.count == 6)
        _ = try await run(try input(["a", "b", "c"]), output: BatchOutput(path: out))
        #expect(provider.attempts.count == 9)
    }

    @Test("what failed for the service's sake is asked again by the same command")
    func passing() async throws {
        defer { directory.remove() }
        provider.script(.gpt4o, .failure(ModelError(.timeout, "too slow")))
        let questions = try input(["a", "b"])
        let ended = try await run(questions, output: BatchOutput(path: out))
        let failure = try #require(ended.failure as? CommandFailure)
        #expect(failure.message == "1 of 2 answered, 1 failed")
        let wayOut = "run the same command again: it asks what may succeed now, and nothing else"
        #expect(failure.hints == ["line 1: too slow", "the errors are in \(out)", wayOut])
        let again = try await run(questions, output: BatchOutput(path: out))
        #expect(again.status == .success && provider.attempts.count == 3)
    }

    @Test("when the output cannot be written, the answers are kept, and the same command writes them for nothing")
    func unwritable() async throws {
        defer { directory.remove() }
        let questions = try input(["a", "b"])
        // Where the file is made before it is put in its place.
        let obstacle = "\(out).\(getpid()).partial"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
        let ended = try await run(questions, output: BatchOutput(path: out))
        let failure = try #require(ended.failure as? CommandFailure)
        #expect(failure.message.hasPrefix("cannot write \(out): "))
        #expect(
            failure.hints == ["what was answered is kept: the same command writes it and does not ask it again"]
        )
        try FileManager.default.removeItem(atPath: obstacle)
        let again = try await run(questions, output: BatchOutput(path: out))
        #expect(again.status == .success && provider.attempts.count == 2)
        #expect(try lines(out).count == 2)
    }

    @Test("an interrupted batch says how it stands, and that nothing is lost")
    func interrupted() async throws {
        defer { directory.remove() }
        let gate = ScriptedGate()
        provider.script(.gpt4o, .text("one"), .gated(gate, .text("two")))
        let questions = try input(["a", "b", "c"])
        let output = BatchOutput(path: out)
        let ended = try await withThrowingTaskGroup(of: Ended.self) { group in
            group.addTask { try await run(questions, output: output) }
            await provider.attempts(atLeast: 2)
            group.cancelAll()
            return try #require(try await group.next())
        }
        #expect(ended.status == .interrupted)
        #expect(
            ended.errors.hasSuffix("1 of 3 answered, 2 left; what is done is kept; the same command goes on\n")
        )
    }

    private static let token = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh"

    @Test(
        "lines with credentials are told at the end: how many, of which kinds, and the first of them",
        arguments: [
            (SecretPolicy.warn, "which is sent as it is (safety.secrets: warn)"),
            (.redact, "in whose place a placeholder is sent (safety.secrets: redact)"),
            (.block, "and are not sent (safety.secrets: block)"),
        ]
    )
    func credentials(policy: SecretPolicy, fate: String) async throws {
        defer { directory.remove() }
        let questions = try input(["a", "use \(Self.token)", "b", "what is \(Self.token)?"], extra: [Self.token])
        let ended = try await run(questions, output: BatchOutput(path: out), secrets: policy)
        let words =
            "warning: 2 lines hold what looks like a credential, \(fate): GitHub token (github_token); lines 2 and 4\n"
        #expect(ended.errors.contains(words) && !ended.errors.contains(Self.token), "\(ended.errors)")
        // Who goes on is told of what is sent now.
        let again = try await run(questions, output: BatchOutput(path: out), secrets: policy)
        #expect(!again.errors.contains("credential"))
    }

    @Test("nobody is told of credentials that nobody looks for, and no more than five lines by their numbers")
    func fewCredentials() async throws {
        defer { directory.remove() }
        let questions = try input((0..<7).map { "\($0) \(Self.token)" })
        let silent = try await run(questions, output: BatchOutput(path: out), secrets: .off)
        #expect(!silent.errors.contains("credential"))
        let told = try await run(questions, output: BatchOutput(path: out), restarting: true)
        #expect(told.errors.contains("7 lines hold") && told.errors.contains("lines 1, 2, 3, 4, 5 and 2 more\n"))
        let one = try await run(try input([Self.token]), output: BatchOutput(path: out), secrets: .block)
        #expect(
            one.errors.contains("1 line holds what looks like a credential, and is not sent (safety.secrets: block)")
        )
        #expect(one.errors.contains("; line 1\n"))
    }

    @Test("without the cache every line is asked for an answer of its own")
    func noCache() async throws {
        defer { directory.remove() }
        let command = try #require(try AurelisTool.parseAsRoot(["batch", "in", "--no-cache"]) as? BatchCommand)
        #expect(command.noCache)
        var questions = try input(["a", "a"])
        questions.cache = .off
        let lines = try questions.lines()
        while let line = try lines.next() { #expect(try line.item.call.get().cache == .off) }
        let ended = try await run(questions, output: BatchOutput(path: out))
        #expect(ended.status == .success && provider.attempts.count == 2)
        #expect(ended.errors.hasSuffix("2 of 2 answered; the answers are in \(out)\n"))
    }

    @Test("standard input is no place that would be overwritten: a batch has to be a file")
    func standardInput() throws {
        defer { directory.remove() }
        _ = try AurelisTool.parseAsRoot(["batch", "--simulate", "-"])
        let failure = #expect(throws: CommandFailure.self) { try BatchInput("-") }
        #expect(failure?.message == "standard input is no file")
        #expect(failure?.hints.first?.hasPrefix("a batch is read more than once") == true)
    }

    @Test("a byte order mark at the beginning costs no line")
    func byteOrderMark() async throws {
        defer { directory.remove() }
        let plain = try input(["a", "b"])
        let marked = directory.path + "/marked.jsonl"
        try OutputFile.write("\u{FEFF}" + (try InputFile.text(plain.path)), to: marked, replacing: true)
        let ended = try await run(try BatchInput(marked), output: BatchOutput(path: out))
        #expect(ended.status == .success)
        #expect(try lines(out).map { $0["custom_id"]?.string } == ["0", "1"])
    }

    @Test("a file that changes while it is read ends the batch")
    func changed() async throws {
        defer { directory.remove() }
        let before = try input(["a", "b"])
        _ = try input(["a", "c"])
        let ended = try await run(before, output: BatchOutput(path: out))
        #expect(ended.status == .usage)
        #expect((ended.failure as? CommandFailure)?.message.hasSuffix("has changed while it was read") == true)
    }

    @Test("an input that cannot be read twice, or holds nothing, is refused")
    func inputs() throws {
        defer { directory.remove() }
        let empty = directory.path + "/empty"
        try OutputFile.write("\n \n", to: empty, replacing: true)
        for path in ["-", "/dev/null", directory.path, empty, directory.path + "/missing"] {
            let failure = #expect(throws: CommandFailure.self, "\(path)") { try BatchInput(path) }
            #expect(failure?.status == .usage)
        }
    }

    @Test("a place that cannot be written is refused before anything is asked")
    func places() throws {
        defer { directory.remove() }
        try ReplacedFile.check(directory.path + "/new")
        for path in [directory.path, directory.path + "/none/out", "/dev/null"] {
            #expect(throws: CommandFailure.self, "\(path)") { try ReplacedFile.check(path) }
        }
    }

    @Test("a file that is given up leaves the old one as it was")
    func replaced() throws {
        defer { directory.remove() }
        try OutputFile.write("old", to: out, replacing: true)
        var file: ReplacedFile? = try ReplacedFile(out)
        try file?.write(Array(repeating: 0x61, count: 3 << 20))
        file = nil
        #expect(try InputFile.text(out) == "old")
        file = try ReplacedFile(out)
        try file?.write(Array("new".utf8))
        try file?.commit()
        #expect(try InputFile.text(out) == "new")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["out.jsonl"])
    }

    @Test("no more is under way than connections and configuration allow")
    func inFlight() {
        defer { directory.remove() }
        var configuration = Configuration()
        configuration.transport.connectionsPerHost = 20
        #expect(BatchCommand.inFlight(15, under: configuration) == 15)
        #expect(BatchCommand.inFlight(50, under: configuration) == 20)
        configuration.concurrency = 8
        #expect(BatchCommand.inFlight(15, under: configuration) == 8)
    }

    static let refused: [[String]] = [
        [], ["in", "--in-flight", "0"], ["in", "--in-flight", "-1"], ["in", "--in-flight", "1001"], ["in", "-o", "in"],
        ["in", "-o", "x", "--errors", "x"], ["in", "--errors", "in"], ["in", "-o", ""], ["in", "--deadline", "0"],
    ]

    @Test("what makes no sense is wrong usage", arguments: refused)
    func slips(arguments: [String]) {
        defer { directory.remove() }
        #expect(throws: (any Error).self) { try AurelisTool.parseAsRoot(["batch"] + arguments) }
    }
}
