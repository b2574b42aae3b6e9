import Aurelis
import AurelisTesting
import Testing

@testable import AurelisCommand

@Suite("plan")
struct PlanReportTests {
    private func report(_ lines: [String], quota: QuotaPlan? = nil, price: TokenPrice? = nil) async throws -> String {
        let provider = ScriptedProvider(
            serving: [ProviderModel(id: .gpt4o, wireName: "gpt-4o", price: price, quota: quota)]
        )
        let orchestrator = ModelOrchestrator(providers: [provider], quota: MemoryQuotaLedger())
        let directory = try TemporaryDirectory()
        try OutputFile.write(lines.joined(separator: "\n"), to: directory.path + "/in.jsonl", replacing: true)
        let plan = try await PlanCommand.plan(try BatchInput(directory.path + "/in.jsonl"), orchestrator)
        let captured = CapturedConsole()
        try PlanReport(plan, of: "in.jsonl").write(to: captured.console)
        return try captured.finish().output
    }

    private static func line(_ name: String, _ text: String, tokens: Int? = nil) -> String {
        let limit = tokens.map { #","max_tokens":\#($0)"# } ?? ""
        return
            #"{"custom_id":"\#(name)","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[{"role":"user","content":"\#(text)"}]\#(limit)}}"#
    }

    @Test("what becomes of the lines, and what each model has to do, with its cost")
    func calm() async throws {
        let price = TokenPrice(input: 2_500_000, output: 10_000_000)
        let text = try await report(
            [
                Self.line("a", "Hello there", tokens: 1_000_000), Self.line("b", "Hello there", tokens: 1_000_000),
                Self.line("c", "Bye", tokens: 1),
            ],
            price: price
        )
        #expect(text.hasPrefix("3 lines: 1 equal to others, 2 requests\n\nmodel"))
        #expect(text.contains("gpt-4o at scripted         2            ~18       ≤1000001  ≤$10.00  without waiting\n"))
        #expect(!text.contains("line ") && !text.contains("deadline"))
    }

    @Test("who has to wait for days is told when it ends, and how to have it waited for")
    func days() async throws {
        let quota = QuotaPlan(limits: [QuotaLimit(.requests, per: .day, 1)])
        let text = try await report(
            [Self.line("a", "one"), Self.line("b", "two"), Self.line("c", "three")],
            quota: quota
        )
        #expect(text.contains("in 48 h, 2"))
        #expect(text.contains("with --deadline 49h it waits"))
        #expect(text.contains("A price is unknown (–)"))
    }

    @Test("credentials in its lines are told beforehand, to people and to programs, and never repeated")
    func credentials() async throws {
        let token = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh"
        let orchestrator = ModelOrchestrator(providers: [ScriptedProvider(models: [.gpt4o])])
        var planner = BatchPlanner(orchestrator)
        for (index, text) in ["one", "two \(token)"].enumerated() {
            await planner.add(BatchLine(reading: Array(Self.line("\(index)", text).utf8), number: index + 1))
        }
        #expect(
            planner.plan.credentials.words
                == "1 line holds what looks like a credential, which is sent as it is (safety.secrets: warn): "
                + "GitHub token (github_token); line 2"
        )
        let json = PlanJSON.text(planner.plan)
        #expect(json.contains(#""credentials":{"lines":1,"first_lines":[2],"kinds":["github_token"],"policy":"warn"}"#))
        #expect(!json.contains(token))
        #expect(BatchPlanner(orchestrator).plan.credentials.words == nil)
        #expect(!PlanJSON.text(BatchPlanner(orchestrator).plan).contains("credentials"))
    }

    @Test("lines that cannot be asked are shown, the first of them")
    func problems() async throws {
        let text = try await report((0..<8).map { "{\"custom_id\":\($0)}" })
        #expect(text.hasPrefix("8 lines: 8 cannot be asked, 0 requests\n\nline 1 needs a \"custom_id\""))
        #expect(text.contains("and 3 more lines that cannot be asked\n"))
    }

    @Test(
        "dollars are rounded for reading, and never to nothing",
        arguments: [
            (0, "$0"), (1, "$0.000000000001"), (1_500_000, "$0.0000015"), (1_549_999, "$0.0000015"),
            (100, "$0.0000000001"),
            (50_000_000, "$0.00005"), (999_600_000, "$0.001"), (4_200_000_000, "$0.0042"), (99_940_000_000, "$0.0999"),
            (100_000_000_000, "$0.10"), (1_234_500_000_000, "$1.23"), (1_235_000_000_000, "$1.24"),
            (Int64.max, "$9223372.04"),
        ]
    )
    func dollars(picodollars: Int64, text: String) {
        #expect(Dollars.text(picodollars) == text)
    }
}
