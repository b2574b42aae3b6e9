import Aurelis
import Synchronization
import Testing

@testable import AurelisRedis

@Suite("Redis cache: faults", .timeLimit(.minutes(1)))
struct RedisCacheFaultTests {
    /// Looks up with a short deadline; one that did not keep it would wait until the suite's time is over.
    private func lookUp(_ store: RedisCacheStore, times: Int = 8) async {
        for _ in 0..<times { #expect(await store.sealed(for: .sample(1)) == nil) }
    }

    private func impatient(_ redis: RedisClient, _ logger: LogLines = LogLines()) -> RedisCacheStore {
        RedisCacheStore.sample(redis, logger: logger.logger) {
            // Longer than a busy machine keeps a thread waiting: what is thawed must be able to keep them.
            $0.lookupDeadline = .milliseconds(100)
            $0.commandDeadline = .milliseconds(300)
            $0.flushDeadline = .milliseconds(300)
        }
    }

    /// Redis as the client of a gateway sees it.
    private func configure(_ configuration: inout RedisConfiguration) {
        configuration.connectTimeout = .milliseconds(300)
        configuration.circuit.cooldown = .milliseconds(1)
        configuration.circuit.maximumCooldown = .milliseconds(20)
    }

    @Test("no Redis: nothing is found, nothing waits, and it is said once")
    func absent() async throws {
        var configuration = RedisConfiguration(endpoint: .unix(path: "/nowhere"))
        configuration.backoff.base = .milliseconds(1)
        configuration.circuit.cooldown = .seconds(600)
        configuration.circuit.maximumCooldown = .seconds(600)
        let redis = RedisClient(configuration)
        let log = LogLines()
        let store = impatient(redis, log)
        await settle {
            await lookUp(store)
            return store.statistics.isCircuitOpen
        }
        await lookUp(store, times: 100)
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.contains("is not read") == true)
        #expect(store.statistics.lastError != nil)
        store.keep(.sample(1))
        await store.flush()
        #expect(store.statistics.dropped == 1)
        await #expect(throws: CacheStoreError.self) { try await store.usage() }
        await #expect(throws: CacheStoreError.self) { try await store.facts(of: .all, limit: 1) }
        await redis.shutdown()
    }

    @Test("a frozen Redis costs its deadline, then nothing; once thawed it answers again by itself")
    func frozen() async throws {
        try await RedisServer.run(configure: { configuration, _ in configure(&configuration) }) {
            server,
            redis async throws in
            let log = LogLines()
            let store = impatient(redis, log)
            await RedisCacheStore.sample(redis).store(.sample(1))
            await settle { await store.sealed(for: .sample(1)) != nil }
            server.freeze()
            await settle {
                await lookUp(store)
                return store.statistics.isCircuitOpen
            }
            #expect(store.statistics.timeouts > 0)
            server.thaw()
            await settle { await store.sealed(for: .sample(1)) != nil }
            #expect(log.lines.contains { $0.contains("is not read") })
            #expect(log.lines.last?.contains("is read again") == true)
        }
    }

    @Test("a Redis that starts again is used again: stored, heard and looked up", arguments: [1, 3])
    func restarted(times: Int) async throws {
        try await RedisServer.run { server, redis async throws in
            let store = RedisCacheStore.sample(redis)
            try await store.running {
                for _ in 0..<times {
                    await settle { store.isCurrent }
                    await settle {
                        await store.store(.sample(1))
                        return await store.sealed(for: .sample(1)) != nil
                    }
                    await server.kill()
                    await settle { !store.isCurrent }
                    #expect(await store.sealed(for: .sample(1)) == nil)
                    try await server.start()
                }
            }
        }
    }

