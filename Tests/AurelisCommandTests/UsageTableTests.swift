import Testing

@testable import Aurelis
@testable import AurelisCommand

@Suite("usage")
struct UsageTableTests {
    private static func count(_ cost: Int64 = 0, _ change: (inout UsageCounts) -> Void = { _ in }) -> UsageCounts {
        var count = UsageCounts()
        (count.asked, count.cost) = (1, cost)
        change(&count)
        return count
    }

    private static func table(_ rows: [(String, UsageCounts)]) -> [[Substring]] {
        let counts = rows.map { name, counts in
            (key: UsageKey(day: 1, tenant: name, provider: "p", model: name, task: "general"), counts: counts)
        }
        let report = UsageReport(counts, by: .model, of: .init(days: 1), today: 1)
        return UsageTable(report).rendered(width: 120, style: Style(isEnabled: false)).split(separator: "\n")
            .map { $0.split(separator: " ", omittingEmptySubsequences: true) }
    }

    @Test("a line each, the most used first, and one for all")
    func lines() {
        let large = Self.count(1_500_000_000_000) {
            ($0.asked, $0.promptTokens, $0.cached, $0.shared, $0.savedTokens) = (1_234_564, 1_000, 2, 1, 7)
        }
        let lines = Self.table([("gpt-4o-mini", Self.count(20_000_000_000)), ("gpt-4o", large)]).suffix(3)
        #expect(
            Array(lines) == [
                ["gpt-4o", "1,234,567", "2", "1", "0", "1,000", "0", "7", "$1.50"],
                ["gpt-4o-mini", "1", "0", "0", "0", "0", "0", "0", "$0.0200"],
                ["all", "1,234,568", "2", "1", "0", "1,000", "0", "7", "$1.52"],
            ]
        )
    }

    @Test("what is unknown is no number, and what has an unknown part is at least that")
    func unknown() {
        let lines = Self.table([
            ("a", Self.count(10_000_000_000)), ("b", Self.count { $0.unpriced = 1 }),
            ("c", Self.count(20_000_000_000) { ($0.unpriced, $0.uncounted) = (1, 1) }),
        ])
        #expect(lines.suffix(4).map(\.last) == ["$0.0100", "–", "≥$0.0200", "≥$0.0300"])
        #expect(lines.suffix(4).map { $0[5] } == ["0", "0", "≥0", "≥0"])
    }

    @Test("a week fits into 80 columns, its headings folded where they must be", arguments: [80, 100])
    func narrow(width: Int) {
        let counts = (1...7).map { day in
            (
                key: UsageKey(day: 20_000 + day, tenant: "", provider: "p", model: "gpt-4o", task: "general"),
                counts: Self.count(43_910_000_000) {
                    ($0.asked, $0.promptTokens, $0.answerTokens) = (212, 48_120, 31_877)
                }
            )
        }
        let report = UsageReport(counts, by: .day, of: .init(days: 7), today: 20_007)
        let lines = UsageTable(report).rendered(width: width, style: Style(isEnabled: false)).split(separator: "\n")
        #expect(lines.allSatisfy { String($0).displayWidth <= width })
        #expect(lines.count == (width == 80 ? 11 : 10))
    }

    @Test("requests that nobody was asked for have a line of their own")
    func nobody() {
        #expect(Self.table([("", Self.count { ($0.asked, $0.failed) = (0, 1) })]).last?.first == "(none)")
    }

    @Test(
        "mistakes on the command line are told",
        arguments: [["--days", "0"], ["--days", "401"], ["--by", "week"]]
    )
    func slips(arguments: [String]) async {
        #expect(await AurelisTool.run(["usage"] + arguments) == .usage)
    }
}
