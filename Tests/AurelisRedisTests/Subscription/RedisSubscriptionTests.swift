import NIOCore
import Synchronization
import Testing

@testable import AurelisRedis

@Suite("Subscriptions", .timeLimit(.minutes(1)))
struct RedisSubscriptionTests {
    /// Publishes until somebody has received it.
    private func publish(_ text: String, _ redis: RedisClient, channel: String = "a") async throws {
        try await eventually { () throws(RedisError) in
            guard try await redis.publish(Array(text.utf8), to: channel) > 0 else {
                throw RedisError(.timeout, "nobody there yet")
            }
        }
    }

    @Test("messages arrive in order until the task is cancelled")
    func messages() async throws {
        try await RedisServer.run { _, redis async throws in
            let inbox = SubscriptionInbox()
            let task = inbox.subscribe(redis)
            try await publish("1", redis)
            try await publish("2", redis, channel: "b")
            try await publish("3", redis)
            await settle { inbox.messages.count == 3 }
            #expect(inbox.messages == ["a=1", "b=2", "a=3"])
            #expect(inbox.changes == ["began"])
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
    }

    @Test("a killed subscription comes back, and tells when it was lost and when it is back")
    func killed() async throws {
        try await RedisServer.run { _, redis async throws in
            let inbox = SubscriptionInbox()
            let task = inbox.subscribe(redis)
            try await publish("1", redis)
            _ = try await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
            try await publish("2", redis)
            await settle { inbox.messages.count == 2 }
            #expect(inbox.messages == ["a=1", "a=2"])
            #expect(inbox.changes == ["began", "ended", "began"])
            task.cancel()
            _ = await task.value
        }
    }

    @Test("a subscription that comes into force at the second attempt tells of both")
    func late() async throws {
        let attempts = Mutex(0)
        try await ScriptedServer.runBare({ words, _ in
            switch words[0] {
            case "HELLO":
                attempts.withLock {
                    $0 += 1; return $0
                } == 1 ? nil : "%0\r\n"
            case "SUBSCRIBE":
                ">3\r\n+subscribe\r\n+a\r\n:1\r\n>3\r\n+subscribe\r\n+b\r\n:2\r\n>3\r\n+message\r\n+a\r\n+hi\r\n"
            default: "+OK\r\n"
            }
        }) { _, redis async throws in
            let inbox = SubscriptionInbox()
            let task = inbox.subscribe(redis)
            await settle { inbox.messages == ["a=hi"] }
            #expect(inbox.changes == ["ended", "began"])
            task.cancel()
            _ = await task.value
        }
    }

    @Test("a server that goes silent is given up: the end is told although nothing was closed")
    func silent() async throws {
        try await ScriptedServer.run(
            { words, _ in
                // PING gets no answer.
                words[0] == "SUBSCRIBE" ? ">3\r\n+subscribe\r\n+a\r\n:1\r\n" : ""
            },
            configure: { $0.subscriptionProbeInterval = .milliseconds(10) }
        ) { server, redis async throws in
            let inbox = SubscriptionInbox()
            let task = inbox.subscribe(redis, to: ["a"])
            // On a busy machine one may end before it began.
            await settle { inbox.changes.count { $0 == "began" } >= 2 }
            #expect(inbox.changes.drop { $0 == "ended" }.prefix(2) == ["began", "ended"])
            #expect(server.commands.contains(["PING"]))
            #expect(server.commands.filter { $0[0] == "SUBSCRIBE" }.count >= 2)
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
    }

    @Test("the shutdown of the client ends subscriptions, and refuses new ones")
    func shutdown() async throws {
        try await RedisServer.run { _, redis async throws in
            let inbox = SubscriptionInbox()
            let task = inbox.subscribe(redis)
            try await publish("1", redis)
            await redis.shutdown()
            #expect(await task.value?.code == .shutdown)
            #expect(await inbox.subscribe(redis).value?.code == .shutdown)
        }
    }

    @Test("no channels is a mistake")
    func nothing() async throws {
        let redis = RedisClient(RedisConfiguration(endpoint: .unix(path: "/nowhere")))
        let error = await failure { () throws(RedisError) in
            try await redis.subscribe(to: []) { _ in }
        }
        #expect(error?.code == .invalidCommand)
    }
}
