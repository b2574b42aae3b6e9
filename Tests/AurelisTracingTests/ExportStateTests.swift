import Testing
import Tracing

@testable import AurelisTracing

@Suite("What waits to be exported")
struct ExportStateTests {
    private func span(_ number: UInt64) -> FinishedSpan {
        let context = TraceContext(traceID: .init(high: 1, low: number), spanID: number, isSampled: true)
        return FinishedSpan(context: context, name: "s", kind: .internal, start: 0, end: 0, attributes: [:])
    }

    @Test("a queue holds so many and counts the others; half full, it asks to be emptied")
    func queue() {
        var queue = SpanQueue(limit: 4)
        let asked = (1...4).map { queue.append(span($0)) }
        #expect(asked == [false, true, false, false])
        let isTime = queue.append(span(5))
        #expect(isTime)
        #expect(queue.dropped == 1)
        let batches = (0..<3).map { _ in queue.take(3).map(\.context.spanID) }
        #expect(batches == [[1, 2, 3], [4], []])
    }

    @Test("nothing is lost between queue, batches and drops, in whatever order", arguments: 0..<20)
    func sequences(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = SpanQueue(limit: 1 + generator.number(below: 8))
        var (given, taken): (UInt64, [UInt64]) = (0, [])
        for _ in 0..<300 {
            if generator.number(below: 3) > 0 {
                given += 1
                _ = queue.append(span(given))
            } else {
                let batch = queue.take(1 + generator.number(below: 4))
                if generator.number(below: 3) == 0 {
                    queue.putBack(batch)
                } else {
                    taken += batch.map(\.context.spanID)
                }
            }
        }
        #expect(UInt64(taken.count + queue.count + queue.dropped) == given)
        #expect(taken == taken.sorted())
    }

    @Test("a batch is sent again after growing waits, and given up in the end")
    func backoff() {
        var backoff = ExportBackoff()
        let actions = (0..<ExportBackoff.maximumAttempts).map { _ in backoff.note(.later(after: nil)) }
        #expect(
            actions == [
                .again(after: .seconds(1)), .again(after: .seconds(2)), .again(after: .seconds(4)),
                .again(after: .seconds(8)), .giveUp,
            ]
        )
        let asked = [7, 7_000].map { backoff.note(.later(after: .seconds($0))) }
        #expect(asked == [.again(after: .seconds(7)), .again(after: .seconds(30))])
        #expect(backoff.isFailing)
        let ends = [ExportBackoff.Outcome.taken, .refused].map { backoff.note($0) }
        #expect(ends == [.next, .giveUp])
    }

    @Test("an outage is one, however many batches are given up in it, and ends with the first that is taken")
    func outage() {
        var backoff = ExportBackoff()
        #expect(!backoff.isFailing)
        let failing = (0..<3 * ExportBackoff.maximumAttempts).map { _ in
            _ = backoff.note(.later(after: nil))
            return backoff.isFailing
        }
        #expect(failing.allSatisfy { $0 })
        _ = backoff.note(.refused)
        #expect(backoff.isFailing)
        _ = backoff.note(.taken)
        #expect(!backoff.isFailing)
    }
}
