import Aurelis
import Synchronization
import Testing

/// One connection, so one event loop: what it remembers of earlier calls is seen.
@Suite("Answers from memory")
struct CachedAnswerTests {
    private struct Setting: Sendable {
        let provider = TestProvider()
        let cache: AnswerCache
        let orchestrator: ModelOrchestrator

        init(cache: AnswerCache = AnswerCache(), _ configuration: OrchestratorConfiguration = .withoutRetries) {
            self.cache = cache
            orchestrator = ModelOrchestrator(providers: [provider], configuration: configuration, cache: cache)
        }

        var lookups: CacheStatistics.Lookups? { cache.statistics.layers[.memory] }
    }

    private static func ask(
        _ client: RawClient,
        _ body: String = Samples.chat,
        headers: String = ""
    ) async throws -> RawAnswer {
        try await client.send(Samples.post("/v1/chat/completions", body, headers: headers))
        return try await client.readAnswer()
    }

    @Test("equal calls are answered with the same bytes, each under its own request id, and every lookup counts once")
    func hits() async throws {
        let setting = Setting()
        try await TestGateway.run(setting.orchestrator) { gateway in
            let client = try await gateway.connect()
            var ids: Set<String> = []
            for index in 0..<4 {
                let answer = try await Self.ask(client)
                #expect(answer.status == 200)
                #expect(answer.body == Samples.completionText)
                #expect(answer["x-aurelis-cache"]?.hasPrefix(index == 0 ? "miss" : "hit") == true)
                ids.insert(answer["x-aurelis-request-id"] ?? "")
            }
            #expect(ids.count == 4)
        }
        #expect(setting.provider.attempts.count == 1)
        #expect(setting.lookups?.hits == 3)
        #expect(setting.lookups?.misses == 1)
    }

    static let steering: [(fields: String, status: Int, attempts: Int)] = [
        ("x-aurelis-cache: use\r\n", 200, 1), ("x-aurelis-cache: only\r\n", 200, 1),
        ("x-aurelis-cache: refresh\r\n", 200, 2), ("x-aurelis-cache: off\r\n", 200, 2),
        ("x-aurelis-cache: sometimes\r\n", 400, 1), ("x-aurelis-fallback: perhaps not\r\n", 200, 1),
    ]

    @Test("the same bytes under other header fields are another call", arguments: steering)
    func headers(fields: String, status: Int, attempts: Int) async throws {
        let setting = Setting()
        try await TestGateway.run(setting.orchestrator) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<3 { _ = try await Self.ask(client) }
            #expect(try await Self.ask(client, headers: fields).status == status)
        }
        #expect(setting.provider.attempts.count == attempts)
    }

    @Test("a call whose bytes differ in one place is not taken for the one before")
    func similar() async throws {
        let setting = Setting()
        try await TestGateway.run(setting.orchestrator) { gateway in
            let client = try await gateway.connect()
            for text in ["hi", "ho", "hi", "ho"] {
                let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(text)"}]}"#
                for _ in 0..<2 { #expect(try await Self.ask(client, body).status == 200) }
            }
        }
        #expect(setting.provider.attempts.count == 2)
        #expect(setting.lookups?.hits == 6)
    }

    @Test("what was invalidated is asked for again, however often it came")
    func invalidated() async throws {
        let setting = Setting()
        try await TestGateway.run(setting.orchestrator) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<3 { _ = try await Self.ask(client) }
            _ = try await setting.cache.invalidate(.all)
            #expect(try await Self.ask(client)["x-aurelis-cache"] == "miss")
        }
        #expect(setting.provider.attempts.count == 2)
    }

    @Test("after a reload the new configuration decides")
    func reloaded() async throws {
        let before = Setting()
        var configuration = CacheConfiguration()
        configuration.policy = .off
        let after = Setting(cache: before.cache.with(configuration))
        let current = Mutex(before.orchestrator)
        try await TestGateway.run(current.withLock(\.self)) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<3 { _ = try await Self.ask(client) }
            current.withLock { $0 = after.orchestrator }
            #expect(try await Self.ask(client)["x-aurelis-cache"] == "off")
        }
        #expect(before.provider.attempts.count == 1)
        #expect(after.provider.attempts.count == 1)
    }

    @Test("pipelined calls are answered in their order, from memory or not")
    func pipelined() async throws {
        let setting = Setting()
        try await TestGateway.run(setting.orchestrator) { gateway in
            let client = try await gateway.connect()
            _ = try await Self.ask(client)
            let hit = Samples.post("/v1/chat/completions", Samples.chat)
            let miss = Samples.post("/v1/chat/completions", Samples.chat, headers: "x-aurelis-cache: off\r\n")
            try await client.send(hit + miss + hit + Samples.get("/health/live") + hit)
            for expected in ["hit", "off", "hit", nil, "hit"] as [String?] {
                let answer = try await client.readAnswer()
                #expect(answer.status == 200)
                #expect(
                    answer["x-aurelis-cache"]?.prefix { $0 != ";" && $0 != " " && $0 != "," }.description == expected
                )
            }
        }
    }

    @Test("a client that leaves before its answer from memory goes out harms nobody")
    func leaving() async throws {
        let setting = Setting()
        try await TestGateway.run(setting.orchestrator) { gateway in
            _ = try await gateway.post(Samples.chat)
            for _ in 0..<20 {
                let client = try await gateway.connect()
                try await client.send(Samples.post("/v1/chat/completions", Samples.chat))
                try await client.reset()
            }
            #expect(try await gateway.post(Samples.chat).status == 200)
        }
        #expect(setting.provider.attempts.count == 1)
    }
}
