import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Testing

@testable import AurelisStorage

@Suite("Answers are cached on the disk")
struct DatabaseCacheStoreTests {
    @Test("what is kept is found again, also by another process and after a restart")
    func found() async throws {
        try await CacheHarness.with { harness async throws in
            let (store, other) = (harness.store(), harness.store())
            let record = CacheRecord.sample(1, tags: ["b", "a"])
            #expect(await other.sealed(for: record.facts.key) == nil)
            store.keep(record)
            #expect(store.statistics.queued == 1)
            await store.flush()
            for store in [store, other, harness.store()] {
                #expect(await store.sealed(for: record.facts.key) == record.sealed)
                #expect(await store.sealed(for: .sample(2)) == nil)
                #expect(try await store.facts(of: .all, limit: 5) == [record.facts])
                #expect(try await store.usage() == CacheUsage(entries: 1, bytes: 100))
            }
            #expect(store.statistics.kept == 1)
            #expect(store.layer == .database)
        }
    }

    @Test("an older answer never takes the place of a newer one, whichever comes first", arguments: [true, false])
    func newerStays(newerFirst: Bool) async throws {
        try await CacheHarness.with { harness async throws in
            let (old, new) = (CacheRecord.sample(1, size: 10, age: 5), CacheRecord.sample(1, size: 20))
            for record in newerFirst ? [new, old] : [old, new] {
                let store = harness.store()
                store.keep(record)
                await store.flush()
            }
            #expect(await harness.store().sealed(for: .sample(1)) == new.sealed)
        }
    }

