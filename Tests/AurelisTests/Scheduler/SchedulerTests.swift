import AurelisJSON
import AurelisTesting
import Synchronization
import Testing

@testable import Aurelis

/// One model with a quota, and clocks that a test moves.
private struct ScarceSetting: Sendable {
    let time = ManualTimeSource()
    let provider: ScriptedProvider
    let orchestrator: ModelOrchestrator

    init(
        _ plan: QuotaPlan,
        cache: AnswerCache? = nil,
        _ change: (inout OrchestratorConfiguration) -> Void = { _ in }
    ) {
        let start = time.now
        let clock = WallClock { [time] in 1_700_000_000 + start.duration(to: time.now).components.seconds }
        provider = ScriptedProvider(serving: [ProviderModel(id: .gpt4o, wireName: "gpt-4o", quota: plan)])
        var configuration = OrchestratorConfiguration()
        configuration.concurrency = nil
        configuration.requestTimeout = .seconds(90)
        change(&configuration)
        orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            cache: cache,
            quota: MemoryQuotaLedger(clock: clock),
            time: time,
            wallClock: clock,
            random: FixedRandomSource()
        )
    }

    func call(
        _ prompt: String = "x",
        tenant: String = "",
        _ priority: RequestPriority = .interactive,
        wait: Duration? = nil
    ) throws -> ModelCall {
        var request = ModelRequest(prompt, model: .gpt4o)
        request.tenant = tenant
        request.priority = priority
        request.quotaTimeout = wait
        return try ModelCall(request, stream: false)
    }

    /// The prompts in the order in which they were sent.
    var prompts: [String] {
        provider.attempts.compactMap { $0.body["messages"]?[0]?["content"]?.string }
    }
}

