import Aurelis
import AurelisTesting
import AurelisTracing
import Testing

@Suite("What waits to be exported")
struct ExportStateTests {
    /// A request of so many spans, all of one number.
    private func trace(_ number: UInt64, spans: Int = 1) -> FinishedTrace {
        let context = TraceContext(traceID: .init(high: 1, low: number), spanID: number, isSampled: true)
        let span = SpanRecord("s", .internal, start: 0)
        return FinishedTrace(context: context, parent: nil, spans: Array(repeating: span, count: spans))
    }

    @Test("a queue holds so many and counts the others; half full, it asks to be emptied")
    func queue() {
        var queue = SpanQueue(limit: 4)
        let asked = (1...4).map { queue.append(trace($0)) }
        #expect(asked == [false, true, false, false])
        let isTime = queue.append(trace(5))
        #expect(isTime)
        #expect(queue.dropped == 1)
        let batches = (0..<3).map { _ in queue.take(3).map(\.context.spanID) }
        #expect(batches == [[1, 2, 3], [4], []])
    }

    @Test(
        "spans are what is counted; those of one request stay together, even where they are more than a batch or the queue"
    )
    func requests() {
        var queue = SpanQueue(limit: 5)
        let asked = [trace(1, spans: 2), trace(2, spans: 2), trace(3, spans: 2)].map { queue.append($0) }
        #expect(asked == [false, true, true])
        #expect((queue.count, queue.dropped) == (4, 2))
        #expect(queue.take(3).map(\.context.spanID) == [1])
        #expect(queue.take(1).map(\.context.spanID) == [2])
        #expect(queue.count == 0)
        _ = queue.append(trace(4, spans: 9))
        #expect((queue.count, queue.dropped) == (9, 2))
        _ = queue.append(trace(5))
        #expect(queue.dropped == 3)
        #expect(queue.take(3).map(\.spans.count) == [9])
    }

    @Test("what comes while batches are on their way waits for others, unless it is much")
    func due() {
        var queue = SpanQueue(limit: 20)
        for number in 1...5 { _ = queue.append(trace(UInt64(number))) }
        #expect(queue.takeDue(2).isEmpty)
        queue.endPause()
        var sizes: [Int] = []
        while true {
            let batch = queue.takeDue(2)
            if batch.isEmpty { break }
            sizes.append(batch.count)
            // A request ends each time that something is on its way.
            _ = queue.append(trace(9))
        }
        #expect(sizes == [2, 2, 2])
        #expect(queue.count == 2)
        for _ in 0..<8 { _ = queue.append(trace(10)) }
        #expect((0..<6).map { _ in queue.takeDue(2).count } == [2, 2, 2, 2, 2, 0])
    }

    @Test("nothing is lost between queue, batches and drops, in whatever order", arguments: 0..<20)
    func sequences(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = SpanQueue(limit: .random(in: 1...8, using: &random))
        var (number, given, taken): (UInt64, Int, [FinishedTrace]) = (0, 0, [])
        for _ in 0..<300 {
            if Int.random(in: 0..<3, using: &random) > 0 {
                number += 1
                let new = trace(number, spans: .random(in: 1...3, using: &random))
                given += new.spans.count
                _ = queue.append(new)
            } else {
                let batch = queue.take(.random(in: 1...4, using: &random))
                if Int.random(in: 0..<3, using: &random) == 0 {
                    queue.putBack(batch)
                } else {
                    taken += batch
                }
            }
        }
        #expect(taken.reduce(0) { $0 + $1.spans.count } + queue.count + queue.dropped == given)
        let order = taken.map(\.context.spanID)
        #expect(order == order.sorted())
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