    @Test("an answer can be empty, and can be large", arguments: [0, 1, 5_000_000])
    func sizes(size: Int) async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            store.keep(.sample(1, size: size))
            await store.flush()
            #expect(await store.sealed(for: .sample(1)) == CacheRecord.bytes(1, size))
        }
    }

    @Test("no database is made by looking")
    func looking() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            #expect(await store.sealed(for: .sample(1)) == nil)
            #expect(try await store.facts(of: .all, limit: 5).isEmpty)
            #expect(try await store.usage() == CacheUsage(entries: 0, bytes: 0))
            #expect(Set(harness.files) == ["cache.additions", "cache.generation"])
        }
    }

    @Test("the files are their user's alone")
    func rights() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            store.keep(.sample())
            await store.flush()
            #expect(harness.files.count >= 2)
            for file in harness.files {
                let attributes = try FileManager.default.attributesOfItem(atPath: harness.directory + "/" + file)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(file)")
            }
        }
    }

    @Test("a later answer takes the place of an earlier one, with its facts and tags")
    func replaced() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            store.keep(.sample(1, size: 10, tags: ["old"]))
            await store.flush()
            let later = CacheRecord.sample(1, size: 20, model: "o3", tags: ["new"])
            store.keep(later)
            await store.flush()
            #expect(await store.sealed(for: .sample(1)) == later.sealed)
            #expect(try await store.facts(of: .all, limit: 5) == [later.facts])
            #expect(try await store.facts(of: CacheSelection(tag: "old"), limit: 5).isEmpty)
            #expect(try await store.usage() == CacheUsage(entries: 1, bytes: 20))
        }
    }

    @Test(
        "an answer is found until the shorter of its lifetime and the layer's has passed, and as long as it is retained",
        arguments: [
            (lifetime: 100, layer: 1_000, retention: 0, age: 100, isFound: true),
            (100, 1_000, 0, 101, false),
            (1_000, 100, 0, 100, true),
            (1_000, 100, 0, 101, false),
            (100, 1_000, 50, 150, true),
            (100, 1_000, 50, 151, false),
        ]
    )
    func expiry(lifetime: Int, layer: Int, retention: Int, age: Int, isFound: Bool) async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store { limits in
                limits.lifetime = .seconds(layer)
                limits.retention = .seconds(retention)
            }
            store.keep(.sample(1, lifetime: .seconds(lifetime)))
            await store.flush()
            harness.advance(seconds: Int64(age))
            #expect((await store.sealed(for: .sample(1)) != nil) == isFound)
            #expect(try await store.facts(of: .all, limit: 1).isEmpty == !isFound)
        }
    }

    @Test("answers past their time are deleted while the service runs")
    func expired() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            for index in 0..<400 { store.keep(.sample(index, lifetime: .seconds(index < 390 ? 10 : 100))) }
            await store.flush()
            harness.advance(seconds: 50)
            try await harness.serving(store) { () async throws in
                await harness.round()
                #expect(store.statistics.expired == 390)
                #expect(try await store.usage().entries == 10)
            }
        }
    }

    @Test("a dropped answer is gone at once, and stays away; one that is kept after it is not")
    func dropped() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            for index in 1...2 { store.keep(.sample(index)) }
            await store.flush()
            for index in 1...2 { store.drop(.sample(index)) }
            store.keep(.sample(2, size: 7))
            #expect(await store.sealed(for: .sample(1)) == nil)
            await store.flush()
            let other = harness.store()
            #expect(await other.sealed(for: .sample(1)) == nil)
            #expect(await other.sealed(for: .sample(2)) == CacheRecord.bytes(2, 7))
        }
    }

    @Test("facts are the newest first, those of the selection, no more than asked for", arguments: [-1, 0, 2, 10])
    func facts(limit: Int) async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            let records = [3, 1, 2].map { CacheRecord.sample($0, age: Int64($0), task: .testing) }
            for record in records + [.sample(9, task: .analysis)] { store.keep(record) }
            await store.flush()
            let expected = records.map(\.facts).sorted { $0.created > $1.created }.prefix(max(0, limit))
            #expect(try await store.facts(of: CacheSelection(task: .testing), limit: limit) == Array(expected))
        }
    }

    @Test("beyond the number, and beyond the size, what was written first gives way")
    func bounds() async throws {
        try await CacheHarness.with { harness async throws in
            let few = harness.store { $0.entries = 3 }
            for index in 1...5 {
                few.keep(.sample(index))
                await few.flush()
            }
            var left: [Int] = []
            for index in 1...5 where await few.sealed(for: .sample(index)) != nil { left.append(index) }
            #expect(left == [3, 4, 5])
            let small = harness.store { $0.bytes = 350 }
            small.keep(.sample(6, size: 200))
            small.keep(.sample(7, size: 351))
            await small.flush()
            #expect(try await small.usage() == CacheUsage(entries: 2, bytes: 300))
            #expect(await small.sealed(for: .sample(6)) != nil)
            #expect(small.statistics.dropped == 1)
        }
    }

    @Test("what an extreme record asks for is not kept, and harms nobody")
    func extremes() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            let record = CacheRecord.sample(1, lifetime: .seconds(Int64.max))
            store.keep(record)
            for created in [Int64.min, Int64.max] {
                var facts = CacheRecord.sample(2).facts
                facts.created = created
                store.keep(CacheRecord(facts: facts, sealed: record.sealed))
            }
            await store.flush()
            #expect(store.statistics.kept == 1)
            #expect(await store.sealed(for: .sample(1)) == record.sealed)
        }
    }

    @Test("the service writes in groups while it runs, and what is left at its end")
    func service() async throws {
        try await CacheHarness.with { harness async throws in
            let (store, other) = (harness.store(), harness.store())
            try await harness.serving(store) { () async throws in
                store.keep(.sample(1))
                await harness.round()
                #expect(await other.sealed(for: .sample(1)) != nil)
                store.keep(.sample(2))
            }
            #expect(await other.sealed(for: .sample(2)) != nil)
            #expect(harness.log.messages.isEmpty)
        }
    }

    @Test("the file becomes smaller when answers are gone")
    func shrinking() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            for index in 0..<200 { store.keep(.sample(index, size: 50_000)) }
            await store.flush()
            func size() throws -> Int {
                let files = ["", "-wal"].map { harness.file + $0 }
                return try files.reduce(0) { sum, file in
                    let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
                    return sum + (size?.intValue ?? 0)
                }
            }
            #expect(try size() > 10_000_000)
            try await store.invalidate(CacheInvalidation(.all, time: CacheHarness.epoch))
            await store.flush()
            #expect(try size() < 1_500_000)
        }
    }
}