@Suite("Scheduler")
struct SchedulerTests {
    private static func perMinute(_ amount: Int64) -> QuotaPlan {
        QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, amount)])
    }

    @Test("whoever waits gets the place that becomes free at once: by tenants in turn, batches last")
    func order() async throws {
        let setting = ScarceSetting(QuotaPlan(concurrent: 1))
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("first")))
        let calls = [
            try setting.call("first", tenant: "a"), try setting.call("batch", tenant: "b", .batch),
            try setting.call("a1", tenant: "a"), try setting.call("a2", tenant: "a"),
            try setting.call("b1", tenant: "b"),
        ]
        await withTaskGroup(of: Void.self) { group in
            for (number, call) in calls.enumerated() {
                group.addTask { _ = try? await setting.orchestrator.answer(call) }
                if number == 0 {
                    await setting.provider.attempts(atLeast: 1)
                } else {
                    await setting.time.sleepers(atLeast: number)
                }
            }
            // No clock moves from here on.
            gate.open()
        }
        #expect(setting.prompts == ["first", "a1", "b1", "a2", "batch"])
    }

    @Test("a wait is told with its probable length, and again every ten seconds")
    func told() async throws {
        let setting = ScarceSetting(Self.perMinute(1))
        _ = try await setting.orchestrator.answer(setting.call())
        let box = WaitBox()
        var call = try setting.call()
        call.onWait = { box.add($0) }
        async let answer = setting.orchestrator.answer(call)
        for _ in 0..<7 {
            await setting.time.sleepers(atLeast: 1)
            setting.time.advance(by: .seconds(10))
        }
        let answered = try await answer
        let told = box.waits
        #expect(told.count == 7)
        #expect(told.first?.expected == .seconds(62) && told.last?.expected == .seconds(2))
        #expect(told.first?.description.contains("about 62 s: the 1 requests of the minute are used") == true)
        #expect(answered.trace.waited >= .seconds(60))
    }

    @Test("who would have their turn too late is refused at once, with the time")
    func tooLate() async throws {
        let setting = ScarceSetting(Self.perMinute(1))
        _ = try await setting.orchestrator.answer(setting.call())
        async let second = setting.orchestrator.answer(setting.call())
        await setting.time.sleepers(atLeast: 1)
        let failure = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.answer(setting.call(tenant: "other"))
        }
        #expect(failure?.limit == .minute && failure?.retryAfter == .seconds(122))
        setting.time.advance(by: .seconds(62))
        _ = try await second
        #expect(setting.provider.attempts.count == 2)
    }

    @Test("more than may wait are refused at once with 503, and say when to come again")
    func overload() async throws {
        let setting = ScarceSetting(Self.perMinute(1)) {
            $0.quotaQueue = 1
            $0.requestTimeout = .seconds(1_000)
        }
        _ = try await setting.orchestrator.answer(setting.call())
        async let waiting = setting.orchestrator.answer(setting.call())
        await setting.time.sleepers(atLeast: 1)
        let failure = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.answer(setting.call())
        }
        #expect(failure?.category == .overloaded && failure?.code == "quota_queue_full")
        #expect(failure?.retryAfter == .seconds(122))
        setting.time.advance(by: .seconds(62))
        _ = try await waiting
    }

    @Test("a queue that nobody may join is as good as none")
    func noQueue() async throws {
        let setting = ScarceSetting(Self.perMinute(1)) { $0.quotaQueue = 0 }
        _ = try await setting.orchestrator.answer(setting.call())
        await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.answer(setting.call())
        }
        #expect(setting.orchestrator.turns.isIdle)
    }

    @Test("who waits in person does not wait with an equal request of a batch that has no room")
    func interactiveBesideBatch() async throws {
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 2)])
        let setting = ScarceSetting(plan, cache: AnswerCache()) { $0.interactiveShare = 50 }
        _ = try await setting.orchestrator.answer(setting.call("first"))
        async let batch = setting.orchestrator.answer(setting.call("same", .batch))
        await setting.time.sleepers(atLeast: 1)
        _ = try await setting.orchestrator.answer(setting.call("same"))
        #expect(setting.prompts == ["first", "same"])
        setting.time.advance(by: .seconds(62))
        _ = try await batch
    }

    @Test("who may wait longer than an equal request that was refused goes on alone")
    func patientFollower() async throws {
        let plan = QuotaPlan(limits: [QuotaLimit(.tokens, per: .day, 60)], concurrent: 1)
        let setting = ScarceSetting(plan, cache: AnswerCache())
        let gate = ScriptedGate()
        // An answer that takes all there is, as nobody could know before.
        setting.provider.script(.gpt4o, .gated(gate, .text(String(repeating: "word ", count: 100))))
        async let first = setting.orchestrator.answer(setting.call("first"))
        await setting.provider.attempts(atLeast: 1)
        async let hasty = setting.orchestrator.answer(setting.call("same"))
        let flights = try #require(setting.orchestrator.cache?.contents.flights)
        while flights.count != 2, !Task.isCancelled { await Task.yield() }
        async let patient = setting.orchestrator.answer(setting.call("same", wait: .seconds(100_000)))
        while flights.passengers != 3, !Task.isCancelled { await Task.yield() }
        gate.open()
        _ = try await first
        do {
            _ = try await hasty
            Issue.record("there was no room")
        } catch let failure as ModelError {
            #expect(failure.limit == .day)
        }
        while setting.orchestrator.turns.waiting != 1, !Task.isCancelled { await Task.yield() }
        setting.time.advance(by: .seconds(90_000))
        _ = try await patient
        #expect(setting.prompts == ["first", "same"])
    }

    @Test("who goes away gives up the place in the queue")
    func cancelled() async throws {
        let setting = ScarceSetting(Self.perMinute(1)) { $0.quotaQueue = 1 }
        _ = try await setting.orchestrator.answer(setting.call())
        await withTaskGroup(of: ModelError.Category?.self) { group in
            group.addTask {
                do { _ = try await setting.orchestrator.answer(setting.call()) } catch let error as ModelError {
                    return error.category
                } catch {}
                return nil
            }
            await setting.time.sleepers(atLeast: 1)
            group.cancelAll()
            #expect(await group.next() == .cancelled)
        }
        async let next = setting.orchestrator.answer(setting.call())
        await setting.time.sleepers(atLeast: 1)
        setting.time.advance(by: .seconds(62))
        _ = try await next
    }

    @Test("who wants to waits for the next day, and has the whole deadline for the answer then")
    func nextDay() async throws {
        let setting = ScarceSetting(QuotaPlan(limits: [QuotaLimit(.requests, per: .day, 1)]))
        _ = try await setting.orchestrator.answer(setting.call())
        let patient = try setting.call(wait: .seconds(90_000))
        async let answer = setting.orchestrator.answer(patient)
        await setting.time.sleepers(atLeast: 1)
        setting.time.advance(by: .seconds(86_500))
        let reply = try await answer
        #expect(reply.trace.waited == .seconds(86_500) && reply.trace.quotaLeft == QuotaLeft(day: 0))
        let failure = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.answer(setting.call(wait: .seconds(80_000)))
        }
        #expect(failure?.limit == .day && setting.provider.attempts.count == 2)
    }

    @Test("everybody who shares a call is told that it waits")
    func sharedWait() async throws {
        let setting = ScarceSetting(Self.perMinute(1), cache: AnswerCache())
        _ = try await setting.orchestrator.answer(setting.call("other"))
        let boxes = [WaitBox(), WaitBox()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for box in boxes {
                var call = try setting.call()
                call.onWait = { box.add($0) }
                group.addTask { [call] in _ = try await setting.orchestrator.answer(call) }
                await setting.time.sleepers(atLeast: 1)
            }
            let flights = setting.orchestrator.cache?.contents.flights
            while flights?.passengers != 2, !Task.isCancelled { await Task.yield() }
            for _ in 0..<7 {
                await setting.time.sleepers(atLeast: 1)
                setting.time.advance(by: .seconds(10))
            }
            try await group.waitForAll()
        }
        #expect(boxes.allSatisfy { $0.waits.last?.expected == .seconds(2) })
        #expect(setting.provider.attempts.count == 2)
    }

    @Test("what is left of a quota reads as it is written", arguments: ["minute=9, day=40", "minute=0", "day=3"])
    func left(text: String) throws {
        #expect(try #require(QuotaLeft(text)).description == text)
        #expect(QuotaLeft(text + "x") == nil && QuotaLeft("") == nil)
    }

    @Test("batches leave the reserved share of a limit to interactive requests")
    func share() async throws {
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .day, 10)], concurrent: 4)
        let setting = ScarceSetting(plan) { $0.interactiveShare = 25 }
        var answered = 0
        for _ in 0..<10 {
            if (try? await setting.orchestrator.answer(setting.call("b", .batch))) != nil { answered += 1 }
        }
        #expect(answered == 8)
        for _ in 0..<2 { _ = try await setting.orchestrator.answer(setting.call()) }
        #expect(setting.provider.attempts.count == 10)
        let failure = await #expect(throws: ModelError.self) { () async throws in
            _ = try await setting.orchestrator.answer(setting.call())
        }
        #expect(failure?.limit == .day)
    }

    @Test("a share of one request is still one request", arguments: [(1, 50, 1), (4, 25, 3), (10, 99, 1), (8, 0, 8)])
    func keeping(amount: Int64, percent: Int, left: Int64) {
        #expect(QuotaLimit(.requests, per: .day, amount).keeping(percent).amount == left)
    }
}

/// Collects what a caller is told.
private final class WaitBox: Sendable {
    private let state = Mutex<[QuotaWait]>([])

    var waits: [QuotaWait] { state.withLock(\.self) }

    func add(_ wait: QuotaWait) { state.withLock { $0.append(wait) } }
}
