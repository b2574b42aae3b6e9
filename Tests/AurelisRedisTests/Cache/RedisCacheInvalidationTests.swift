import Aurelis
import Testing

@testable import AurelisRedis

@Suite("Invalidation in Redis", .timeLimit(.minutes(1)))
struct RedisCacheInvalidationTests {
    private func withTwo(
        _ body: (RedisServer, RedisClient, RedisCacheStore, RedisCacheStore) async throws -> Void
    ) async throws {
        try await RedisServer.run { server, redis async throws in
            let other = RedisClient(server.configuration)
            let (first, second) = (RedisCacheStore.sample(redis), RedisCacheStore.sample(other))
            try await first.running {
                try await second.running {
                    await settle { first.isCurrent && second.isCurrent }
                    try await body(server, redis, first, second)
                }
            }
            await other.shutdown()
        }
    }

    @Test("an invalidation is in force here at once and elsewhere when heard; others' answers stay")
    func tenants() async throws {
        try await withTwo { _, _, first, second async throws in
            await first.store(.sample(1, tenant: "a"), .sample(2, tenant: "b"))
            let (here, there) = (first.generation, second.generation)
            try await first.invalidate(CacheInvalidation(CacheSelection(tenant: "a"), time: Sample.now))
            #expect(first.generation == here + 1)
            #expect(await first.sealed(for: .sample(1)) == nil)
            #expect(first.statistics.invalidated == 1)
            await settle { second.generation > there }
            #expect(await second.sealed(for: .sample(1)) == nil)
            #expect(await second.sealed(for: .sample(2)) != nil)
            #expect(first.generation == here + 1, "its own echo is nothing new")
            // A new answer after it counts.
            await second.store(.sample(1, tenant: "a", created: Sample.now + 1))
            #expect(await first.sealed(for: .sample(1)) != nil)
        }
    }

    @Test("rules from before are known to an instance that starts, and to a command", arguments: [true, false])
    func fromBefore(runs: Bool) async throws {
        try await RedisServer.run { _, redis async throws in
            let earlier = RedisCacheStore.sample(redis)
            await earlier.store(.sample(1, tags: ["x"]), .sample(2, tags: ["y"]))
            try await earlier.invalidate(CacheInvalidation(CacheSelection(tag: "x"), time: Sample.now))
            let later = RedisCacheStore.sample(redis)
            func check() async {
                #expect(await later.sealed(for: .sample(1)) == nil)
                #expect(await later.sealed(for: .sample(2)) != nil)
                #expect(later.statistics.invalidated == 1)
            }
            guard runs else { return await check() }
            try await later.running {
                await settle { later.isCurrent }
                await check()
            }
        }
    }

    @Test(
        "memory is freed at once where the keys tell what was invalidated",
        arguments: [(CacheSelection.all, 0), (CacheSelection(keyPrefix: "01"), 1), (CacheSelection(tag: "x"), 2)]
    )
    func memory(selection: CacheSelection, left: Int) async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            await store.store(.sample(1, tags: ["x"]), .sample(2, tags: ["x"]))
            try await store.invalidate(CacheInvalidation(selection, time: Sample.now))
            #expect(try await store.usage().entries == left)
        }
    }

    @Test("an invalidation that Redis did not take is an error, is in force here, and is sent when Redis is back")
    func pending() async throws {
        try await withTwo { server, redis, first, second async throws in
            await first.store(.sample(1, tenant: "a"), .sample(2, tenant: "b"))
            await server.kill()
            await #expect(throws: CacheStoreError.self) {
                try await first.invalidate(CacheInvalidation(CacheSelection(tenant: "a"), time: Sample.now))
            }
            #expect(first.statistics.pendingInvalidations == 1)
            try await server.start()
            await settle { first.statistics.pendingInvalidations == 0 && first.isCurrent && second.isCurrent }
            await settle { second.statistics.rules == 1 }
            // As if the answers had survived the restart.
            try await redis.set("aurelis:1:answer:\(CacheKey.sample(1))", to: CacheRecord.sample(1, tenant: "a").sealed)
            try await redis.set("aurelis:1:answer:\(CacheKey.sample(2))", to: CacheRecord.sample(2, tenant: "b").sealed)
            #expect(await second.sealed(for: .sample(1)) == nil)
            #expect(await second.sealed(for: .sample(2)) != nil)
        }
    }

    @Test("a Redis that lost the rules gets them again from those who know them")
    func restored() async throws {
        try await withTwo { _, redis, first, second async throws in
            try await first.invalidate(CacheInvalidation(CacheSelection(tenant: "a"), time: Sample.now))
            await settle { second.statistics.rules == 1 }
            try await redis.del(["aurelis:1:invalidations"])
            _ = try await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
            try await eventually { () throws(RedisError) in
                let count = try await redis.send(RedisCommand("ZCARD", key: "aurelis:1:invalidations"))
                guard count == .integer(1) else { throw RedisError(.timeout, "not yet") }
            }
        }
    }

    @Test("nothing is served while invalidations may be missed, and the generation says so")
    func deaf() async throws {
        try await withTwo { _, redis, first, _ async throws in
            await first.store(.sample(1))
            let generation = first.generation
            // The rules cannot be read.
            _ = try await redis.send(RedisCommand("SET", key: "aurelis:1:invalidations", "no set"))
            _ = try await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
            await settle { first.generation > generation && first.statistics.isListening }
            #expect(await first.sealed(for: .sample(1)) == nil)
            try await redis.del(["aurelis:1:invalidations"])
            await settle { first.isCurrent }
            #expect(await first.sealed(for: .sample(1)) != nil)
        }
    }

    @Test("too many rules become one about everything; those that are over are removed")
    func bounded() async throws {
        try await RedisServer.run { _, redis async throws in
            let old = RedisCacheStore.sample(redis, clock: .fixed(1_800_000_000 - 200_000))
            try await old.invalidate(CacheInvalidation(CacheSelection(tag: "old"), time: Sample.now - 200_000_000))
            let store = RedisCacheStore.sample(redis) { $0.maximumRules = 3 }
            func stored() async throws -> RESPValue {
                try await redis.send(RedisCommand("ZCARD", key: "aurelis:1:invalidations"))
            }
            for tag in ["a", "b", "c"] {
                try await store.invalidate(CacheInvalidation(CacheSelection(tag: tag), time: Sample.now - 1))
            }
            #expect(try await stored() == .integer(3))
            try await store.invalidate(CacheInvalidation(CacheSelection(tag: "d"), time: Sample.now - 1))
            #expect(try await stored() == .integer(1))
            let later = RedisCacheStore.sample(redis)
            await later.store(.sample(1, tags: ["none"]))
            #expect(await later.sealed(for: .sample(1)) == nil)
            #expect(later.statistics.invalidated == 1)
        }
    }

    @Test("what is no invalidation is ignored, but something may have been missed")
    func garbage() async throws {
        try await withTwo { _, redis, first, _ async throws in
            await first.store(.sample(1))
            let generation = first.generation
            try await redis.publish(Array("{\"planet\":\"x\",\"time_ms\":1}".utf8), to: "aurelis:1:invalidations")
            await settle { first.generation > generation }
            #expect(await first.sealed(for: .sample(1)) != nil)
        }
    }
}