    @Test("a full Redis stores nothing, is still read, and hears of invalidations")
    func outOfMemory() async throws {
        try await RedisServer.run(["--maxmemory-policy", "noeviction"]) { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            try await store.running {
                await settle { store.isCurrent }
                await store.store(.sample(1, tenant: "a"))
                _ = try await redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
                await store.store(.sample(2))
                #expect(store.statistics.dropped == 1)
                #expect(store.statistics.lastError?.contains("OOM") == true)
                #expect(await store.sealed(for: .sample(1)) != nil)
                await #expect(throws: CacheStoreError.self) {
                    try await store.invalidate(CacheInvalidation(CacheSelection(tenant: "a"), time: Sample.now))
                }
                #expect(await store.sealed(for: .sample(1)) == nil)
                _ = try await redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
                await settle { store.statistics.pendingInvalidations == 0 }
                #expect(try await redis.send(RedisCommand("ZCARD", key: "aurelis:1:invalidations")) == .integer(1))
            }
        }
    }

    @Test("something else at the key is no answer, and a new answer takes its place")
    func wrongType() async throws {
        try await RedisServer.run { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            let key = RedisArgument("aurelis:1:answer:\(CacheKey.sample(1))")
            _ = try await redis.send(RedisCommand("LPUSH", key: key, "x"))
            await lookUp(store, times: 2)
            await store.store(.sample(1))
            #expect(await store.sealed(for: .sample(1)) != nil)
        }
    }

    @Test("refused credentials are no answer, and appear nowhere", arguments: ["hunter3", nil] as [String?])
    func credentials(password: String?) async throws {
        try await RedisServer.run(
            ["--requirepass", "hunter2"],
            configure: { configuration, _ in configuration.password = password.map { RedisPassword($0) } }
        ) { _, redis async throws in
            let log = LogLines()
            let store = RedisCacheStore.sample(redis, logger: log.logger)
            await lookUp(store)
            await store.store(.sample(1))
            #expect(store.statistics.dropped == 1)
            #expect(store.statistics.lastError != nil)
            for text in log.lines + [store.statistics.lastError ?? ""] { #expect(!text.contains("hunter")) }
        }
    }

    @Test(
        "silence, garbage and half a reply are no answer, within the deadline",
        arguments: ["", "HTTP/1.1 200 OK\r\n\r\n", "$10\r\nhalf", ":1\r\n", "-OOM no\r\n", "-NOAUTH no\r\n", "*0\r\n"]
    )
    func odd(answer: String) async throws {
        try await ScriptedServer.run(
            { words, _ in words[0] == "ZREVRANGEBYSCORE" ? "*0\r\n" : answer },
            configure: { configure(&$0) }
        ) { _, redis async throws in
            let store = impatient(redis)
            await lookUp(store, times: 20)
            #expect(store.statistics.failures > 0)
            #expect(store.statistics.hits == 0)
            store.keep(.sample(1))
            await store.flush()
            #expect(store.statistics.queued == 0)
        }
    }

    @Test("a connection that is cut in the middle of a reply is made again")
    func cut() async throws {
        let isCut = Mutex(true)
        let sealed = String(decoding: CacheRecord.sample(1).sealed, as: UTF8.self)
        try await ScriptedServer.run(
            { words, server in
                if words[0] == "ZREVRANGEBYSCORE" { return "*0\r\n" }
                let reply = "$\(sealed.utf8.count)\r\n\(sealed)\r\n"
                guard isCut.withLock({ $0 }) else { return reply }
                server.hangUp()
                return String(reply.prefix(20))
            },
            configure: { configure(&$0) }
        ) { _, redis async throws in
            let store = RedisCacheStore.sample(redis)
            await lookUp(store, times: 2)
            isCut.withLock { $0 = false }
            await settle { await store.sealed(for: .sample(1)) != nil }
        }
    }

    @Test("silence from the first byte: the handshake is never answered")
    func silentFromTheStart() async throws {
        try await ScriptedServer.runBare({ _, _ in "" }, configure: { configure(&$0) }) { _, redis async throws in
            let store = impatient(redis)
            try await store.running {
                await lookUp(store)
                await settle { store.statistics.lastError != nil }
                #expect(!store.statistics.isListening)
            }
        }
    }
}
