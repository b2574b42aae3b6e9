import ArgumentParser
import Aurelis
import AurelisApp
import Testing

@testable import AurelisCommand

@Suite("keys")
struct KeysCommandTests {
    @Test(
        "a budget is read exactly",
        arguments: [
            ("2.50", 2_500_000_000_000), ("$2.5", 2_500_000_000_000), ("0.000001", 1_000_000),
            ("1000000", 1_000_000_000_000_000_000),
        ]
    )
    func budget(text: String, picodollars: Int64) throws {
        #expect(try #require(DollarsArgument(argument: text)).picodollars == picodollars)
    }

    @Test("what is no budget is none", arguments: ["", "0", "-1", "2,50", "1e3", "ten", "1000001", "0.0000001", "$$1"])
    func noBudget(text: String) { #expect(DollarsArgument(argument: text) == nil) }

    @Test("lists are read word by word, and a slip in one is a slip in all")
    func lists() throws {
        let models = try #require(ModelPatternsArgument(argument: "gpt-4o, codestral*"))
        #expect(models.patterns.map(\.description) == ["gpt-4o", "codestral*"])
        #expect(ModelPatternsArgument(argument: "gpt-4o,,x") == nil)
        #expect(
            try #require(TasksArgument(argument: "codeReview,code-generation")).tasks == [.codeReview, .codeGeneration]
        )
        #expect(TasksArgument(argument: "codeReview,poetry") == nil)
        #expect(try #require(EndpointsArgument(argument: "chat,models")).endpoints == [.chat, .models])
        #expect(EndpointsArgument(argument: "chat,admin") == nil)
        #expect(AmountArgument(argument: "1_000,000")?.number == 1_000_000)
        #expect(AmountArgument(argument: "0") == nil && AmountArgument(argument: "-5") == nil)
        #expect(LifetimeArgument(argument: "30d")?.duration == .seconds(30 * 86_400))
    }

    @Test(
        "a key that would not be what was meant is not made",
        arguments: [
            ["ops", "--admin", "--models", "gpt-4o"], ["ops", "--admin", "--budget", "1"], [""],
            ["aurelis_ci_x"], ["a", "--expires", "0s"], ["a\nb"],
        ]
    )
    func refused(arguments: [String]) {
        #expect(throws: (any Error).self) { try KeysCreateCommand.parse(arguments) }
    }

    @Test(
        "a value that is none says which there are, with an example",
        arguments: [
            (["--budget", "0"], "more than 0", "2.50"), (["--requests-per-minute", "0"], "from 1 to", "500"),
            (["--concurrent", "-1"], "from 1 to", "500"), (["--tokens-per-day=x"], "from 1 to", "500"),
            (["--expires", "0d"], "1d to 3660d", "30d"),
        ]
    )
    func explained(arguments: [String], range: String, example: String) {
        do {
            _ = try KeysCreateCommand.parse(["ci"] + arguments)
            Issue.record("\(arguments) were taken")
        } catch {
            let message = KeysCreateCommand.message(for: error)
            #expect(message.contains(range) && message.contains("such as \(example)") && message.contains("--"))
        }
    }

    @Test("a pattern that no list's model matches is told, and taken all the same")
    func unlisted() throws {
        let patterns = try #require(ModelPatternsArgument(argument: "nope-model,gpt-4o,openai/gpt-4o,codestral*,zzz*"))
        let found = UnlistedPatterns.among(patterns.patterns, Configuration())
        #expect(found.map(\.description) == ["nope-model", "zzz*"])
        #expect(UnlistedPatterns.words(found)?.hasPrefix("\"nope-model\", \"zzz*\" match no model") == true)
        #expect(UnlistedPatterns.words(Array(found.prefix(1)))?.hasPrefix("\"nope-model\" matches no model") == true)
        #expect(UnlistedPatterns.words([]) == nil)
        var configuration = Configuration()
        configuration.orchestrator.routing.aliases = ["nope-model": [.gpt4o]]
        #expect(UnlistedPatterns.among(patterns.patterns, configuration).map(\.description) == ["zzz*"])
    }

    @Test("a list says how many keys it does not show")
    func hidden() {
        #expect(KeysListCommand.remark(hidden: 0) == nil)
        #expect(KeysListCommand.remark(hidden: 1) == "1 revoked or expired key is not listed; --all lists them too")
        #expect(KeysListCommand.remark(hidden: 3) == "3 revoked or expired keys are not listed; --all lists them too")
    }

    @Test("an admin key with a slip, or of the wrong kind, is told before it is sent anywhere")
    func adminKey() async {
        var random = SystemRandomNumberGenerator()
        let other = AccessKeyToken.make(.gateway, id: "ci", using: &random).text
        let good = AccessKeyToken.make(.admin, id: "ops", using: &random).text
        for (key, words) in [
            (other, "a key for models"), (good + "x", "cannot be a key"), ("secret", "cannot be a key"),
        ] {
            // Nobody listens there; nobody is asked.
            let plane = ControlPlane(named: "http://127.0.0.1:1", configuration: Configuration(), adminKey: key)
            let failure = await #expect(throws: CommandFailure.self) { () async throws in
                _ = try await plane.get("/admin/quota")
            }
            #expect(failure?.status == .authentication && failure?.message.contains(words) == true)
        }
    }

    @Test("a list says of each key what it is for, how much it may use, and until when")
    func list() throws {
        var book = AccessKeyBook()
        var random = SystemRandomNumberGenerator()
        var draft = AccessKeyDraft(name: "ci")
        draft.scope.models = ["gpt-4o", "codestral*"].compactMap { ModelPattern($0) }
        draft.limits.dailyBudget = 2_500_000_000_000
        draft.limits.concurrent = 2
        draft.lifetime = .seconds(30 * 86_400)
        let text = try book.create(draft, at: 0, using: &random).text
        _ = try book.create(AccessKeyDraft(name: "ops", kind: .admin), at: 0, using: &random)
        _ = try book.create(AccessKeyDraft(name: "old"), at: 0, using: &random)
        try book.revoke("old", at: 1)
        let captured = CapturedConsole()
        try KeyPrinter(now: 1_000).print(book.keys, json: false, on: captured.console.output)
        let lines = try captured.finish().output.split(separator: "\n").map(String.init)
        #expect(lines[2].hasPrefix("ci   models  good for 29 days more"))
        #expect(lines[2].contains("ask gpt-4o, codestral*") && lines[2].contains("$2.50 a day, 2 at once"))
        #expect(lines.contains { $0.hasPrefix("ops  admin") && $0.contains("steer") })
        #expect(lines.contains { $0.hasPrefix("old  models  revoked") })
        #expect(!lines.contains { $0.contains(text.suffix(20)) })
    }
}
