import AurelisApp
import Testing

@testable import Aurelis
@testable import AurelisCommand

@Suite("quota")
struct QuotaTableTests {
    private static func line(
        _ used: Int64,
        of amount: Int64,
        _ unit: QuotaLimit.Unit = .requests,
        closedUntil: Int64? = nil
    ) -> QuotaStanding.Line {
        QuotaStanding.Line(
            limit: QuotaLimit(unit, per: .day, amount),
            used: used,
            resets: 90_000,
            closedUntil: closedUntil,
            isLearned: false
        )
    }

    private func table(_ lines: [QuotaStanding.Line], concurrent: Int? = nil) -> String {
        let standing = QuotaStanding(meter: QuotaMeterID("m"), lines: lines, inFlight: 1, concurrent: concurrent)
        let row = QuotaReport.Row(provider: "github", model: .gpt4o, standing: standing)
        return QuotaTable(QuotaReport(time: 30_000, rows: [row])).table.rendered(
            width: 100,
            style: Style(isEnabled: false)
        )
    }

    @Test("each limit has a line: how much is used and left, and when it is back")
    func lines() {
        let text = table([Self.line(25, of: 50)], concurrent: 2)
        #expect(text.contains("gpt-4o at github  requests a day  █████░░░░░  25 of 50    25  60 s"))
        #expect(text.contains("at once         █████░░░░░    1 of 2     1"))
    }

    static let bars: [(Int64, Int64, String)] = [
        (0, 50, "░░░░░░░░░░"), (1, 1_000, "█░░░░░░░░░"), (999, 1_000, "█████████░"), (1_000, 1_000, "██████████"),
        (2_000, 1_000, "██████████"),
    ]

    @Test("what is used at all shows, and only what is used up is full", arguments: bars)
    func bar(used: Int64, amount: Int64, bar: String) {
        #expect(table([Self.line(used, of: amount)]).contains(" \(bar) "))
    }

    @Test("little money shows; a wait is rounded up as everywhere")
    func little() {
        #expect(table([Self.line(1_500_000, of: 2_500_000_000_000, .money)]).contains("0.0000015 of 2.50  2.50"))
        let line = Self.line(50, of: 50, closedUntil: 30_000 + 5_631_000)
        #expect(table([line]).contains("1 h 34 min"))
    }

    @Test("the table fits: the bar gives way, then names fold", arguments: [72, 80, 100, 120])
    func narrow(width: Int) {
        let standing = QuotaStanding(
            meter: QuotaMeterID("m"),
            lines: [
                Self.line(25, of: 1_000_000_000), Self.line(1, of: 50), Self.line(50, of: 50, closedUntil: 5_700_000),
            ],
            inFlight: 1,
            concurrent: 4
        )
        let row = QuotaReport.Row(provider: "github-models-legacy", model: .codestral2501, standing: standing)
        let table = QuotaTable(QuotaReport(time: 30_000, rows: [row])).table
        let lines = table.rendered(width: width, style: Style(isEnabled: false)).split(separator: "\n")
        #expect(lines.allSatisfy { String($0).displayWidth <= width })
        #expect(lines.contains { $0.contains("█") } == (width == 120))
        #expect(lines.contains { $0.contains("25 of 1000000000") })
    }

    @Test("whose quota it is cannot be known without the credential, and what is missing is named")
    func unknownAccount() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        for (variable, isKnown) in [("", false), ("sk-something", true)] {
            let captured = CapturedConsole()
            var overrides = ConfigurationOverrides()
            overrides.provider = "openai"
            overrides.dataDirectory = directory.path
            let session = try Session.load(
                overrides,
                logLevel: nil,
                console: captured.console,
                environment: ["OPENAI_API_KEY": variable, "HOME": directory.path]
            )
            await UnknownAccounts(session).warn(of: ["openai"], on: captured.console)
            await UnknownAccounts(session).warn(of: ["other"], on: captured.console)
            let errors = try captured.finish().errors
            #expect(errors.isEmpty == isKnown)
            guard !isKnown else { continue }
            #expect(
                errors.hasPrefix("warning: whose quota of openai this is, is not known: no credential for OpenAI; set ")
            )
            #expect(errors.contains("OPENAI_API_KEY"))
        }
    }

    @Test("money is dollars and cents; a limit that only the provider knows has no size")
    func special() {
        #expect(table([Self.line(1_234_000_000_000, of: 2_500_000_000_000, .money)]).contains("1.23 of 2.50  1.27"))
        #expect(table([Self.line(0, of: .max, closedUntil: 40_000)]).contains("unknown     0  10 s"))
    }
}
