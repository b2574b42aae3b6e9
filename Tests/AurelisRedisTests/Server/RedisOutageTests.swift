import NIOCore
import Synchronization
import Testing

@testable import AurelisRedis

@Suite("Outages", .timeLimit(.minutes(1)))
struct RedisOutageTests {
    @Test("a silent server costs each command its deadline, then nothing")
    func frozen() async throws {
        try await RedisServer.run(configure: { configuration, _ in
            // Longer than the test: no probe is due in it.
            configuration.circuit.cooldown = .seconds(600)
            configuration.circuit.maximumCooldown = .seconds(600)
        }) { server, redis async throws in
            try await redis.ping()
            server.freeze()
            defer { server.thaw() }
            for _ in 0..<5 {
                let start = ContinuousClock.now
                let error = await failure { () throws(RedisError) in
                    try await redis.get("key", deadline: .milliseconds(5))
                }
                #expect(error?.code == .timeout)
                let elapsed = ContinuousClock.now - start
                #expect(elapsed >= .milliseconds(5))
                #expect(elapsed < .seconds(5), "a loose bound: the machine may be busy")
            }
            #expect(!redis.isAvailable)
            for _ in 0..<100 {
                let error = await failure { () throws(RedisError) in try await redis.get("key", deadline: .seconds(600))
                }
                #expect(error?.code == .circuitOpen)
            }
        }
    }

    @Test("after the cooldown a probe finds the server again")
    func thawed() async throws {
        try await RedisServer.run(configure: { configuration, _ in
            configuration.circuit.cooldown = .milliseconds(1)
            configuration.circuit.maximumCooldown = .milliseconds(20)
        }) { server, redis async throws in
            try await redis.set("key", to: [1])
            server.freeze()
            while redis.isAvailable {
                _ = await failure { () throws(RedisError) in try await redis.ping(deadline: .milliseconds(2)) }
            }
            server.thaw()
            #expect(try await eventually { () throws(RedisError) in try await redis.get("key") } == [1])
            #expect(redis.isAvailable)
        }
    }

    @Test("nobody there: refused at once, then the circuit opens, and a server that comes up is found")
    func restart() async throws {
        try await RedisServer.run(configure: { configuration, _ in
            configuration.circuit.cooldown = .milliseconds(1)
            configuration.circuit.maximumCooldown = .milliseconds(20)
        }) { server, redis async throws in
            try await redis.ping()
            await server.kill()
            while redis.isAvailable {
                let error = await failure { () throws(RedisError) in try await redis.ping() }
                #expect([.connectionClosed, .connectionFailed].contains(error?.code))
            }
            try await server.start()
            try await eventually { () throws(RedisError) in try await redis.ping() }
            #expect(redis.isAvailable)
        }
    }

    @Test("a connection killed in the middle fails what was under way and is made again")
    func clientKill() async throws {
        try await RedisServer.run { server, redis async throws in
            try await redis.ping()
            let operatorSide = RedisClient(server.configuration)
            let blocked = Task {
                await failure { () throws(RedisError) in
                    try await redis.send(RedisCommand("BLPOP", key: "never", 0))
                }
            }
            try await eventually { () throws(RedisError) in
                let clients = try await operatorSide.send(RedisCommand("CLIENT", "LIST")).string ?? ""
                guard clients.contains("cmd=blpop") else { throw RedisError(.timeout, "not yet") }
            }
            _ = try await operatorSide.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
            #expect(await blocked.value?.code == .connectionClosed)
            try await eventually { () throws(RedisError) in try await redis.ping() }
            await operatorSide.shutdown()
        }
    }

    @Test("cancelling ends a command at once; its late reply disturbs nobody")
    func cancellation() async throws {
        try await RedisServer.run { server, redis async throws in
            try await redis.ping()
            let task = Task {
                await failure { () throws(RedisError) in
                    try await redis.send(RedisCommand("BLPOP", key: "queue", 0), deadline: .seconds(600))
                }
            }
            let other = RedisClient(server.configuration)
            try await eventually { () throws(RedisError) in
                let clients = try await other.send(RedisCommand("CLIENT", "LIST")).string ?? ""
                guard clients.contains("cmd=blpop") else { throw RedisError(.timeout, "not yet") }
            }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            _ = try await other.send(RedisCommand("RPUSH", key: "queue", "late"))
            try await redis.set("key", to: [7])
            #expect(try await redis.get("key") == [7])
            await other.shutdown()
        }
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        try await RedisServer.run { _, redis async throws in
            let task = Task {
                await settle { Task.isCancelled }
                return await failure { () throws(RedisError) in try await redis.set("key", to: [1]) }
            }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            let value = try await redis.get("key")
            #expect(value == nil)
        }
    }

    @Test("no deadline left: no command, and nothing held against the server")
    func noTime() async throws {
        try await RedisServer.run { _, redis async throws in
            for _ in 0..<10 {
                let error = await failure { () throws(RedisError) in try await redis.ping(deadline: .zero) }
                #expect(error?.code == .timeout)
            }
            #expect(redis.isAvailable)
            try await redis.ping(deadline: .seconds(1 << 40))
        }
    }

    @Test("after the shutdown everything is refused")
    func shutdown() async throws {
        try await RedisServer.run { _, redis async throws in
            try await redis.ping()
            let blocked = Task {
                await failure { () throws(RedisError) in
                    try await redis.send(RedisCommand("BLPOP", key: "never", 0))
                }
            }
            await redis.shutdown()
            #expect(await blocked.value?.code == .shutdown)
            #expect(await failure { () throws(RedisError) in try await redis.ping() }?.code == .shutdown)
        }
    }
}
