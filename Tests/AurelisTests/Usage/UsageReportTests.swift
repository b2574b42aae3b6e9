import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Usage: what is counted")
struct UsageReportTests {
    private static let noon: Int64 = 20_000 * 86_400_000 + 43_200_000

    static func record(
        _ model: String? = "gpt-4o",
        tenant: String = "",
        time: Int64 = noon,
        outcome: RequestRecord.Outcome = .answered,
        cache: CacheStatus? = nil,
        usage: TokenUsage? = TokenUsage(prompt: 10, completion: 5),
        cost: Int64? = 100
    ) -> RequestRecord {
        var trace = RouteTrace()
        trace.cache = cache
        return RequestRecord(
            id: .next(),
            time: time,
            operation: .chatCompletion,
            tenant: tenant,
            task: .general,
            modelUsed: model,
            provider: model == nil ? nil : "p",
            stream: false,
            outcome: outcome,
            duration: .zero,
            usage: usage,
            cost: cost,
            trace: trace
        )
    }

    private func counts(_ change: (inout UsageCounts) -> Void) -> UsageCounts {
        var counts = UsageCounts()
        change(&counts)
        return counts
    }

    @Test("an answer counts its tokens and its cost; what is unknown is counted apart")
    func answers() {
        #expect(
            UsageCounts(of: Self.record())
                == counts {
                    $0.asked = 1
                    $0.promptTokens = 10
                    $0.answerTokens = 5
                    $0.cost = 100
                }
        )
        #expect(
            UsageCounts(of: Self.record(usage: nil, cost: nil))
                == counts {
                    $0.asked = 1
                    $0.uncounted = 1
                    $0.unpriced = 1
                }
        )
        #expect(UsageCounts(of: Self.record(cost: nil)).unpriced == 1)
    }

    @Test("what the cache or an equal request answered costs nothing, and its tokens are saved")
    func saved() {
        for status in [CacheStatus.hit(.memory, age: .zero), .stale(.database, age: .zero)] {
            #expect(
                UsageCounts(of: Self.record(cache: status, cost: 0))
                    == counts {
                        $0.cached = 1
                        $0.savedTokens = 15
                    }
            )
        }
        let shared = UsageCounts(of: Self.record(cache: .shared(nil), cost: 0))
        #expect(shared.shared == 1 && shared.savedTokens == 15 && shared.asked == 0)
        #expect(UsageCounts(of: Self.record(cache: .miss)).asked == 1)
    }

    @Test("a failure is no answer, and has no price")
    func failures() {
        let failed = UsageCounts(of: Self.record(outcome: .failed(.rateLimit), usage: nil, cost: nil))
        #expect(failed == counts { $0.failed = 1 })
        #expect(UsageCounts(of: Self.record(outcome: .interrupted)).failed == 1)
        #expect(UsageCounts(of: Self.record(outcome: .failed(.upstream), cache: .shared(nil), cost: 0)).failed == 1)
    }

    @Test("sums stop at the largest number, every one of them")
    func overflow() {
        for field in UsageCounts.fields {
            var most = counts { $0[keyPath: field.path] = .max - 1 }
            most += counts { $0[keyPath: field.path] = 5 }
            #expect(most[keyPath: field.path] == .max)
            var sum = UsageCounts()
            sum += counts { $0[keyPath: field.path] = 7 }
            sum += counts { $0[keyPath: field.path] = 8 }
            #expect(sum[keyPath: field.path] == 15)
        }
        #expect(
            counts {
                $0.asked = .max; $0.cached = 1
            }.requests == .max
        )
    }

    @Test("requests are merged by day, key, provider, model and task; a book has its bound, and loses no count")
    func book() {
        var book = UsageBook()
        for day in 0..<2 {
            for tenant in ["a", "b"] {
                for _ in 0..<3 {
                    book.add(Self.record(tenant: tenant, time: Self.noon + Int64(day) * 86_400_000))
                    book.add(Self.record(nil, tenant: tenant, time: Self.noon + Int64(day) * 86_400_000))
                }
            }
        }
        #expect(book.contents.count == 8 && book.contents.allSatisfy { $0.counts.asked == 3 })
        for number in 0..<(UsageBook.maximumRows + 10) { book.add(Self.record("model \(number)")) }
        #expect(book.contents.count <= UsageBook.maximumRows + 2)
        let all = book.take().reduce(0) { $0 + $1.counts.asked }
        #expect(all == 24 + Int64(UsageBook.maximumRows) + 10 && book.contents.isEmpty)
    }

    @Test("a day ends at midnight, UTC")
    func midnight() {
        let midnight = Self.noon + 43_200_000
        var book = UsageBook()
        book.add(Self.record(time: midnight - 1))
        book.add(Self.record(time: midnight))
        #expect(book.contents.map(\.key.date) == ["2024-10-04", "2024-10-05"])
    }

    private func report(
        _ records: [RequestRecord],
        by grouping: UsageReport.Grouping,
        _ selection: UsageReport.Selection = .init()
    ) -> UsageReport {
        var book = UsageBook()
        for record in records { book.add(record) }
        return UsageReport(book.take(), by: grouping, of: selection, today: 20_000)
    }

    @Test("rows are days in their order, or whatever was asked, the most used first")
    func groups() {
        let records = [
            Self.record("a", tenant: "x"), Self.record("b", tenant: "y"), Self.record("b", tenant: "y"),
            Self.record("c", tenant: "x", time: Self.noon - 86_400_000),
        ]
        #expect(report(records, by: .day).rows.map(\.name) == ["2024-10-03", "2024-10-04"])
        #expect(report(records, by: .model).rows.map(\.name) == ["b", "a", "c"])
        #expect(report(records, by: .key).rows.map(\.counts.asked) == [2, 2])
        #expect(report(records, by: .provider).rows.map(\.name) == ["p"])
        #expect(report(records, by: .task).rows.map(\.name) == ["general"])
        #expect(report(records, by: .day).total.asked == 4)
    }

    @Test("only the days, the model and the key that were asked for are counted")
    func selections() {
        let records = [
            Self.record("gpt-4o", tenant: "x"), Self.record("b", tenant: "y"),
            Self.record("c", tenant: "x", time: Self.noon - 86_400_000),
        ]
        #expect(report(records, by: .model, .init(days: 1)).total.asked == 2)
        #expect(report(records, by: .model, .init(days: 2)).total.asked == 3)
        #expect(report(records, by: .model, .init(model: "openai/GPT-4o")).total.asked == 1)
        #expect(report(records, by: .model, .init(key: "x")).total.asked == 2)
        let one = report(records, by: .day, .init(days: 1))
        #expect(one.first == "2024-10-04" && one.last == "2024-10-04")
    }

    @Test("programs get whole numbers, and whether the cost is all of it")
    func json() throws {
        var json = JSONWriter()
        report([Self.record(), Self.record(cost: nil)], by: .model).write(to: &json)
        let document = try JSONDocument(json.bytes)
        let row = document["usage"]?[0]
        #expect(row?["model"]?.string == "gpt-4o" && row?["requests"]?.int == 2)
        #expect(row?["cost_picodollars"]?.int == 100 && row?["cost_is_complete"]?.bool == false)
        #expect(document["total"]?["prompt_tokens"]?.int == 20)
    }
}
