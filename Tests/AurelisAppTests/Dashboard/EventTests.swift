import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTransport
import Testing

@Suite("The control plane: what happens, as it happens")
struct EventTests {
    private static var simulating: ConfigurationOverrides {
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        overrides.tier = "enterprise"
        return overrides
    }

    private static func question(_ text: String) -> String {
        #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(text)"}]}"#
    }

    private static func ask(_ app: RunningApp, _ text: String) async throws -> String {
        let answer = try await app.send("POST", "/v1/chat/completions", body: question(text))
        return try #require(answer.headers["x-aurelis-request-id"])
    }

    private static func isOf(_ id: String) -> (JSONDocument) -> Bool {
        { $0["requests"]?.elements.contains { $0["id"]?.string == id } == true }
    }

    @Test("a request, what it used and how it went are told to whoever watches", .timeLimit(.minutes(1)))
    func live() async throws {
        try await RunningApp.run(Self.simulating) { app async throws in
            let listener = try await EventListener(app)
            #expect(listener.status == 200)
            let hello = try #require(await listener.next())
            #expect(hello.name == "hello" && hello.data["resumed"]?.bool == false)
            let id = try await Self.ask(app, "tell everybody")
            let event = try #require(await listener.next("requests", where: Self.isOf(id)))
            let request = event.data["requests"]?[0]
            #expect(request?["outcome"]?.string == "answered" && request?["model_used"]?.string == "gpt-4o-mini")
            #expect(request?["attempt_count"]?.int == 1 && request?["candidates"] == nil)
            #expect(event.data["skipped"]?.int == 0)
            let pulse = try await listener.next("statistics") { $0["finished"]?["requests"]?.int == 1 }
            #expect(pulse?.data["active"]?["count"]?.int == 0)
            let quota = try await listener.next("quota") { document in
                document["quotas"]?.elements.contains { $0["limits"]?[0]?["used"]?.int == 1 } == true
            }
            #expect(quota != nil)
        }
    }

    @Test("what nobody has missed is not told twice, and what somebody has missed is told", .timeLimit(.minutes(1)))
    func resume() async throws {
        try await RunningApp.run(Self.simulating) { app async throws in
            let first = try await EventListener(app)
            let one = try await Self.ask(app, "one")
            let seen = try #require(await first.next("requests", where: Self.isOf(one)))
            let two = try await Self.ask(app, "two")
            // By now it is in the ring, whoever else has heard it.
            _ = try #require(await first.next("requests", where: Self.isOf(two)))
            let second = try await EventListener(app, after: seen.id)
            let hello = try #require(await second.next())
            #expect(hello.data["resumed"]?.bool == true && hello.id == seen.id)
            let missed = try #require(await second.next("requests"))
            #expect(Self.isOf(two)(missed.data) && !Self.isOf(one)(missed.data))
            let third = try await EventListener(app, after: "another-process-7")
            #expect(try await third.next()?.data["resumed"]?.bool == false)
        }
    }

    @Test("a circuit that opens is told", .timeLimit(.minutes(1)))
    func circuits() async throws {
        let faults = #""openai/gpt-4o":[{"kind":"status","status":503,"times":"always"}]"#
        try await FaultyProvider.run(faults) { provider async throws in
            let listener = try await EventListener(provider.app)
            _ = try await listener.next("hello")
            for _ in 0..<2 { _ = try await provider.ask("gpt-4o") }
            let event = try await listener.next("circuits") { $0["circuits"]?[0]?["state"]?.string == "open" }
            #expect(event?.data["circuits"]?[0]?["model"]?.string == "gpt-4o")
        }
    }

    @Test("there is a bound to those who watch", .timeLimit(.minutes(1)))
    func bounded() async throws {
        try await RunningApp.run(Self.simulating) { app async throws in
            var listeners: [EventListener] = []
            for _ in 0..<16 { listeners.append(try await EventListener(app)) }
            #expect(listeners.allSatisfy { $0.status == 200 })
            let refused = try await app.send("GET", "/admin/events", to: app.addresses.admin)
            #expect(refused.status == 503 && refused.headers["retry-after"] != nil)
            #expect(refused.body.contains("16 watch already"))
        }
    }

    @Test("the end of the gateway is the end of the stream, and is not waited for", .timeLimit(.minutes(1)))
    func shutdown() async throws {
        try await RunningApp.run(Self.simulating) { app async throws in
            let listener = try await EventListener(app)
            _ = try await listener.next("hello")
            await app.shutDown()
            while try await listener.next() != nil {}
            #expect(listener.isOver)
        }
    }

    @Test("statistics tell what is under way and what became of the others")
    func statistics() async throws {
        try await RunningApp.run(Self.simulating) { app async throws in
            for _ in 0..<3 { _ = try await Self.ask(app, "three times") }
            _ = try await app.send("POST", "/v1/chat/completions", body: #"{"model":"no-such","messages":[]}"#)
            let answer = try await app.send("GET", "/admin/statistics", to: app.addresses.admin)
            #expect(answer.status == 200)
            let document = try JSONDocument(Array(answer.body.utf8), limits: .response)
            let finished = try #require(document["finished"])
            #expect(finished["requests"]?.int ?? 0 >= 3 && finished["memory"]?.int == 2)
            #expect(finished["by_task"]?[0]?["count"]?.int ?? 0 >= 3)
            #expect(document["active"]?["count"]?.int == 0)
            #expect(
                document["minutes"]?["requests"]?.elements.reduce(0) { $0 + ($1.int ?? 0) } == finished["requests"]?.int
            )
            let odd = try await app.send("GET", "/admin/statistics?x=1", to: app.addresses.admin)
            #expect(odd.status == 400)
        }
    }
}
