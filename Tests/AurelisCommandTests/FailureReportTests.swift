import ArgumentParser
import Aurelis
import AurelisApp
import Foundation
import Logging
import Testing

@testable import AurelisCommand

@Suite("Failures as a person reads them")
struct FailureReportTests {
    private let plain = Style(isEnabled: false)

    @Test("one line says what went wrong, indented lines say what helps")
    func rendering() {
        let failure = CommandFailure(.configuration, "cannot read it", hint: "do this", "or that")
        #expect(failure.rendered(style: plain) == "aurelis: cannot read it\n  do this\n  or that\n")
    }

    @Test("on a terminal long lines are folded, with what follows indented")
    func folding() {
        let failure = CommandFailure(.provider, "one two three four five six", hint: "seven eight nine ten")
        #expect(
            failure.rendered(style: plain, width: 20) == """
                aurelis: one two
                  three four five
                  six
                  seven eight nine
                  ten

                """
        )
    }

    @Test("a rate limit names the time to try again")
    func rateLimit() {
        var error = ModelError(.rateLimit, "Rate limit of 10 per 60s exceeded", hint: nil)
        error.retryAfter = .seconds(46)
        error.status = 429
        error.model = .gpt4o
        error.provider = "github"
        let failure = CommandFailure(error) { wait in "clock+\(wait.components.seconds)" }
        #expect(failure.status == .exhausted)
        #expect(
            failure.rendered(style: plain) == """
                aurelis: Rate limit of 10 per 60s exceeded (gpt-4o at github, HTTP 429)
                  try again in 46 s, at clock+46

                """
        )
    }

    @Test("the error's own hint comes before a general one")
    func ownHint() {
        #expect(CommandFailure(ModelError(.authentication, "no", hint: "set X")).hints == ["set X"])
        #expect(CommandFailure(ModelError(.authentication, "no")).hints.count == 1)
    }

    @Test("what only the operator is to know is told at the terminal")
    func detail() {
        var error = ModelError(.authentication, "no", hint: "set X")
        error.detail = "looked at: gh"
        #expect(CommandFailure(error).hints == ["set X", "looked at: gh"])
    }

    @Test(
        "a credential on the command line is not repeated",
        arguments: [
            ["auth", "login", "--provider", "openai", "sk-proj-notRandomAtAll"], ["auth", "login", "hunter2"],
            ["auth", "rotate", "letmein"], ["auth", "login", "--store", "vK9$mQ2z"],
            ["auth", "login", "--store=vK9$mQ2z"],
        ]
    )
    func credentialAsArgument(arguments: [String]) throws {
        let error = try #require(throws: (any Error).self) { try AurelisTool.parseAsRoot(arguments) }
        let report = FailureReport(error, arguments: arguments)
        let text = try #require(report.failure).rendered(style: plain)
        #expect(report.status == .usage)
        for secret in ["sk-proj", "hunter2", "letmein", "vK9$mQ2z"] { #expect(!text.contains(secret), "\(text)") }
    }

    @Test(
        "a credential in the place of a provider's name is not repeated",
        arguments: ["sk-proj-4Fq9ZtLw81Rk77bxYvMn0", "vK9$mQ2z!"]
    )
    func credentialAsProvider(name: String) throws {
        let desk = CredentialDesk(Configuration(), environment: [:], logger: Logger(label: "test"))
        let error = try #require(throws: ConfigurationError.self) { try desk.provider(name) }
        let text = try #require(FailureReport(error, arguments: ["auth", "login", "--provider", name]).failure)
        #expect(!text.rendered(style: plain).contains(name))
        #expect(throws: ConfigurationError.self, "a slip is named") { try desk.provider("opnai") }
    }

    @Test("what a provider writes cannot reach the terminal as control sequences")
    func hostileMessage() {
        let failure = CommandFailure(ModelError(.upstream, "bad\u{1B}]0;x\u{7}\r\nnews"))
        #expect(failure.rendered(style: plain) == "aurelis: bad␛]0;x␇ news\n")
    }

    @Test(
        "wrong usage ends with 2 and points to the help",
        arguments: [
            ["ask", "--bogus"], ["ask", "-t", "cooking", "x"], ["ask", "--temperature", "3", "x"],
            ["ask", "--max-tokens", "0", "x"], ["ask", "--deadline", "soon", "x"], ["ask", "-m"], ["frobnicate"],
            ["serve", "--port", "70000"], ["simulate", "--tier", "gold"], ["ask", "--dry-run", "--stream", "x"],
        ]
    )
    func usage(arguments: [String]) throws {
        let error = try #require(throws: (any Error).self) { try AurelisTool.parseAsRoot(arguments) }
        let report = FailureReport(error)
        #expect(report.status == .usage)
        let text = try #require(report.failure).rendered(style: plain)
        #expect(text.hasPrefix("aurelis: "))
        #expect(text.contains("--help"))
        #expect(!text.contains("Error:"))
    }

    @Test("a key where a variable's name is expected is not repeated, and what to do is said")
    func keyAsName() throws {
        let arguments = ["config", "init", "--provider", "openai", "--api-key-env", "sk-abc"]
        let error = try #require(throws: (any Error).self) { try AurelisTool.parseAsRoot(arguments) }
        let text = try #require(FailureReport(error).failure).rendered(style: plain)
        #expect(!text.contains("sk-abc"))
        #expect(text.hasPrefix("aurelis: --api-key-env must be the name of a variable"))
        #expect(text.contains("\n  export the key as MY_API_KEY"))
    }

    @Test(
        "help and version are answers, not failures",
        arguments: [
            ["--help"], ["--version"], ["ask", "--help"], ["serve", "--help"], ["simulate", "--help"],
            ["demo", "--help"], ["models", "--help"], ["config", "init", "--help"], ["config", "check", "--help"],
            ["config", "show", "--help"], ["help", "ask"],
        ]
    )
    func help(arguments: [String]) throws {
        // `help ask` is a command of its own that reports when it runs.
        let error = try #require(throws: (any Error).self) {
            var command = try AurelisTool.parseAsRoot(arguments)
            try command.run()
        }
        let report = FailureReport(error)
        #expect(report.status == .success)
        #expect(report.failure == nil)
        #expect(arguments == ["--version"] ? report.output == "0.1.0\n" : report.output.contains("aurelis "))
    }

    @Test(
        "a command that is none is told with the one that was meant, also behind help",
        arguments: [
            (["askk"], "did you mean `aurelis ask`?"), (["config", "chekc"], "did you mean `aurelis config check`?"),
            (["help", "askk", "--json"], "did you mean `aurelis ask`?"),
            (["help", "nosuch"], "`aurelis --help` lists the commands"),
            (["keys", "xyzzyx"], "`aurelis keys --help` lists the commands"),
        ]
    )
    func unknownCommand(arguments: [String], hint: String) throws {
        let failure = try #require(UnknownCommand.failure(in: arguments))
        #expect(failure.status == .usage && failure.hints == [hint])
    }

    @Test(
        "commands that there are, options, and what a command takes are left to the parser",
        arguments: [
            [], ["ask", "askk"], ["help"], ["help", "config", "check"], ["--help"], ["config"], ["config", "--help"],
            ["help", "ask"], ["health", "--json"], ["config", "help", "check"],
        ]
    )
    func knownCommand(arguments: [String]) {
        #expect(UnknownCommand.failure(in: arguments) == nil)
    }

    @Test("every failure is told to programs in one form, and once")
    func json() throws {
        let failure = CommandFailure(.authentication, "no \"key\"", hint: "make one")
        let text = try #require(FailureReport(failure).json)
        #expect(
            text == #"{"type":"error","error":{"message":"no \"key\"","hint":"make one","exit_status":4}}"# + "\n"
        )
        let request = try #require(FailureReport(ModelError(.timeout, "late")).json)
        #expect(request.hasPrefix(#"{"type":"error","error":{"category":"timeout","message":"late","#))
        #expect(FailureReport(ConfigurationError("x", path: "y")).json?.contains(#""exit_status":3"#) == true)
        var printed = failure
        printed.isPrinted = true
        #expect(FailureReport(printed).json == nil)
        #expect(FailureReport(WriteFailure(number: 28)).json == nil)
        #expect(FailureReport(Interruption(status: .interrupted)).json == nil)
        #expect(FailureJSON.isWanted(by: ["keys", "show", "nope", "--json"]))
        #expect(!FailureJSON.isWanted(by: ["ask", "--", "--json"]))
    }

    @Test("the help of every command shows an example that starts with its own name")
    func examples() {
        for command in AurelisTool.configuration.subcommands + ConfigCommand.configuration.subcommands {
            let name = command.configuration.commandName ?? ""
            let discussion = command.configuration.discussion
            #expect(discussion.contains("aurelis \(name)") || discussion.contains("aurelis config \(name)"), "\(name)")
        }
    }

    @Test("an error of Foundation's is told as its file and why, not as a dump")
    func foundation() throws {
        let error = #expect(throws: (any Error).self) {
            try FileManager.default.removeItem(atPath: "/nowhere/at/all")
        }
        let thrown = try #require(error)
        let failure = try #require(FailureReport(thrown).failure)
        #expect(failure.message == "/nowhere/at/all: there is no such file")
    }

    @Test("a closed pipe ends quietly, a full disk does not")
    func writing() {
        let closed = FailureReport(WriteFailure(number: 32))
        #expect(closed.status == .brokenPipe)
        #expect(closed.failure == nil)
        let full = FailureReport(WriteFailure(number: 28))
        #expect(full.status == .failure)
        #expect(full.failure?.message == "cannot write: No space left on device")
    }

    @Test("an interrupted command says nothing more", arguments: [CommandStatus.interrupted, .terminated])
    func interrupted(status: CommandStatus) {
        let report = FailureReport(Interruption(status: status))
        #expect(report.status == status)
        #expect(report.failure == nil)
    }
}
