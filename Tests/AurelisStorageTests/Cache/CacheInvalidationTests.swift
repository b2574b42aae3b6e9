import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Testing

@testable import AurelisStorage

@Suite("Answers that count no more are not found")
struct CacheInvalidationTests {
    @Test("exactly what an invalidation covers is deleted", arguments: 0..<12)
    func exact(seed: Int) async throws {
        try await CacheHarness.with { harness async throws in
            var random = SplitMix64(seed: UInt64(seed))
            let records = (0..<60).map { Self.record($0, using: &random) }
            let (store, other) = (harness.store(), harness.store())
            for record in records { store.keep(record) }
            await store.flush()
            var left = records.map(\.facts)
            for _ in 0..<4 {
                let invalidation = Self.invalidation(of: left.map(\.key), using: &random)
                left.removeAll(where: invalidation.covers)
                try await store.invalidate(invalidation)
                let found = try await other.facts(of: .all, limit: 100)
                #expect(Set(found) == Set(left), "\(invalidation)")
            }
            #expect(try await store.usage() == CacheUsage(entries: left.count, bytes: left.count * 100))
            let orphans = try harness.withConnection { database in
                try Int.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM tags WHERE answer NOT IN (SELECT id FROM answers)"
                )
            }
            #expect(orphans == 0)
        }
    }

    @Test("a selection finds exactly what it contains", arguments: 0..<12)
    func selection(seed: Int) async throws {
        try await CacheHarness.with { harness async throws in
            var random = SplitMix64(seed: UInt64(seed) &+ 1_000)
            let records = (0..<60).map { Self.record($0, using: &random) }
            let store = harness.store()
            for record in records { store.keep(record) }
            await store.flush()
            for _ in 0..<8 {
                let selection = Self.invalidation(of: records.map(\.facts.key), using: &random).selection
                let found = try await store.facts(of: selection, limit: 100)
                #expect(Set(found) == Set(records.map(\.facts).filter(selection.contains)), "\(selection)")
            }
        }
    }

    @Test("a prefix that is none selects nothing", arguments: ["x", "AB", "'", "é", String(repeating: "0", count: 65)])
    func prefixes(prefix: String) async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            store.keep(.sample(1))
            await store.flush()
            #expect(try await store.facts(of: CacheSelection(keyPrefix: prefix), limit: 1).isEmpty)
            let whole = CacheKey.sample(1).description
            for length in [0, 1, 7, 64] {
                let selection = CacheSelection(keyPrefix: String(whole.prefix(length)))
                #expect(try await store.facts(of: selection, limit: 1).count == 1)
            }
        }
    }

    @Test("an answer that waits for the disk is dropped")
    func waiting() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            store.keep(.sample(1, tenant: "a"))
            store.keep(.sample(2, tenant: "b"))
            let selection = CacheSelection(tenant: "a")
            try await store.invalidate(CacheInvalidation(selection, time: CacheHarness.epoch))
            #expect(store.statistics.queued == 1)
            await store.flush()
            #expect(try await store.facts(of: .all, limit: 9).map(\.tenant) == ["b"])
        }
    }

    @Test("what another process queued before and writes after is refused; what is newer is not")
    func late() async throws {
        try await CacheHarness.with { harness async throws in
            let (store, other) = (harness.store(), harness.store())
            other.keep(.sample(1, age: 1, tags: ["x"]))
            other.keep(.sample(2, age: 0, tags: ["x"]))
            other.keep(.sample(3, age: 1))
            let invalidation = CacheInvalidation(CacheSelection(tag: "x"), time: CacheHarness.epoch - 1_000)
            try await store.invalidate(invalidation)
            await other.flush()
            #expect(Set(try await store.facts(of: .all, limit: 9).map(\.key)) == [.sample(2), .sample(3)])
            #expect(other.statistics.dropped == 1)
        }
    }

    @Test("whoever sees the new generation finds nothing of what was invalidated")
    func generation() async throws {
        try await CacheHarness.with { harness async throws in
            let (store, other) = (harness.store(), harness.store())
            for round in 0..<20 {
                store.keep(.sample(round))
                await store.flush()
                let before = other.generation
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try? await store.invalidate(CacheInvalidation(.all, time: CacheHarness.epoch))
                    }
                    group.addTask {
                        while other.generation == before, !Task.isCancelled { await Task.yield() }
                        #expect(await other.sealed(for: .sample(round)) == nil)
                    }
                }
                #expect(other.generation > before)
                try harness.withConnection { try $0.execute(sql: "DELETE FROM invalidations") }
            }
            await store.flush()
            #expect(other.generation >= 20)
        }
    }

    @Test(
        "while the database is locked it says so, hides the answers itself, and tries again",
        arguments: [true, false]
    )
    func locked(byService: Bool) async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store { $0.busy = .milliseconds(20) }
            for index in 1...2 { store.keep(.sample(index, tenant: "\(index)")) }
            await store.flush()
            let lock = try harness.lock()
            let invalidation = CacheInvalidation(CacheSelection(tenant: "1"), time: CacheHarness.epoch)
            await #expect(throws: CacheStoreError.self) { try await store.invalidate(invalidation) }
            #expect(store.generation == 0)
            #expect(await store.sealed(for: .sample(1)) == nil)
            #expect(await store.sealed(for: .sample(2)) != nil)
            #expect(try await store.facts(of: .all, limit: 9).map(\.tenant) == ["2"])
            try lock.inDatabase { try $0.execute(sql: "COMMIT") }
            if byService { try await harness.serving(store) {} } else { await store.flush() }
            #expect(store.generation == 1)
            #expect(try await harness.store().facts(of: .all, limit: 9).map(\.tenant) == ["2"])
        }
    }

    @Test("many invalidations are remembered by covering more, never less, and are forgotten when they cover nothing")
    func many() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            func count() throws -> Int {
                try harness.withConnection { try Int.fetchOne($0, sql: "SELECT count(*) FROM invalidations") ?? 0 }
            }
            for index in 0..<1_100 {
                let time = CacheHarness.epoch - 20_000 + Int64(index)
                try await store.invalidate(CacheInvalidation(CacheSelection(tag: "\(index)"), time: time))
            }
            #expect(try count() <= 1_000)
            let other = harness.store()
            other.keep(.sample(1, age: 20, tags: ["0"]))
            other.keep(.sample(2, age: 20, tags: ["1099"]))
            other.keep(.sample(3, age: 1))
            await other.flush()
            #expect(try await store.facts(of: .all, limit: 9).map(\.key) == [.sample(3)])
            harness.advance(seconds: 2 * 86_400)
            _ = store.keepUp()
            #expect(try count() == 0)
        }
    }

    // MARK: - Generated

    private static func record(_ number: Int, using random: inout SplitMix64) -> CacheRecord {
        .sample(
            number,
            age: Int64.random(in: 0...3, using: &random),
            task: [.general, .testing, .analysis].randomElement(using: &random) ?? .general,
            model: ["gpt-4o", "o3"].randomElement(using: &random) ?? "",
            tenant: ["", "a", "it's"].randomElement(using: &random) ?? "",
            tags: ["x", "y", "caf\u{E9}", "%"].shuffled(using: &random).dropLast(Int.random(in: 0...4, using: &random))
        )
    }

    private static func invalidation(of keys: [CacheKey], using random: inout SplitMix64) -> CacheInvalidation {
        var selection = CacheSelection()
        func one<Value>(of values: [Value]) -> Value? {
            Int.random(in: 0..<3, using: &random) == 0 ? values.randomElement(using: &random) : nil
        }
        selection.task = one(of: [.general, .testing, .debugging])
        selection.tag = one(of: ["x", "y", "cafe\u{301}", "%"])
        selection.model = one(of: ["gpt-4o", "o3"])
        selection.tenant = one(of: ["", "a", "it's"])
        if let key = one(of: keys) { selection.keyPrefix = String(key.description.prefix(one(of: [1, 2, 3]) ?? 1)) }
        return CacheInvalidation(selection, time: CacheHarness.epoch - Int64.random(in: 0...3, using: &random) * 1_000)
    }
}
