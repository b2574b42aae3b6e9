import NIOCore
import Synchronization
import Testing

@testable import AurelisRedis

@Suite("Against odd servers", .timeLimit(.minutes(1)))
struct ScriptedServerTests {
    @Test(
        "a server that is none of Redis is refused",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n\r\n", "\u{0}\u{1}\u{2}\r\n", "*99999999999\r\n",
        ]
    )
    func noRedis(answer: String) async throws {
        try await ScriptedServer.runBare({ _, _ in answer }) { _, redis async throws in
            #expect(await failure { () throws(RedisError) in try await redis.ping() }?.code == .protocolViolation)
        }
    }

    @Test("garbage in the middle fails the command and closes; the next connection works")
    func garbage() async throws {
        let isFirst = Mutex(true)
        try await ScriptedServer.run({ words, _ in
            isFirst.withLock { first in
                defer { first = false }; return first
            } ? "$5\r\nab" + "cdefgh\r\n" : "+PONG\r\n"
        }) { _, redis async throws in
            #expect(await failure { () throws(RedisError) in try await redis.ping() }?.code == .protocolViolation)
            try await eventually { () throws(RedisError) in try await redis.ping() }
        }
    }

    @Test("half a reply, then the end: the command fails")
    func partial() async throws {
        try await ScriptedServer.run({ _, server in
            server.hangUp()
            return "$10\r\nhalf"
        }) { _, redis async throws in
            #expect(await failure { () throws(RedisError) in try await redis.get("k") }?.code == .connectionClosed)
        }
    }

    @Test("half a reply, then silence: the command ends at its deadline")
    func stalled() async throws {
        try await ScriptedServer.run({ _, _ in "$10\r\nhalf" }) { _, redis async throws in
            let error = await failure { () throws(RedisError) in try await redis.get("k", deadline: .milliseconds(50)) }
            #expect(error?.code == .timeout)
        }
    }

    @Test("a connection that fell silent is given up with the circuit: the probe gets a new one")
    func silentConnection() async throws {
        try await ScriptedServer.run(
            { _, server in server.commands.count { $0[0] == "HELLO" } > 1 ? "+PONG\r\n" : "" },
            configure: {
                $0.circuit.cooldown = .milliseconds(1)
                $0.circuit.maximumCooldown = .milliseconds(20)
            }
        ) { _, redis async throws in
            try await eventually { () throws(RedisError) in try await redis.ping(deadline: .milliseconds(20)) }
            #expect(redis.isAvailable)
        }
    }

    @Test("a server without HELLO is spoken to in RESP2, and its echo of the password goes nowhere")
    func resp2() async throws {
        try await ScriptedServer.runBare(
            { words, _ in
                switch words[0] {
                case "HELLO":
                    "-ERR unknown command `HELLO`, with args beginning with: `\(words.joined(separator: "`, `"))`\r\n"
                case "AUTH": words.last == "hunter2" ? "+OK\r\n" : "-ERR invalid password \(words)\r\n"
                case "GET": "$-1\r\n"
                default: "+OK\r\n"
                }
            },
            configure: { $0.password = RedisPassword("hunter2") }
        ) { server, redis async throws in
            #expect(try await redis.get("k") == nil)
            #expect(server.commands.map { $0[0] } == ["HELLO", "AUTH", "CLIENT", "GET"])
            var configuration = redis.configuration
            configuration.password = RedisPassword("hunter3")
            let other = RedisClient(configuration)
            let error = await failure { () throws(RedisError) in try await other.get("k") }
            #expect(error?.code == .authenticationFailed)
            #expect(error.map { "\($0)".contains("hunter") } == false)
            await other.shutdown()
        }
    }

    @Test("RESP2 subscriptions work without push messages")
    func resp2Subscription() async throws {
        try await ScriptedServer.runBare({ words, _ in
            switch words[0] {
            case "HELLO": "-ERR unknown command\r\n"
            case "SUBSCRIBE": "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n"
            default: "+OK\r\n"
            }
        }) { _, redis async throws in
            let inbox = SubscriptionInbox()
            let task = inbox.subscribe(redis, to: ["a"])
            await settle { inbox.messages == ["a=hi"] }
            task.cancel()
            _ = await task.value
        }
    }

    @Test("a handshake that is never answered ends at the connect timeout")
    func silentHandshake() async throws {
        try await ScriptedServer.runBare({ _, _ in "" }, configure: { $0.connectTimeout = .milliseconds(50) }) {
            _,
            redis async throws in
            let error = await failure { () throws(RedisError) in try await redis.ping() }
            #expect(error?.code == .connectionFailed)
        }
    }

    @Test("a connection goes on being made after its first command gave up")
    func slowHandshake() async throws {
        try await ScriptedServer.run({ _, _ in "+PONG\r\n" }) { server, redis async throws in
            _ = await failure { () throws(RedisError) in try await redis.ping(deadline: .nanoseconds(1)) }
            try await redis.ping()
            #expect(server.commands.filter { $0[0] == "HELLO" }.count == 1)
        }
    }

    @Test("replies of an unexpected type are errors, not values")
    func unexpected() async throws {
        try await ScriptedServer.run({ _, _ in ":1\r\n" }) { _, redis async throws in
            let codes = [
                await failure { () throws(RedisError) in try await redis.get("k") }?.code,
                await failure { () throws(RedisError) in try await redis.mget(["k"]) }?.code,
                await failure { () throws(RedisError) in try await redis.ping() }?.code,
                await failure { () throws(RedisError) in try await redis.scan() }?.code,
            ]
            #expect(codes == Array(repeating: .unexpectedReply, count: 4))
        }
    }
}
