import Aurelis
import Testing

@testable import AurelisRedis

@Suite("Redis cache: values")
struct RedisCacheRulesTests {
    private func rule(_ tag: String?, _ time: Int64) -> CacheInvalidation {
        CacheInvalidation(CacheSelection(tag: tag), time: time)
    }

    @Test("a later rule of the same selection replaces the earlier; one about everything replaces all before it")
    func replacing() {
        var rules = RedisCacheRules(maximumCount: 10)
        #expect(rules.add(rule("a", 5)) == true)
        #expect(rules.add(rule("a", 4)) == false)
        #expect(rules.add(rule("a", 6)) == true)
        #expect(rules.add(rule("b", 9)) == true)
        #expect(rules.count == 2)
        #expect(rules.add(rule(nil, 8)) == true)
        #expect(Set(rules.all) == [rule("b", 9), rule(nil, 8)])
        #expect(rules.add(rule("c", 8)) == false)
        rules.remove(rule("b", 8))
        rules.forget(before: 9)
        #expect(rules.all == [rule("b", 9)])
        rules.remove(rule("b", 9))
        #expect(!rules.cover(CacheRecord.sample(1, tags: ["b"], created: 1).facts))
    }

    @Test("rules cover what was given up to their time")
    func covering() {
        var rules = RedisCacheRules(maximumCount: 10)
        rules.add(rule("a", 5))
        rules.add(rule("b", 9))
        func covers(_ tag: String, _ created: Int64) -> Bool {
            rules.cover(CacheRecord.sample(1, tags: [tag], created: created).facts)
        }
        #expect(covers("a", 5) && covers("b", 9))
        #expect(!covers("a", 6) && !covers("b", 10) && !covers("c", 1))
    }

    @Test("too many rules become one about everything, up to the latest of them")
    func bounded() {
        var rules = RedisCacheRules(maximumCount: 3)
        for (index, tag) in ["a", "b", "c", "d"].enumerated() { rules.add(rule(tag, Int64(9 - index))) }
        #expect(rules.all == [rule(nil, 9)])
    }

    @Test("a batch has each key once and is finished before the next")
    func batches() {
        var queue = RedisCacheQueue(maximumEntries: 5, maximumBytes: 1_000_000)
        for number in [1, 2, 1, 3] as [UInt8] { #expect(queue.add(.keep(.sample(number))) == true) }
        let first = queue.take(atMost: 9)
        #expect(first.map(\.key) == [.sample(1), .sample(2)])
        #expect(queue.take(atMost: 9).isEmpty)
        #expect(queue.count == 4)
        queue.finish(first)
        #expect(queue.take(atMost: 1).map(\.key) == [.sample(1)])
        #expect(queue.add(.drop(.sample(9))) == true)
        #expect(queue.count == 3)
    }

    @Test("what was loaded for an earlier subscription does not count, nor does a load that was overtaken by a loss")
    func hearing() {
        var hearing = RedisCacheHearing()
        #expect(hearing.beginOneShot() == true)
        #expect(hearing.beginOneShot() == false)
        hearing.started()
        hearing.endOneShot(isLoaded: true)
        #expect(!hearing.isCurrent)
        hearing.began()
        let epoch = hearing.epoch
        #expect(hearing.ended() == true)
        #expect(hearing.ended() == false)
        hearing.loaded(for: epoch)
        #expect(!hearing.isCurrent)
        hearing.began()
        hearing.loaded(for: epoch)
        #expect(!hearing.isCurrent)
        hearing.loaded(for: hearing.epoch)
        #expect(hearing.isCurrent)
    }

    @Test("failures in a row are told once, and so is the end of them")
    func condition() {
        var condition = RedisCacheCondition()
        #expect(condition.failed() == nil)
        #expect(condition.succeeded() == nil)
        #expect((0..<6).map { _ in condition.failed() } == [nil, nil, .failed, nil, nil, nil])
        #expect(condition.succeeded() == .recovered)
        #expect(condition.succeeded() == nil)
    }
}
