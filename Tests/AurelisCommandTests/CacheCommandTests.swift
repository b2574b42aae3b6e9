import ArgumentParser
import Aurelis
import AurelisApp
import AurelisJSON
import Testing

@testable import AurelisCommand

@Suite("cache")
struct CacheCommandTests {
    @Test(
        "the address of the control plane is one URL",
        arguments: [("127.0.0.1", "http://127.0.0.1:8788"), ("::1", "http://[::1]:8788")]
    )
    func address(host: String, expected: String) {
        var configuration = Configuration()
        configuration.admin.host = host
        #expect(ControlPlane(named: nil, configuration: configuration).address == expected)
        #expect(ControlPlane(named: "http://x", configuration: configuration).address == "http://x")
    }

    @Test(
        "a password in the address of the control plane is shown nowhere",
        arguments: [
            ("http://u:PASSWORD@host:1", "http://…@host:1"), ("http://u:PASS/WORD@x@host", "http://…@host"),
            ("u:PASSWORD@http://host", "…@http://host"), ("http://host:1", "http://host:1"),
        ]
    )
    func password(named: String, shown: String) async throws {
        let plane = ControlPlane(named: named, configuration: Configuration(), adminKey: nil)
        #expect(plane.address == shown)
        guard named.contains("PASS") else { return }
        let failure = await #expect(throws: CommandFailure.self) { try await plane.send("GET", "/") }
        #expect(failure?.message.contains("it has no scheme") == !named.hasPrefix("http"))
        #expect(failure?.message.contains("PASS") == false && failure?.message.contains(shown) == true)
    }

    @Test(
        "answers cannot be selected by a credential, which would be written down",
        arguments: ["--tag", "--tenant", nil]
    )
    func credential(option: String?) throws {
        let token = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh"
        let arguments = ["cache", "invalidate"] + [option, token].compactMap { $0 }
        let error = try #require(throws: (any Error).self) { try AurelisTool.parseAsRoot(arguments) }
        let text = try #require(FailureReport(error, arguments: arguments).failure).rendered(
            style: Style(isEnabled: false)
        )
        #expect(!text.contains(token) && text.contains("[redacted:github_token]"))
    }

    @Test("of a gateway that is there and was not asked nobody says that none runs, and it is told once")
    func unasked() {
        let gateway = UnaskedGateway()
        #expect(!gateway.isThere && gateway.note() && !gateway.note() && gateway.isThere)
        #expect(CacheInvalidateCommand.place(isGateway: false, isUnasked: true) == "in what outlives a gateway")
        #expect(CacheInvalidateCommand.place(isGateway: false, isUnasked: false).hasSuffix("none runs here"))
        #expect(CacheInvalidateCommand.place(isGateway: true, isUnasked: false).hasPrefix("at the gateway"))
    }

    @Test(
        "a reload tells what holds now, and that the rest waits",
        arguments: [
            (0, 0, "the configuration is what it was"), (2, 0, "the configuration is in effect"),
            (1, 1, "the rest of the configuration is in effect"), (0, 1, "nothing is in effect that was not before"),
        ]
    )
    func reload(changed: Int, waiting: Int, words: String) {
        #expect(ConfigReloadCommand.conclusion(changed: changed, waiting: waiting).hasPrefix(words))
    }

    @Test("a selection as a query keeps every character")
    func query() {
        let selection = CacheSelectionArgument(task: .codeReview, tag: "a b&c=ü", tenant: "t/1")
        #expect(selection.query() == "?task=codeReview&tag=a%20b%26c%3D%C3%BC&tenant=t%2F1")
        #expect(selection.query(and: [("limit", "5")]).hasSuffix("&tenant=t%2F1&limit=5"))
        #expect(CacheSelectionArgument().query(and: [("event", "e&1"), ("all", nil)]) == "?event=e%261")
        #expect(CacheSelectionArgument().query().isEmpty)
    }

    static let sizes = [(0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KB"), (3_500, "3.4 KB"), (12 << 20, "12 MB")]

    @Test("sizes for people", arguments: sizes)
    func size(bytes: Int, text: String) { #expect(ByteCount.text(bytes) == text) }

    @Test("questions to warm up with are bodies, or prompts with a task; empty lines are none")
    func questions() throws {
        let text = """
            {"prompt":"a","task":"explanation"}

            {"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"b"}]}
            {"model":"text-embedding-3-small","input":"c"}
            """
        let questions = try Self.questions(text)
        #expect(questions.map(\.line) == [1, 3, 4])
        #expect(questions[0].call.task == .explanation && !questions[1].call.stream)
        #expect(questions[1].call.body["stream"] == nil)
        #expect(questions[2].call.operation == .embedding)
    }

    static let mistakes = [
        ("", "q holds no question"), ("{", "q, line 1 is no JSON"), ("\n{\"messages\":[]}", "q, line 2:"),
        (String(repeating: "x", count: InputFile.maximumBytes + 1), "q, line 1 is longer"),
        ("{\"prompt\":\"a\",\"task\":\"cooking\"}", "unknown task"),
        ("{\"prompt\":\"a\",\"temperature\":0.9}", "\"temperature\" is none of prompt, task, model"),
    ]

    @Test("a mistake in the file names its line", arguments: mistakes)
    func mistake(text: String, words: String) {
        let failure = #expect(throws: CommandFailure.self) { try Self.questions(text) }
        #expect(failure?.message.contains(words) == true && failure?.status == .usage)
    }

    private static func questions(_ text: String) throws -> [WarmUp.Question] {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try OutputFile.write(text, to: directory.path + "/q", replacing: false)
        return try WarmUp.questions(in: directory.path + "/q")
    }

    static let refused: [[String]] = [
        ["invalidate"], ["invalidate", "--all", "--tag", "x"], ["invalidate", "--prefix", "XYZ"],
        ["list", "--limit", "0"],
        ["show", "nothex"], ["list", "--layer", "tape"],
    ]

    @Test("nothing is dropped or shown by a slip", arguments: refused)
    func slips(arguments: [String]) {
        #expect(throws: (any Error).self) { try AurelisTool.parseAsRoot(["cache"] + arguments) }
    }
}
