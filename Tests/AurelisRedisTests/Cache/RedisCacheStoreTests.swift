import Aurelis
import Testing

@testable import AurelisRedis

@Suite("Redis cache store", .timeLimit(.minutes(1)))
struct RedisCacheStoreTests {
    @Test("an answer that was kept is found, in a process that is gone in a moment")
    func oneShot() async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            #expect(await store.sealed(for: .sample(1)) == nil)
            let record = CacheRecord.sample(1)
            store.keep(record)
            await store.flush()
            #expect(await store.sealed(for: .sample(1)) == record.sealed)
            #expect(await store.sealed(for: .sample(2)) == nil)
            #expect(store.statistics.kept == 1)
            #expect(store.statistics.hits == 1)
            #expect(store.statistics.lookups == 3)
            #expect(store.statistics.queued == 0)
            #expect(store.statistics.queuedBytes == 0)
        }
    }

    @Test("a running store sends what it takes by itself, and a second instance finds it")
    func running() async throws {
        try await RedisServer.run { server, redis async throws in
            let other = RedisClient(server.configuration)
            let (first, second) = (RedisCacheStore.sample(redis), RedisCacheStore.sample(other))
            try await first.running {
                try await second.running {
                    await settle { first.isCurrent && second.isCurrent }
                    first.keep(.sample(1))
                    await settle { first.statistics.kept == 1 }
                    #expect(await second.sealed(for: .sample(1)) == CacheRecord.sample(1).sealed)
                    // Beside a running store too.
                    first.keep(.sample(2))
                    await first.flush()
                    #expect(await second.sealed(for: .sample(2)) != nil)
                }
            }
            await other.shutdown()
        }
    }

    @Test("a store that was stopped answers nothing: it hears of no invalidations")
    func stopped() async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            try await store.running {
                await settle { store.isCurrent }
                await store.store(.sample(1))
                #expect(await store.sealed(for: .sample(1)) != nil)
            }
            #expect(await store.sealed(for: .sample(1)) == nil)
            await store.store(.sample(2))
            #expect(store.statistics.kept == 2)
        }
    }

    @Test(
        "the time left is counted from the answer's creation, and no longer than the layer allows",
        arguments: [
            (age: 0, lifetime: 600, left: 600), (age: 100, lifetime: 600, left: 500),
            (age: 0, lifetime: 90_000, left: 3_600), (age: 3_000, lifetime: 90_000, left: 600),
            (age: 600, lifetime: 600, left: 0), (age: 5_000, lifetime: 90_000, left: 0),
            (age: -9_000, lifetime: 90_000, left: 3_600),
        ]
    )
    func timeLeft(age: Int64, lifetime: Int64, left: Int64) async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            await store.store(.sample(1, created: Sample.now - age * 1_000, lifetime: .seconds(lifetime)))
            let key = "aurelis:1:answer:\(CacheKey.sample(1))"
            guard case .integer(let remaining) = try await redis.send(RedisCommand("PTTL", key: RedisArgument(key)))
            else { return }
            if left == 0 {
                #expect(remaining == -2)
                #expect(store.statistics.dropped == 1)
            } else {
                #expect(remaining <= left * 1_000 && remaining > left * 1_000 - 30_000)
            }
        }
    }

    @Test("too large a value is neither stored nor taken")
    func tooLarge() async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis) { $0.maximumValueBytes = 1_000 }
            await store.store(.sample(1, size: 1_000), .sample(2, size: 1_001))
            #expect(store.statistics.dropped == 1)
            #expect(await store.sealed(for: .sample(1))?.count == 1_000)
            let generous = RedisCacheStore.sample(redis)
            await generous.store(.sample(2, size: 1_001))
            #expect(await store.sealed(for: .sample(2)) == nil)
            #expect(store.statistics.unusable == 1)
            #expect(await generous.sealed(for: .sample(2)) != nil)
        }
    }

    @Test("what is no answer to the key is not served")
    func foreign() async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            try await redis.set("aurelis:1:answer:\(CacheKey.sample(1))", to: [1, 2, 3])
            try await redis.set("aurelis:1:answer:\(CacheKey.sample(2))", to: CacheRecord.sample(3).sealed)
            #expect(await store.sealed(for: .sample(1)) == nil)
            #expect(await store.sealed(for: .sample(2)) == nil)
            #expect(store.statistics.unusable == 2)
        }
    }

    @Test("a dropped answer is gone, and one that is kept after it stays")
    func drop() async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            store.keep(.sample(1))
            store.drop(.sample(1))
            store.drop(.sample(2))
            store.keep(.sample(2))
            await store.flush()
            #expect(await store.sealed(for: .sample(1)) == nil)
            #expect(await store.sealed(for: .sample(2)) != nil)
        }
    }

    @Test("prefixes keep installations apart")
    func prefixes() async throws {
        try await RedisServer.run { _, redis async throws in
            let (one, other) = (RedisCacheStore.sample(redis), RedisCacheStore.sample(redis) { $0.prefix = "x*" })
            await one.store(.sample(1))
            await other.store(.sample(2), .sample(3))
            #expect(await other.sealed(for: .sample(1)) == nil)
            #expect(try await one.usage().entries == 1)
            try await other.invalidate(CacheInvalidation(.all, time: Sample.now))
            #expect(try await other.usage().entries == 0)
            #expect(await one.sealed(for: .sample(1)) != nil)
        }
    }

    @Test("facts are found by selection, the newest first; usage is the number and the bytes")
    func browsing() async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            for number in 1...40 as ClosedRange<UInt8> {
                let tenant = number % 2 == 0 ? "even" : "odd"
                store.keep(.sample(number, tenant: tenant, created: Sample.now - Int64(number) * 1_000, size: 1_000))
            }
            await store.flush()
            _ = try await redis.send(RedisCommand("LPUSH", key: "aurelis:1:answer:list", "x"))
            let even = try await store.facts(of: CacheSelection(tenant: "even"), limit: 100)
            #expect(even.map(\.key) == stride(from: 2, through: 40, by: 2).map { CacheKey.sample(UInt8($0)) })
            #expect(try await store.facts(of: .all, limit: 3).count == 3)
            #expect(try await store.facts(of: .all, limit: 0).isEmpty)
            let prefixed = try await store.facts(of: CacheSelection(keyPrefix: "07ab"), limit: 9)
            #expect(prefixed.map(\.key) == [.sample(7)])
            #expect(try await store.usage() == CacheUsage(entries: 40, bytes: 40_000))
            let bounded = RedisCacheStore.sample(redis) { $0.maximumScannedKeys = 1 }
            #expect(try await bounded.usage().entries <= 41)
        }
    }

    @Test("a full queue drops, and says so")
    func bounded() async throws {
        let redis = RedisClient(RedisConfiguration(endpoint: .unix(path: "/nowhere")))
        let store = RedisCacheStore.sample(redis) {
            $0.maximumQueuedEntries = 3
            $0.maximumQueuedBytes = 2_500
        }
        for number in 1...2 as ClosedRange<UInt8> { store.keep(.sample(number, size: 1_000)) }
        store.keep(.sample(3, size: 600))
        #expect(store.statistics.dropped == 1)
        store.keep(.sample(4, size: 500))
        store.drop(.sample(5))
        #expect(store.statistics.queued == 3)
        #expect(store.statistics.queuedBytes == 2_500)
        await store.flush()
        #expect(store.statistics.dropped == 4)
        #expect(store.statistics.queued == 0)
        #expect(store.statistics.queuedBytes == 0)
        await redis.shutdown()
    }
}
