import Testing

@testable import AurelisTransport

@Suite("Connections and their limits on loopback", .timeLimit(.minutes(1)))
struct HTTPClientPoolTests {
    @Test("with two connections per origin five requests share two, in order, and all are answered")
    func limits() async throws {
        var configuration = HTTPClientConfiguration()
        configuration.maximumConnectionsPerOrigin = 2
        try await ScriptedServer.run(configuration: configuration) { server, client in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<5 { group.addTask { try await text(client.send(server.request())) } }
                let first = try await server.connection()
                let second = try await server.connection()
                try await first.request()
                try await second.request()
                await settle { client.statistics.total.waiting == 3 }
                #expect(client.statistics.origins[server.origin] == .init(leased: 2, waiting: 3))
                try await first.respond("a")
                for _ in 0..<3 {
                    try await first.request()
                    try await first.respond("a")
                }
                try await second.respond("b")
                var answers: [String] = []
                for try await answer in group { answers.append(answer) }
                #expect(answers.sorted() == ["a", "a", "a", "a", "b"])
            }
            #expect(client.statistics.total == .init(idle: 2))
        }
    }

    @Test("a full wait queue refuses at once; waiting is cancellable and ends with its time limit")
    func waiting() async throws {
        var configuration = HTTPClientConfiguration()
        configuration.maximumConnectionsPerOrigin = 1
        configuration.maximumWaiters = 1
        try await ScriptedServer.run(configuration: configuration) { server, client in
            let holder = Task { try await client.send(server.request()) }
            let connection = try await server.connection()
            try await connection.request()
            let waiter = Task { try await client.send(server.request()) }
            await settle { client.statistics.total.waiting == 1 }
            #expect(await code { try await client.send(server.request()) } == .poolExhausted)
            waiter.cancel()
            #expect(await code { try await waiter.value } == .cancelled)
            #expect(client.statistics.total == .init(leased: 1))
            var hurried = server.request()
            hurried.timeouts.acquire = .zero
            let failure = await error { try await client.send(hurried) }
            #expect(failure?.code == .poolTimeout)
            #expect(failure?.requestMayHaveBeenProcessed == false)
            hurried.timeouts.total = .zero
            hurried.timeouts.acquire = .seconds(10)
            #expect(await code { try await client.send(hurried) } == .totalTimeout)
            try await connection.respond()
            #expect(try await text(holder.value) == "ok")
        }
    }

    @Test("a server's own keep-alive time is honoured")
    func keepAliveHint() async throws {
        try await ScriptedServer.run { server, client in
            async let answer = client.send(server.request())
            let connection = try await server.connection()
            try await connection.request()
            try await connection.respond(headers: "Keep-Alive: timeout=1, max=100\r\n")
            #expect(try await text(answer) == "ok")
            await connection.closedByClient()
        }
    }

    @Test("a connection that the server closed while it was unused is not used again")
    func closedWhileIdle() async throws {
        try await ScriptedServer.run { server, client in
            async let first = client.send(server.request("POST"))
            let connection = try await server.connection()
            try await connection.request()
            try await connection.respond()
            #expect(try await text(first) == "ok")
            try await connection.close()
            await settle { client.statistics.total.idle == 0 }
            async let second = client.send(server.request("POST"))
            let fresh = try await server.connection()
            try await fresh.request()
            try await fresh.respond("fresh")
            #expect(try await text(second) == "fresh")
        }
    }

    @Test(
        "a kept connection that closes instead of answering: GET is repeated once, POST is not",
        arguments: ["GET", "POST"]
    )
    func closedInsteadOfAnswering(method: String) async throws {
        try await ScriptedServer.run { server, client in
            async let first = client.send(server.request())
            let connection = try await server.connection()
            try await connection.request()
            try await connection.respond()
            #expect(try await text(first) == "ok")
            let task = Task { try await text(client.send(server.request(method))) }
            try await connection.request()
            try await connection.close()
            if method == "GET" {
                let fresh = try await server.connection()
                try await fresh.request()
                try await fresh.respond("fresh")
                #expect(try await task.value == "fresh")
            } else {
                let failure = await error { try await task.value }
                #expect(failure?.code == .closedBeforeHead)
                #expect(failure?.requestMayHaveBeenProcessed == true)
            }
        }
    }

    @Test("a new connection that closes without an answer is not tried again")
    func closedWhenNew() async throws {
        try await ScriptedServer.run { server, client in
            let task = Task { try await client.send(server.request()) }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.close()
            #expect(await code { try await task.value } == .closedBeforeHead)
        }
    }

    @Test("requests that are cancelled at any point leave no connection and no place in the queue behind")
    func storm() async throws {
        var configuration = HTTPClientConfiguration()
        configuration.maximumConnectionsPerOrigin = 4
        try await ScriptedServer.run(configuration: configuration) { server, client in
            let answering = Task {
                await withTaskGroup(of: Void.self) { group in
                    while let connection = try? await server.connection() {
                        group.addTask {
                            while (try? await connection.request()) != nil { try? await connection.respond() }
                        }
                    }
                }
            }
            var random = SeededGenerator(seed: 1)
            var tasks: [Task<Bool, Never>] = []
            for _ in 0..<400 {
                let task = Task {
                    let response = try? await client.send(server.request("POST", body: [1, 2, 3]))
                    return (try? await response?.body.collect(upTo: 10)) == Array("ok".utf8)
                }
                tasks.append(task)
                for _ in 0..<Int.random(in: 0..<4, using: &random) { await Task.yield() }
                if Bool.random(using: &random) { tasks.randomElement(using: &random)?.cancel() }
            }
            var answered = 0
            for task in tasks where await task.value { answered += 1 }
            #expect(answered > 100)
            await settle { client.statistics.total.leased == 0 }
            let total = client.statistics.total
            #expect(total.connecting == 0 && total.waiting == 0 && total.idle <= 4)
            answering.cancel()
        }
    }

    @Test("shutting down fails the waiters, lets an exchange finish and refuses new ones")
    func shutdown() async throws {
        var configuration = HTTPClientConfiguration()
        configuration.maximumConnectionsPerOrigin = 1
        try await ScriptedServer.run(configuration: configuration) { server, client in
            let running = Task { try await text(client.send(server.request())) }
            let connection = try await server.connection()
            try await connection.request()
            let waiting = Task { try await client.send(server.request()) }
            await settle { client.statistics.total.waiting == 1 }
            async let end: Void = client.shutdown()
            #expect(await code { try await waiting.value } == .shutdown)
            #expect(await code { try await client.send(server.request()) } == .shutdown)
            try await connection.respond()
            #expect(try await running.value == "ok")
            await end
            await connection.closedByClient()
        }
    }

    @Test("shutting down cuts what does not finish within the grace")
    func shutdownGrace() async throws {
        var configuration = HTTPClientConfiguration()
        configuration.shutdownGrace = .milliseconds(10)
        try await ScriptedServer.run(configuration: configuration) { server, client in
            let running = Task { try await client.send(server.request()) }
            let connection = try await server.connection()
            try await connection.request()
            await client.shutdown()
            #expect(await code { try await running.value } == .shutdown)
            await connection.closedByClient()
        }
    }
}
