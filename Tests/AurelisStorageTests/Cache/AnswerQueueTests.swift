import Aurelis
import Foundation
import Testing

@testable import AurelisStorage

@Suite("Answers wait for the disk within bounds")
struct AnswerQueueTests {
    private let now = ContinuousClock.now

    @Test(
        "beyond the number, the size and the pace answers are dropped and counted",
        arguments: [(3, 10_000, 100), (100, 350, 100), (100, 10_000, 3)]
    )
    func bounds(entries: Int, bytes: Int, perSecond: Int) {
        var queue = AnswerQueue(entries: entries, bytes: bytes, perSecond: perSecond)
        for index in 0..<5 { queue.append(.sample(index), at: now) }
        #expect(queue.count == 3)
        #expect(queue.dropped == 2)
        let group = queue.take(entries: 100, bytes: 1_000_000)
        #expect(group.records.count == 3)
        #expect(queue.isEmpty)
        queue.append(.sample(6), at: now.advanced(by: .seconds(1)))
        #expect(queue.count == 1)
    }

    @Test("a group has so many answers and bytes, but at least one")
    func groups() {
        var queue = AnswerQueue(entries: 100, bytes: 100_000, perSecond: 100)
        for (index, size) in [100, 100, 500, 100].enumerated() { queue.append(.sample(index, size: size), at: now) }
        var sizes: [[Int]] = []
        while !queue.isEmpty { sizes.append(queue.take(entries: 2, bytes: 250).records.map(\.sealed.count)) }
        #expect(sizes == [[100, 100], [500], [100]])
    }

    @Test("what could not be written comes first again; the older give way where there is no room")
    func putBack() {
        var queue = AnswerQueue(entries: 3, bytes: 10_000, perSecond: 100)
        for index in 0..<3 { queue.append(.sample(index), at: now) }
        let group = queue.take(entries: 2, bytes: 10_000)
        queue.append(.sample(3), at: now)
        queue.putBack(group)
        #expect(queue.take(entries: 9, bytes: 10_000).records.map(\.facts.key) == [1, 2, 3].map(CacheKey.sample))
        #expect(queue.dropped == 1)
    }

    @Test("a deletion is in effect until it has happened, and gives way to a later answer")
    func deletions() {
        var queue = AnswerQueue(entries: 2, bytes: 10_000, perSecond: 100)
        for index in 0..<3 { queue.delete(.sample(index)) }
        #expect(queue.deletes(.sample(0)) && queue.deletes(.sample(1)) && !queue.deletes(.sample(2)))
        queue.append(.sample(1), at: now)
        let group = queue.take(entries: 9, bytes: 10_000)
        #expect(group.deletions == [.sample(0)])
        #expect(queue.deletes(.sample(0)) && !queue.deletes(.sample(1)))
        queue.settle(group, refused: 0)
        #expect(!queue.deletes(.sample(0)))
        #expect(queue.isEmpty)
    }
}
