import ArgumentParser
import Aurelis
import AurelisApp
import Testing

@testable import AurelisCommand

@Suite("ask")
struct AskCommandTests {
    @Test("every option finds its place in the request")
    func options() throws {
        let ask = try #require(
            try AurelisTool.parseAsRoot([
                "ask", "write", "it", "-t", "code-review", "-m", "openai/gpt-4o", "-s", "Be brief", "--temperature",
                "0.2",
                "--max-tokens", "50", "--seed", "7", "--deadline", "1500ms", "--no-fallback", "--json", "--stream",
            ]) as? AskCommand
        )
        #expect(ask.words == ["write", "it"])
        #expect(ask.task.task == .codeReview)
        #expect(ask.stream == true)
        #expect(ask.json)
        #expect(ask.fallback == false)
        #expect(ask.deadline?.duration == .milliseconds(1500))
        #expect(!ask.explain && !ask.dryRun)
    }

    @Test("what is not said stays open")
    func defaults() throws {
        let ask = try #require(try AurelisTool.parseAsRoot(["ask", "x"]) as? AskCommand)
        #expect(ask.stream == nil)
        #expect(ask.fallback == nil)
        #expect(ask.deadline == nil)
        #expect(ask.model == nil)
        #expect(ask.task.task == .general)
    }

    @Test("after -- words may look like options")
    func terminator() throws {
        let ask = try #require(try AurelisTool.parseAsRoot(["ask", "--", "--json", "is", "what?"]) as? AskCommand)
        #expect(ask.words == ["--json", "is", "what?"])
        #expect(!ask.json)
    }

    @Test("provider options say the same on every command", arguments: ["ask", "serve", "models"])
    func shared(command: String) throws {
        let arguments = [
            "--config", "a.yaml", "--data-dir", "d", "--base-url", "http://x", "--api-key-env", "K",
            "--provider", "openai",
        ]
        let parsed = try AurelisTool.parseAsRoot([command] + arguments)
        let options = try #require(
            (parsed as? AskCommand)?.provider ?? (parsed as? ServeCommand)?.provider
                ?? (parsed as? ModelsCommand)?.provider
        )
        let overrides = options.overrides
        #expect(overrides.configFile == "a.yaml")
        #expect(overrides.dataDirectory == "d")
        #expect(!overrides.simulate)
        #expect(overrides.baseURL == "http://x")
        #expect(overrides.apiKeyEnv == "K")
        #expect(overrides.provider == "openai")
    }

    @Test(
        "what cannot be meant is told in so many words",
        arguments: [
            (["--max-tokens", "-1"], "--max-tokens must be positive, not -1"),
            (["--max-tokens", "0"], "--max-tokens must be positive, not 0"),
            (["--temperature", "-1"], "--temperature -1.0 is not between 0 and 2"), (["-f", ""], "-f names no file"),
            (
                ["--simulate", "--provider", "openai"],
                "--simulate lets the simulator answer and --provider somebody else"
            ),
            (["--simulate", "--base-url", "http://x"], "--simulate lets the simulator answer and --base-url somebody"),
            (
                ["--deadline", "-5s"],
                "The value '-5s' is invalid for '--deadline <time>': it must be a length of time above 0"
            ),
            (
                ["--wait", "soon"],
                "The value 'soon' is invalid for '--wait <time>': it must be a length of time above 0"
            ),
            (["--config", ""], "--config names no file"), (["--data-dir", ""], "--data-dir names no directory"),
        ]
    )
    func refused(arguments: [String], message: String) throws {
        let error = try #require(throws: (any Error).self) { try AurelisTool.parseAsRoot(["ask", "x"] + arguments) }
        #expect(FailureReport(error).failure?.message.hasPrefix(message) == true)
    }

    @Test("a seed may be negative")
    func negativeSeed() throws {
        let ask = try #require(try AurelisTool.parseAsRoot(["ask", "x", "--seed", "-7"]) as? AskCommand)
        #expect(ask.seed == -7)
    }

    @Test("a credential cannot be given as an argument")
    func noSecrets() {
        #expect(throws: (any Error).self) { try AurelisTool.parseAsRoot(["ask", "--api-key", "sk-123", "x"]) }
    }

    @Test(
        "lengths of time are read with their unit",
        arguments: [("500ms", 500), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000), ("7", 7_000), ("1.5s", 1_500)]
    )
    func durations(text: String, milliseconds: Int) {
        #expect(DurationArgument(argument: text)?.duration == .milliseconds(milliseconds))
    }

    @Test(
        "what is no length of time is refused",
        arguments: ["", "s", "-1s", "0", "1d", "1e9h", "1 s", "１s", "nan", "inf"]
    )
    func notDurations(text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }

    @Test(
        "a length of time is said as a person says it",
        arguments: [
            (Duration.zero, "0 ms"), (.milliseconds(999), "999 ms"), (.milliseconds(1_020), "1.02 s"),
            (.seconds(2), "2 s"),
            (.milliseconds(46_400), "46 s"), (.seconds(5_631), "1 h 34 min"), (.seconds(7_200), "2 h"),
            (.seconds(300), "5 min"),
        ]
    )
    func readable(duration: Duration, text: String) {
        #expect(duration.readable == text)
    }
}
