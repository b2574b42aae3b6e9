import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

/// An orchestrator with a ledger, whose wall clock goes with the manual one.
private struct MeteredSetting: Sendable {
    let time = ManualTimeSource()
    let ledger: MemoryQuotaLedger
    let provider: ScriptedProvider
    let orchestrator: ModelOrchestrator

    init(_ plans: [ModelID: QuotaPlan], cache: AnswerCache? = nil, concurrency: Int? = nil) {
        let start = time.now
        let clock = WallClock { [time] in 1_700_000_000 + start.duration(to: time.now).components.seconds }
        ledger = MemoryQuotaLedger(clock: clock)
        provider = ScriptedProvider(
            serving: [ModelID.gpt4o, .gpt4oMini].map {
                ProviderModel(id: $0, wireName: $0.canonical, quota: plans[$0])
            }
        )
        var configuration = OrchestratorConfiguration()
        configuration.concurrency = concurrency
        orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            cache: cache,
            quota: ledger,
            time: time,
            wallClock: clock,
            random: FixedRandomSource()
        )
    }

    func ask(_ prompt: String = "x", _ change: (inout ModelRequest) -> Void = { _ in }) async throws -> ModelResponse {
        var request = ModelRequest(prompt, model: .gpt4o)
        change(&request)
        return try await orchestrator.respond(to: request)
    }

    func used() async -> [Int64] {
        await orchestrator.quotaReport().rows.flatMap { $0.standing.lines.map(\.used) }
    }
}

@Suite("Quota: the way of a request")
struct OrchestratorQuotaTests {
    private static func perDay(_ amount: Int64) -> QuotaPlan {
        QuotaPlan(limits: [QuotaLimit(.requests, per: .day, amount)])
    }

    @Test("what a model without room has answered before is given, and nobody else is asked for it")
    func keptBeforeRoom() async throws {
        let setting = MeteredSetting([.gpt4o: Self.perDay(1)], cache: AnswerCache())
        func ask(_ prompt: String) async throws -> ModelResponse {
            try await setting.ask(prompt) { $0.fallback = .models([.gpt4oMini]) }
        }
        #expect(try await ask("first").modelUsed == .gpt4o)
        let again = try await ask("first")
        #expect(again.modelUsed == .gpt4o && again.trace.cache?.age != nil)
        #expect(try await ask("second").modelUsed == .gpt4oMini)
        #expect(try await ask("second").trace.cache?.age != nil)
        #expect(setting.provider.attempts.map(\.model.id) == [.gpt4o, .gpt4oMini])
    }

    @Test("a day that is used up is an error with its time, and nothing is sent")
    func dayUsed() async throws {
        let setting = MeteredSetting([.gpt4o: Self.perDay(2)])
        for _ in 0..<2 { _ = try await setting.ask() }
        let failure = await #expect(throws: ModelError.self) { () async throws in _ = try await setting.ask() }
        #expect(failure?.category == .rateLimit && failure?.limit == .day && failure?.code == "quota_used")
        #expect(try #require(failure?.retryAfter) > .seconds(86_000))
        #expect(setting.provider.attempts.count == 2)
    }

    @Test("a day that is used up gives way to a model that may stand in, without a wasted request")
    func spillOver() async throws {
        let setting = MeteredSetting([.gpt4o: Self.perDay(1), .gpt4oMini: Self.perDay(10)])
        var models: [ModelID] = []
        for _ in 0..<3 {
            let response = try await setting.ask { $0.fallback = .models([.gpt4oMini]) }
            models.append(response.modelUsed)
            #expect(response.attempts == 1)
        }
        #expect(models == [.gpt4o, .gpt4oMini, .gpt4oMini])
        #expect(await setting.used() == [1, 2])
    }

