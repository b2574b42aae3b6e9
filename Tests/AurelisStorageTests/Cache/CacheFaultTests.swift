import Aurelis
import AurelisTesting
import Foundation
import GRDB
import Testing

@testable import AurelisStorage

@Suite("A cache file that cannot be used looks like an empty one")
struct CacheFaultTests {
    @Test("what a full disk refuses is written once there is room, and said once")
    func full() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            store.keep(.sample(1))
            await store.flush()
            try fill(store, isFull: true)
            for index in 2...4 { store.keep(.sample(index, size: 50_000)) }
            await store.flush()
            await store.flush()
            #expect(await store.sealed(for: .sample(1)) != nil)
            #expect(await store.sealed(for: .sample(2)) == nil)
            #expect(store.statistics.queued == 3)
            #expect(store.statistics.failures == 2)
            #expect(store.statistics.lastError?.contains("full") == true)
            #expect(harness.log.warnings == 1)
            try fill(store, isFull: false)
            await store.flush()
            for index in 2...4 { #expect(await store.sealed(for: .sample(index)) != nil) }
            #expect(store.statistics.dropped == 0)
        }
    }

    @Test("another process that writes for long holds up no look-up, and loses no answer")
    func locked() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store { $0.busy = .milliseconds(20) }
            store.keep(.sample(1))
            await store.flush()
            let lock = try harness.lock()
            store.keep(.sample(2))
            await store.flush()
            #expect(await store.sealed(for: .sample(1)) != nil)
            #expect(store.statistics.failures == 1)
            try lock.inDatabase { try $0.execute(sql: "COMMIT") }
            await store.flush()
            #expect(await store.sealed(for: .sample(2)) != nil)
        }
    }

    @Test("a disk that hangs costs a request the limit, a few requests in all; a probe finds out when it is back")
    func hanging() async throws {
        try await CacheHarness.with { harness async throws in
            let first = harness.store()
            first.keep(.sample(1))
            await first.flush()
            let store = harness.store()
            try await FileLock.holdingAsync(harness.file + ".lock") {
                for _ in 0..<5 { #expect(await lookup(store, harness, waits: true) == nil) }
                #expect(store.statistics.failures == 5)
                #expect(harness.log.warnings == 1)
                for _ in 0..<5 { #expect(await lookup(store, harness, waits: false) == nil) }
                #expect(store.statistics.failures == 5)
                harness.time.advance(by: .seconds(10))
                #expect(await lookup(store, harness, waits: true) == nil)
                #expect(await lookup(store, harness, waits: false) == nil)
            }
            // What hung ends now; a look-up that is asked after it shows that.
            await ended(store)
            harness.time.advance(by: .seconds(10))
            #expect(await store.sealed(for: .sample(1)) != nil)
            #expect(await store.sealed(for: .sample(1)) != nil)
            #expect(store.statistics.failures == 6)
            // The next outage is another one.
            try store.connection.session().pool.close()
            for _ in 0..<5 { #expect(await store.sealed(for: .sample(1)) == nil) }
            #expect(harness.log.warnings == 2)
        }
    }

    @Test("a cancelled look-up ends, and says nothing of the disk")
    func cancelled() async throws {
        try await CacheHarness.with { harness async throws in
            let first = harness.store()
            first.keep(.sample(1))
            await first.flush()
            let store = harness.store()
            try await FileLock.holdingAsync(harness.file + ".lock") {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<10 { group.addTask { #expect(await store.sealed(for: .sample(1)) == nil) } }
                    await harness.time.sleepers(atLeast: 10)
                    group.cancelAll()
                }
            }
            await ended(store)
            #expect(store.statistics.failures == 0)
            #expect(await store.sealed(for: .sample(1)) != nil)
        }
    }

    @Test("look-ups that a hanging disk does not end are bounded")
    func boundedLookups() async throws {
        try await CacheHarness.with { harness async throws in
            let first = harness.store()
            first.keep(.sample(1))
            await first.flush()
            let store = harness.store()
            try await FileLock.holdingAsync(harness.file + ".lock") {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<64 { group.addTask { _ = await store.sealed(for: .sample(1)) } }
                    await harness.time.sleepers(atLeast: 64)
                    #expect(await store.sealed(for: .sample(1)) == nil)
                    group.cancelAll()
                }
            }
            await ended(store)
        }
    }

    enum Damage: CaseIterable {
        case header, middle, cutShort, notADatabase
    }

    @Test("a damaged file is moved aside once, and a fresh one is used", arguments: Damage.allCases, [true, false])
    func damaged(damage: Damage, whileOpen: Bool) async throws {
        try await CacheHarness.with { harness async throws in
            let opened = harness.store()
            for index in 0..<100 { opened.keep(.sample(index, size: 2_000, tags: ["a"])) }
            await opened.flush()
            try closeJournal(opened)
            let store = whileOpen ? opened : harness.store()
            if !whileOpen { try opened.connection.session().pool.close() }
            try apply(damage, to: harness.file)
            if whileOpen { try forgetPages(store) }
            // Whatever is read is right or absent.
            for index in 0..<100 {
                let sealed = await store.sealed(for: .sample(index))
                #expect(sealed == nil || sealed == CacheRecord.bytes(index, 2_000))
            }
            for index in 100..<200 { store.keep(.sample(index, size: 2_000)) }
            await store.flush()
            await store.flush()
            #expect(harness.damaged.count == 1)
            #expect(harness.log.warnings == 1)
            #expect(harness.log.messages.first?.contains("begun afresh") == true)
            for index in 100..<200 {
                #expect(await store.sealed(for: .sample(index)) == CacheRecord.bytes(index, 2_000))
            }
            #expect(await harness.store().sealed(for: .sample(150)) != nil)
        }
    }

    @Test("a damaged journal costs what it held at most", arguments: [0, 32, 4_096])
    func damagedJournal(offset: Int) async throws {
        try await CacheHarness.with { harness async throws in
            let writer = harness.store()
            for index in 0..<100 { writer.keep(.sample(index, size: 2_000)) }
            await writer.flush()
            // As a machine that lost its power leaves it: the journal is there, nobody has worked it in.
            let copy = harness.directory + "/copy"
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            for journal in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: harness.file + journal,
                    toPath: copy + "/cache.sqlite" + journal
                )
            }
            try overwrite(copy + "/cache.sqlite-wal", at: offset, count: 100_000)
            let store = DatabaseCacheStore(
                directory: copy,
                time: harness.time,
                clock: .fixed(CacheHarness.epoch / 1_000),
                logger: harness.log.logger
            )
            for index in 0..<100 {
                let sealed = await store.sealed(for: .sample(index))
                #expect(sealed == nil || sealed == CacheRecord.bytes(index, 2_000))
            }
            store.keep(.sample(200))
            await store.flush()
            await store.flush()
            #expect(await store.sealed(for: .sample(200)) != nil)
        }
    }

    @Test("no more than three damaged files are kept, the latest")
    func threeDamaged() async throws {
        try await CacheHarness.with { harness async throws in
            for _ in 0..<5 {
                let store = harness.store()
                store.keep(.sample(1))
                await store.flush()
                try store.connection.session().pool.close()
                harness.advance(seconds: 1)
                try apply(.notADatabase, to: harness.file)
                _ = await harness.store().sealed(for: .sample(1))
            }
            #expect(harness.damaged.count == 3)
            #expect(harness.damaged.last == "cache.sqlite.damaged-2023-11-14T22:13:25.000Z")
        }
    }

    @Test("processes that have a damaged file open move it aside once, and find each other in the fresh one")
    func damagedForTwo() async throws {
        try await CacheHarness.with { harness async throws in
            let (first, second) = (harness.store(), harness.store())
            first.keep(.sample(1))
            await first.flush()
            #expect(await second.sealed(for: .sample(1)) != nil)
            try await harness.serving(second) { () async throws in
                try closeJournal(first)
                try apply(.header, to: harness.file)
                for store in [first, second] { try forgetPages(store) }
                first.keep(.sample(2))
                // The first write finds the damage, the second one the fresh file.
                for _ in 0..<2 { await first.flush() }
                #expect(await first.sealed(for: .sample(1)) == nil)
                #expect(await second.sealed(for: .sample(2)) != nil)
                second.keep(.sample(3))
                await second.flush()
                #expect(await first.sealed(for: .sample(3)) != nil)
                #expect(harness.damaged.count == 1)
                #expect(harness.log.warnings == 1)
            }
        }
    }

    @Test("a file is moved aside with its journals, but not the fresh one that another process has put in its place")
    func movedAside() async throws {
        try await CacheHarness.with { harness async throws in
            let store = harness.store()
            store.keep(.sample(1))
            await store.flush()
            let damaged = try #require(FileIdentity(path: harness.file))
            let schema = StorageSchema.cache(lookupLimit: .seconds(1), busyLimit: .seconds(1))
            let file = StorageFile(directory: harness.directory, schema)
            try file.close(damaged: damaged)
            #expect(!harness.files.contains { $0.hasPrefix("cache.sqlite") && !$0.contains(".damaged-") })
            #expect(harness.files.count { $0.hasSuffix("Z") || $0.hasSuffix("-wal") || $0.hasSuffix("-shm") } == 3)
            _ = try file.pool()
            try file.close(damaged: damaged)
            #expect(harness.files.contains("cache.sqlite"))
        }
    }

    @Test("a file that somebody deletes while it is in use is made again")
    func deleted() async throws {
        try await CacheHarness.with { harness async throws in
            let (store, other) = (harness.store(), harness.store())
            store.keep(.sample(1))
            await store.flush()
            try await harness.serving(store) { () async throws in
                for file in harness.files { try FileManager.default.removeItem(atPath: harness.directory + "/" + file) }
                store.keep(.sample(9))
                await store.flush()
                #expect(FileManager.default.fileExists(atPath: harness.file))
                await harness.round(.seconds(10))
                #expect(await store.sealed(for: .sample(1)) == nil)
                store.keep(.sample(2))
                await harness.round()
                other.counters.refresh()
                #expect(await other.sealed(for: .sample(2)) != nil)
                let before = store.generation
                try await other.invalidate(CacheInvalidation(.all, time: CacheHarness.epoch))
                #expect(store.generation == before + 1)
            }
        }
    }

    @Test("a file of a later version is left alone, and that is said once")
    func newer() async throws {
        try await CacheHarness.with { harness async throws in
            let first = harness.store()
            first.keep(.sample(1))
            await first.flush()
            try first.connection.session().pool.close()
            try harness.withConnection { database in
                try database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('from the future')")
            }
            func rows() throws -> [Row] {
                try harness.withConnection { try Row.fetchAll($0, sql: "SELECT * FROM answers, grdb_migrations") }
            }
            let before = try rows()
            let store = harness.store()
            #expect(await store.sealed(for: .sample(1)) == nil)
            store.keep(.sample(2))
            await store.flush()
            #expect(await store.sealed(for: .sample(1)) == nil)
            await #expect(throws: CacheStoreError.self) { try await store.usage() }
            #expect(store.statistics.dropped == 1)
            #expect(harness.log.messages.count == 1)
            #expect(harness.log.messages.first?.contains("newer version") == true)
            #expect(try rows() == before)
            #expect(harness.damaged.isEmpty)
        }
    }

    @Test("a directory that cannot be made turns the cache off, not the requests")
    func unwritable() async throws {
        let log = CountingLog()
        let time = ManualTimeSource()
        let store = DatabaseCacheStore(directory: "/dev/null/aurelis", time: time, logger: log.logger)
        store.keep(.sample(1))
        await store.flush()
        #expect(await store.sealed(for: .sample(1)) == nil)
        await #expect(throws: CacheStoreError.self) {
            try await store.invalidate(CacheInvalidation(.all, time: 1))
        }
        #expect(store.generation == 0)
        #expect(log.warnings == 1)
        #expect(store.statistics.lastError != nil)
    }

    @Test("without the counters that processes share nothing is served, until they are back")
    func uncounted() async throws {
        try await CacheHarness.with { harness async throws in
            let first = harness.store()
            first.keep(.sample(1))
            await first.flush()
            let counters = harness.directory + "/cache.generation"
            try FileManager.default.removeItem(atPath: counters)
            try FileManager.default.createDirectory(atPath: counters, withIntermediateDirectories: false)
            let store = harness.store()
            #expect(await store.sealed(for: .sample(1)) == nil)
            store.keep(.sample(2))
            await store.flush()
            #expect(harness.log.messages.count { $0.contains("cache.generation cannot be opened") } == 1)
            try FileManager.default.removeItem(atPath: counters)
            try await harness.serving(store) { () async throws in
                for index in 1...2 {
                    await harness.round()
                    #expect(await store.sealed(for: .sample(index)) != nil)
                }
            }
        }
    }

    @Test("processes on one file at the same time lose nothing, and find each other's answers")
    func together() async throws {
        try await CacheHarness.with { harness async throws in
            let stores = (0..<4).map { _ in harness.store() }
            await withTaskGroup(of: Void.self) { group in
                for (number, store) in stores.enumerated() {
                    group.addTask {
                        for index in 0..<25 {
                            store.keep(.sample(number * 100 + index))
                            await store.flush()
                        }
                    }
                }
            }
            for store in stores {
                #expect(store.statistics.failures == 0)
                for number in 0..<4 {
                    for index in 0..<25 { #expect(await store.sealed(for: .sample(number * 100 + index)) != nil) }
                }
            }
            #expect(try await stores[0].usage().entries == 100)
        }
    }

    // MARK: - What the tests are made of

    private func lookup(_ store: DatabaseCacheStore, _ harness: CacheHarness, waits: Bool) async -> [UInt8]? {
        guard waits else { return await store.sealed(for: .sample(1)) }
        async let sealed = store.sealed(for: .sample(1))
        await harness.time.sleepers(atLeast: 1)
        harness.time.advance(by: .milliseconds(50))
        return await sealed
    }

    /// Returns when the look-ups that were begun have ended.
    private func ended(_ store: DatabaseCacheStore) async {
        await withCheckedContinuation { continuation in store.reads.async { continuation.resume() } }
    }

    /// Lets SQLite take no more pages than it has, as on a full disk, or as many as it likes.
    private func fill(_ store: DatabaseCacheStore, isFull: Bool) throws {
        try store.connection.session().pool.writeWithoutTransaction { database in
            _ = try Row.fetchAll(database, sql: "PRAGMA max_page_count = \(isFull ? 1 : 1_000_000)")
        }
    }

    /// Works the journal in, so that everything is in the file.
    private func closeJournal(_ store: DatabaseCacheStore) throws {
        try store.connection.session().pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    /// Makes the connections read the file again.
    private func forgetPages(_ store: DatabaseCacheStore) throws {
        try store.connection.session().pool.releaseMemory()
    }

    private func apply(_ damage: Damage, to path: String) throws {
        switch damage {
        case .header: try overwrite(path, at: 0, count: 4_096)
        case .middle: try overwrite(path, at: 4_096, count: 100_000)
        case .cutShort:
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.truncate(atOffset: 10_000)
            try file.close()
        case .notADatabase: try Data("not a database at all".utf8).write(to: URL(fileURLWithPath: path))
        }
    }

    private func overwrite(_ path: String, at offset: Int, count: Int) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }))
        try file.close()
    }
}

extension FileLock {
    /// As `holding`, for a test that waits meanwhile.
    fileprivate static func holdingAsync(_ path: String, _ body: () async throws -> Void) async throws {
        let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        #expect(flock(descriptor, LOCK_EX) == 0)
        defer { close(descriptor) }
        try await body()
    }
}
