import NIOCore
import Synchronization
import Testing

@testable import AurelisRedis

@Suite("Cluster", .timeLimit(.minutes(1)))
struct RedisClusterTests {
    @Test("MOVED is followed and remembered; ASK is followed once, with ASKING")
    func redirects() async throws {
        try await ScriptedServer.run({ words, _ in words[0] == "GET" ? "+from-other\r\n" : "+OK\r\n" }) {
            other,
            _ async throws in
            let slot = RedisKeySlot(key: Array("foo".utf8)).rawValue
            try await ScriptedServer.run({ words, _ in
                words[1] == "foo" ? "-MOVED \(slot) 127.0.0.1:\(other.port)\r\n" : "-ASK 1 127.0.0.1:\(other.port)\r\n"
            }) { seed, redis async throws in
                #expect(try await redis.get("foo") == Array("from-other".utf8))
                #expect(try await redis.get("foo") == Array("from-other".utf8))
                #expect(seed.commands.filter { $0[0] == "GET" }.count == 1)
                #expect(!other.commands.contains(["ASKING"]))
                #expect(try await redis.get("bar") == Array("from-other".utf8))
                #expect(try await redis.get("bar") == Array("from-other".utf8))
                #expect(seed.commands.filter { $0 == ["GET", "bar"] }.count == 2)
                #expect(other.commands.suffix(4) == [["ASKING"], ["GET", "bar"], ["ASKING"], ["GET", "bar"]])
            }
        }
    }

    @Test("nodes that point at each other are given up after five redirects")
    func loop() async throws {
        try await ScriptedServer.run({ _, server in "-MOVED 1 127.0.0.1:\(server.port)\r\n" }) {
            server,
            redis async throws in
            #expect(await failure { () throws(RedisError) in try await redis.get("k") }?.code == .tooManyRedirects)
            #expect(server.commands.filter { $0[0] == "GET" }.count == 6)
        }
    }

    @Test("when the owner is gone, the seed is asked again")
    func ownerGone() async throws {
        let isGone = Mutex(false)
        let slot = RedisKeySlot(key: Array("k".utf8)).rawValue
        let other = try await ScriptedServer { words, _ in words[0] == "GET" ? "+old\r\n" : "+OK\r\n" }
        try await ScriptedServer.run({ _, _ in
            isGone.withLock { $0 } ? "+new\r\n" : "-MOVED \(slot) 127.0.0.1:\(other.port)\r\n"
        }) { _, redis async throws in
            #expect(try await redis.get("k") == Array("old".utf8))
            await other.stop()
            isGone.withLock { $0 = true }
            #expect(
                try await eventually { () throws(RedisError) in
                    guard let value = try await redis.get("k"), value != Array("old".utf8) else {
                        throw RedisError(.timeout, "not yet")
                    }
                    return value
                } == Array("new".utf8)
            )
        }
    }

    @Test("a real node of a cluster: keys of several slots at once")
    func realNode() async throws {
        let bus = try await FreePort.next()
        try await RedisServer.run(["--cluster-enabled", "yes", "--cluster-port", "\(bus)"]) { _, redis async throws in
            _ = try await redis.send(RedisCommand("CLUSTER", "ADDSLOTSRANGE", 0, 16_383))
            try await eventually { () throws(RedisError) in try await redis.set("a", to: [1]) }
            try await redis.set("b", to: [2])
            #expect(try await redis.mget(["b", "none", "a"]) == [[2], nil, [1]])
            let slot = try await redis.send(RedisCommand("CLUSTER", "KEYSLOT", "{user}.x"))
            #expect(slot == .integer(Int64(RedisKeySlot(key: Array("{user}.x".utf8)).rawValue)))
            #expect(try await redis.del(["a", "b", "none"]) == 2)
        }
    }

    @Test("a real cluster of two nodes: every key is reached through either")
    func realCluster() async throws {
        let buses = [try await FreePort.next(), try await FreePort.next()]
        func arguments(_ node: Int) -> [String] {
            ["--cluster-enabled", "yes", "--cluster-port", "\(buses[node])"]
        }
        try await RedisServer.run(arguments(0)) { first, low async throws in
            try await RedisServer.run(arguments(1)) { _, high async throws in
                _ = try await low.send(RedisCommand("CLUSTER", "SET-CONFIG-EPOCH", 1))
                _ = try await low.send(RedisCommand("CLUSTER", "ADDSLOTSRANGE", 0, 8_191))
                _ = try await high.send(RedisCommand("CLUSTER", "SET-CONFIG-EPOCH", 2))
                _ = try await high.send(RedisCommand("CLUSTER", "ADDSLOTSRANGE", 8_192, 16_383))
                let meet: [RedisArgument] = [
                    "MEET", "127.0.0.1", RedisArgument(Int64(first.port)), RedisArgument(Int64(buses[0])),
                ]
                _ = try await high.send(RedisCommand("CLUSTER", meet))
                for (client, value) in [(low, UInt8(1)), (high, 2)] {
                    try await eventually { () throws(RedisError) in
                        try await client.set("foo", to: [value])
                        try await client.set("bar", to: [value])
                    }
                }
                #expect(try await low.mget(["foo", "bar", "none"]) == [[2], [2], nil])
                #expect(try await low.del(["foo", "bar"]) == 2)
                #expect(try await high.mget(["foo", "bar"]) == [nil, nil])
            }
        }
    }
}