    @Test("a minute that is used up is waited out, when the request has the time")
    func minuteWaited() async throws {
        let setting = MeteredSetting([.gpt4o: QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 1)])])
        _ = try await setting.ask()
        async let second = setting.ask { $0.timeout = .seconds(90) }
        await setting.time.sleepers(atLeast: 1)
        #expect(setting.provider.attempts.count == 1)
        setting.time.advance(by: .seconds(62))
        #expect(try await second.content.isEmpty == false)
        #expect(setting.provider.attempts.count == 2)
        let hasty = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.ask { $0.timeout = .seconds(10) }
        }
        #expect(hasty?.limit == .minute)
        // Room in time, but hardly any for the answer.
        let late = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.ask { $0.timeout = .seconds(64) }
        }
        #expect(late?.limit == .minute)
        #expect(setting.provider.attempts.count == 2)
    }

    @Test("no more are under way at once than the plan allows, and each gets its turn")
    func concurrency() async throws {
        let setting = MeteredSetting([.gpt4o: QuotaPlan(concurrent: 1)])
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("first")), .text("second"))
        async let first = setting.ask("1")
        await setting.provider.attempts(atLeast: 1)
        async let second = setting.ask("2")
        await setting.time.sleepers(atLeast: 1)
        #expect(setting.provider.attempts.count == 1)
        gate.open()
        #expect(try await first.content == "first")
        #expect(try await second.content == "second")
    }

    @Test("a request that waits to be asked again leaves its place to others")
    func retryLeavesPlace() async throws {
        let setting = MeteredSetting([.gpt4o: QuotaPlan(concurrent: 1)])
        var failure = ModelError(.upstream, "no")
        failure.status = 503
        setting.provider.script(.gpt4o, .failure(failure), .text("other"), .text("again"))
        async let first = setting.ask("1")
        await setting.time.sleepers(atLeast: 1)
        #expect(try await setting.ask("2").content == "other")
        setting.time.advance(by: .seconds(30))
        #expect(try await first.content == "again")
    }

    @Test("a request counts from when it is sent, not from when it began to wait for its turn at the provider")
    func countsFromSending() async throws {
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 1)])
        let setting = MeteredSetting([.gpt4o: plan], concurrency: 1)
        let gate = ScriptedGate()
        setting.provider.script(.gpt4oMini, .gated(gate, .text("slow")))
        async let slow = setting.ask("1") { ($0.model, $0.timeout) = (.gpt4oMini, .seconds(100)) }
        await setting.provider.attempts(atLeast: 1)
        async let late = setting.ask("2") { $0.timeout = .seconds(100) }
        while await setting.used() != [1], !Task.isCancelled { await Task.yield() }
        setting.time.advance(by: .seconds(50))
        gate.open()
        _ = try await (slow, late)
        setting.time.advance(by: .seconds(20))
        let early = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.ask("3") { $0.timeout = .seconds(1) }
        }
        #expect(early?.limit == .minute && early?.retryAfter == .seconds(42))
    }

    @Test("an answer from the cache uses nothing")
    func cached() async throws {
        let setting = MeteredSetting([.gpt4o: Self.perDay(1)], cache: AnswerCache())
        for _ in 0..<3 { _ = try await setting.ask() }
        #expect(await setting.used() == [1])
    }

    @Test("what never reached the provider, or was refused for its limits, is not counted", arguments: [true, false])
    func returned(unsent: Bool) async throws {
        let setting = MeteredSetting([.gpt4o: Self.perDay(5)])
        var failure = ModelError(unsent ? .connection : .rateLimit, "no")
        failure.isUnsent = unsent
        failure.retryAfter = unsent ? nil : .seconds(7_200)
        setting.provider.script(.gpt4o, .failure(failure), .failure(failure), .failure(failure), .failure(failure))
        async let answer = setting.ask()
        if unsent {
            for _ in 0..<3 {
                await setting.time.sleepers(atLeast: 1)
                setting.time.advance(by: .seconds(20))
            }
        }
        _ = try? await answer
        #expect(await setting.used() == [0])
    }

    @Test("a failure that the provider has seen is counted")
    func counted() async throws {
        let setting = MeteredSetting([.gpt4o: Self.perDay(5)])
        var failure = ModelError(.invalidRequest, "no")
        failure.status = 400
        setting.provider.script(.gpt4o, .failure(failure))
        _ = try? await setting.ask()
        #expect(await setting.used() == [1])
    }

    @Test("a refusal for a day's limit is learnt: nobody asks again before its time")
    func learns() async throws {
        let setting = MeteredSetting([.gpt4o: Self.perDay(100)])
        var refusal = ModelError(.rateLimit, "used up", code: "RateLimitReached")
        refusal.status = 429
        refusal.limit = .day
        refusal.retryAfter = .seconds(5_631)
        setting.provider.script(.gpt4o, .failure(refusal))
        _ = try? await setting.ask()
        let second = await #expect(throws: ModelError.self) { () async throws in _ = try await setting.ask() }
        #expect(second?.code == "quota_used")
        #expect(try #require(second?.retryAfter) <= .seconds(5_631))
        #expect(setting.provider.attempts.count == 1)
    }

    @Test(
        "a refusal for a day's limit tells that nothing is left, and another model's answer tells of its own quota",
        arguments: [nil, 7] as [Int64?]
    )
    func toldAfterLesson(amount: Int64?) async throws {
        var refusal = ModelError(.rateLimit, "used up", code: "RateLimitReached")
        refusal.status = 429
        refusal.limit = .day
        refusal.retryAfter = .seconds(5_631)
        var plans = [ModelID.gpt4o: Self.perDay(100)]
        plans[.gpt4oMini] = amount.map(Self.perDay)
        let alone = MeteredSetting(plans)
        alone.provider.script(.gpt4o, .failure(refusal))
        let failure = await #expect(throws: ModelError.self) { () async throws in _ = try await alone.ask() }
        #expect(failure?.trace?.quotaLeft == QuotaLeft(day: 0))
        let helped = MeteredSetting(plans)
        helped.provider.script(.gpt4o, .failure(refusal))
        let response = try await helped.ask { $0.fallback = .models([.gpt4oMini]) }
        #expect(response.modelUsed == .gpt4oMini && response.trace.quotaLeft?.day == amount.map { $0 - 1 })
    }

    @Test("an item of a batch that waits for its quota is one request, and answered")
    func batchWait() async throws {
        let recent = RecentRequests(capacity: 10)
        let time = ManualTimeSource(autoAdvancing: true)
        let start = time.now
        let clock = WallClock { 1_700_000_000 + start.duration(to: time.now).components.seconds }
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 1)])
        let statistics = RequestStatistics(time: time, clock: clock)
        for recorder in [recent, statistics] as [any RequestRecorder] {
            let provider = ScriptedProvider(
                serving: [ProviderModel(id: .gpt4o, wireName: "gpt-4o", quota: plan)]
            )
            let orchestrator = ModelOrchestrator(
                providers: [provider],
                quota: MemoryQuotaLedger(clock: clock),
                recorder: recorder,
                time: time,
                wallClock: clock,
                random: FixedRandomSource()
            )
            var options = BatchOptions()
            // Too short to wait for a minute: the item is parked.
            options.itemDeadline = .seconds(20)
            options.inFlight = 3
            let items = ["a", "b", "c"].map { BatchItem($0, ModelRequest($0, model: .gpt4o)) }
            let results = try await orchestrator.process(batch: items, options: options)
            #expect(results.allSatisfy(\.isAnswered) && provider.attempts.count == 3)
        }
        #expect(recent.latest(10).map(\.outcome) == [.answered, .answered, .answered])
        #expect(statistics.underWay == 0)
    }

    @Test("an item that cannot wait is a failure that is told")
    func batchRefused() async throws {
        let recent = RecentRequests(capacity: 10)
        var refusal = ModelError(.invalidRequest, "no")
        refusal.status = 400
        let provider = ScriptedProvider()
        provider.script(.gpt4o, .failure(refusal))
        let orchestrator = ModelOrchestrator(providers: [provider], recorder: recent)
        _ = try await orchestrator.process(batch: [BatchItem("a", ModelRequest("a", model: .gpt4o))])
        #expect(recent.latest(10).map(\.outcome) == [.failed(.invalidRequest)])
    }

    @Test("a limit that a refusal names is kept to, where it is less than the plan's", arguments: [3, 500])
    func learnsAmounts(amount: Int64) async throws {
        let setting = MeteredSetting([.gpt4o: Self.perDay(100)])
        var refusal = ModelError(.rateLimit, "used up")
        refusal.status = 429
        refusal.limit = .day
        refusal.limitAmount = (amount, .requests)
        refusal.retryAfter = .seconds(5_000)
        setting.provider.script(.gpt4o, .failure(refusal))
        _ = try? await setting.ask()
        setting.time.advance(by: .seconds(5_001))
        for _ in 0..<3 { _ = try await setting.ask() }
        let lines = await setting.orchestrator.quotaReport().rows[0].standing.lines
        #expect(lines.map(\.limit.amount) == [min(amount, 100)] && lines[0].used == 3)
    }

    @Test("what an answer has used replaces what it was expected to use, whole or streamed", arguments: [true, false])
    func tokens(streamed: Bool) async throws {
        let plan = QuotaPlan(limits: [QuotaLimit(.tokens, per: .day, 100_000)])
        let setting = MeteredSetting([.gpt4o: plan])
        let request = ModelRequest("x", model: .gpt4o)
        var usage: TokenUsage?
        if streamed {
            let stream = try await setting.orchestrator.stream(request)
            while try await stream.next() != nil {}
            usage = stream.response.usage
        } else {
            usage = try await setting.orchestrator.respond(to: request).usage
        }
        #expect(await setting.used() == [Int64(try #require(usage).total)])
    }

    @Test("a request that needs more than there ever is, is not sent, and does not wait")
    func tooLarge() async throws {
        let setting = MeteredSetting([.gpt4o: QuotaPlan(limits: [QuotaLimit(.tokens, per: .minute, 50)])])
        let failure = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.ask(String(repeating: "long ", count: 100))
        }
        #expect(failure?.category == .contextLength && failure?.code == "quota_too_small")
        #expect(setting.provider.attempts.isEmpty)
    }
}
