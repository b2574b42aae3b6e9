import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Probes")
struct ProbeTests {
    private let time = ManualTimeSource(autoAdvancing: true)
    private let ledger = MemoryQuotaLedger(clock: .fixed(1_700_000_000))
    private let recent = RecentRequests()
    private let route = Route(provider: "scripted", model: .gpt4o)

    private func setting(
        _ limit: Int64 = 10,
        _ configure: (inout OrchestratorConfiguration) -> Void = { _ in }
    ) -> (provider: ScriptedProvider, orchestrator: ModelOrchestrator) {
        let plan = QuotaPlan(limits: [QuotaLimit(.requests, per: .day, limit)])
        let provider = ScriptedProvider(
            serving: [ModelID.gpt4o, .gpt4oMini].map { ProviderModel(id: $0, wireName: $0.canonical, quota: plan) }
        )
        var configuration = OrchestratorConfiguration()
        configuration.replacesNamedModels = true
        configure(&configuration)
        let orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            cache: AnswerCache(),
            quota: ledger,
            recorder: recent,
            time: time,
            wallClock: .fixed(1_700_000_000),
            random: FixedRandomSource()
        )
        return (provider, orchestrator)
    }

    private func probe(_ orchestrator: ModelOrchestrator, leaving share: Int = 20) async
        -> ModelOrchestrator.ProbeOutcome
    {
        await orchestrator.probe(route, leaving: share, within: .seconds(5))
    }

    @Test("a probe is one request for one token, counted, recorded under its own label, and never from the cache")
    func smallest() async throws {
        let (provider, orchestrator) = setting()
        for _ in 0..<2 { #expect(await probe(orchestrator) == .answered) }
        #expect(provider.attempts.count == 2)
        #expect(provider.attempts[0].body["max_tokens"]?.int == 1 && !provider.attempts[0].stream)
        #expect(recent.latest(2).map(\.tenant) == ["~probe", "~probe"])
        #expect(await orchestrator.quotaReport().rows.first?.standing.lines.map(\.used) == [2])
        #expect(orchestrator.health.statuses().first?.successRate == 1)
    }

    @Test("a probe that fails is not repeated and has no fallback, and the circuit learns of it")
    func failing() async throws {
        let (provider, orchestrator) = setting()
        provider.script(.gpt4o, .failure(ModelError(.upstream, "503", code: nil)))
        #expect(await probe(orchestrator) == .failed(.upstream))
        #expect(provider.attempts.count == 1)
        #expect(orchestrator.health.statuses().first?.failures == 1)
        #expect(recent.latest(1).first?.outcome == .failed(.upstream))
    }

    @Test("no probe is sent into a quota of which little is left")
    func scarce() async throws {
        let (provider, orchestrator) = setting(10)
        for _ in 0..<8 { #expect(await probe(orchestrator) == .answered) }
        guard case .skipped = await probe(orchestrator) else { return #expect(Bool(false)) }
        #expect(provider.attempts.count == 8)
        #expect(await probe(orchestrator, leaving: 0) == .answered)
    }

    @Test("no probe is sent over an open circuit, and nothing is counted for it; a half open one is closed by it")
    func circuits() async throws {
        let (provider, orchestrator) = setting(100)
        for _ in 0..<5 { provider.script(.gpt4o, .failure(ModelError(.upstream, "503"))) }
        for _ in 0..<5 { _ = await probe(orchestrator) }
        let used = await orchestrator.quotaReport().rows.first?.standing.lines.map(\.used)
        guard case .skipped = await probe(orchestrator) else { return #expect(Bool(false)) }
        #expect(await orchestrator.quotaReport().rows.first?.standing.lines.map(\.used) == used)
        time.advance(by: .seconds(61))
        #expect(await probe(orchestrator) == .answered)
        #expect(orchestrator.health.statuses().first?.circuit == .closed)
    }

    @Test("a model is named by its name, or by its name and who serves it")
    func names() {
        let (_, orchestrator) = setting()
        #expect(orchestrator.route(named: "gpt-4o") == route)
        #expect(orchestrator.route(named: "gpt-4o@scripted") == route)
        #expect(orchestrator.route(named: "gpt-4o@elsewhere") == nil)
        #expect(orchestrator.route(named: "nobody") == nil)
    }
}
