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

    @Test("money is dollars and cents; a limit that only the provider knows has no size")
    func special() {
        #expect(table([Self.line(1_234_000_000_000, of: 2_500_000_000_000, .money)]).contains("1.23 of 2.50  1.27"))
        #expect(table([Self.line(0, of: .max, closedUntil: 40_000)]).contains("unknown     0  10 s"))
    }
}
