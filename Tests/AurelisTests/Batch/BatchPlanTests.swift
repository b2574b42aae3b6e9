import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Batch: its plan")
struct BatchPlanTests {
    private let time = ManualTimeSource(autoAdvancing: true)
    private let provider: ScriptedProvider
    private let clock: WallClock

    init() {
        let start = time.now
        clock = WallClock { [time] in 1_700_000_000 + start.duration(to: time.now).components.seconds }
        provider = ScriptedProvider(
            serving: [
                ProviderModel(
                    id: .gpt4o,
                    wireName: "gpt-4o",
                    outputLimit: 1_000,
                    price: TokenPrice(input: 2_500_000, output: 10_000_000),
                    quota: QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 4)])
                ),
                ProviderModel(id: .gpt4oMini, wireName: "gpt-4o-mini"),
            ]
        )
    }

    private func orchestrator(cache: AnswerCache? = nil) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        configuration.requestTimeout = .seconds(600)
        return ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            cache: cache,
            quota: MemoryQuotaLedger(clock: clock),
            time: time,
            wallClock: clock,
            random: FixedRandomSource()
        )
    }

    private static func item(_ name: String, _ prompt: String, _ change: (inout ModelRequest) -> Void = { _ in })
        -> BatchItem
    {
        var request = ModelRequest(prompt, model: .gpt4o)
        change(&request)
        return BatchItem(name, request)
    }

    @Test("what the batch then does is what was planned", arguments: 0..<30)
    func foretells(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let orchestrator = orchestrator(cache: AnswerCache())
        for prompt in 0..<3 { _ = try await orchestrator.respond(to: ModelRequest("\(prompt)", model: .gpt4o)) }
        let before = provider.attempts.count
        var items: [BatchItem] = []
        for number in 0..<Int.random(in: 1...40, using: &random) {
            let item = Self.item(
                "\(Int.random(in: 0...60, using: &random))",
                "\(Int.random(in: 0...20, using: &random))"
            ) {
                if Bool.random(using: &random) { $0.model = .gpt4oMini }
                if number % 7 == 3 { $0.model = "nobody/has-it" }
            }
            items.append(item)
        }
        let plan = await orchestrator.plan(batch: items)
        #expect(provider.attempts.count == before)
        #expect(plan.items == items.count)
        #expect(plan.requests + plan.cached + plan.coalesced + plan.invalid == items.count)
        let start = clock.millisecondsSinceEpoch
        var progress = BatchProgress()
        var options = BatchOptions()
        options.inFlight = 1
        let results = try await orchestrator.process(batch: items, options: options) { progress = $0 }
        #expect(provider.attempts.count - before == plan.requests)
        #expect(results.count { $0.response?.status != 200 } == plan.invalid)
        // Whether an equal line or the cache answers is the same to everybody.
        #expect(progress.cached + progress.coalesced == plan.cached + plan.coalesced)
        #expect(clock.millisecondsSinceEpoch - start >= plan.end - plan.start)
    }

    @Test("a window that is used up puts the rest off; one model's waits are not another's")
    func windows() async {
        let items = (0..<9).map { Self.item("\($0)", "\($0)") }
        let other = Self.item("other", "x") { $0.model = .gpt4oMini }
        let plan = await orchestrator().plan(batch: items + [other])
        #expect(plan.shares.map(\.requests) == [9, 1])
        // Four now, four after a minute and the two seconds of doubt, the last after two.
        #expect(plan.shares[0].end - plan.start == 124_000)
        #expect(plan.shares[1].end == plan.start && plan.end == plan.shares[0].end)
    }

    @Test("what is used already counts")
    func usedBefore() async throws {
        let orchestrator = orchestrator()
        for prompt in 0..<4 { _ = try await orchestrator.respond(to: ModelRequest("\(prompt)", model: .gpt4o)) }
        let plan = await orchestrator.plan(batch: [Self.item("a", "a")])
        #expect(plan.end - plan.start == 62_000)
    }

    @Test("costs are known as far as prices and lengths are")
    func costs() async {
        let plan = await orchestrator().plan(batch: [
            Self.item("a", "Hello there") { $0.maxTokens = 100 }, Self.item("b", "Hello there, you"),
            Self.item("c", "Hello there") { $0.model = .gpt4oMini },
        ])
        let (priced, free) = (plan.shares[0], plan.shares[1])
        #expect(priced.promptCost == Int64(priced.promptTokens) * 2_500_000)
        #expect(priced.answerTokens == 1_100)
        #expect(priced.greatestCost == (priced.promptCost ?? 0) + 1_100 * 10_000_000)
        #expect(free.promptCost == nil && free.greatestCost == nil && free.answerTokens == nil)
    }

    @Test("lines that cannot be asked are told by their numbers, no more than some")
    func problems() async {
        var planner = BatchPlanner(orchestrator())
        await planner.add(BatchLine(number: 1, item: Self.item("a", "x")))
        await planner.add(BatchLine(number: 2, item: Self.item("a", "y")))
        for number in 3...40 { await planner.add(BatchLine(reading: Array("{".utf8), number: number)) }
        let plan = planner.plan
        #expect(plan.invalid == 39 && plan.problems.count == BatchPlan.maximumProblems)
        #expect(plan.problems[0].line == 2 && plan.problems[0].error.code == "duplicate_custom_id")
        #expect(plan.problems[1].line == 3 && plan.problems[1].error.code == "invalid_json_line")
    }

    @Test("what an earlier run has settled is no part of it, and its answers serve equal items")
    func settled() async throws {
        let items = [Self.item("a", "x"), Self.item("b", "x"), Self.item("c", "y")]
        let key = try #require(BatchKey(try items[0].call.get()))
        var planner = BatchPlanner(orchestrator(), settled: BatchSettled(answered: [1], answers: [key: 1]))
        for (index, item) in items.enumerated() { await planner.add(BatchLine(number: index + 1, item: item)) }
        #expect(planner.plan.items == 2 && planner.plan.coalesced == 1 && planner.plan.requests == 1)
    }

    @Test("a request that no window ever holds cannot be asked")
    func neverFits() async {
        let small = ScriptedProvider(
            serving: [
                ProviderModel(
                    id: .gpt4o,
                    wireName: "gpt-4o",
                    quota: QuotaPlan(limits: [QuotaLimit(.tokens, per: .minute, 10)])
                )
            ]
        )
        let orchestrator = ModelOrchestrator(providers: [small], quota: MemoryQuotaLedger(clock: clock), time: time)
        let plan = await orchestrator.plan(batch: [Self.item("a", "x") { $0.maxTokens = 100 }])
        #expect(plan.invalid == 1 && plan.problems.first?.error.code == "quota_too_small")
    }
}
