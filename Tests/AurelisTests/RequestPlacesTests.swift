import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Places outlive an orchestrator", .timeLimit(.minutes(1)))
struct RequestPlacesTests {
    private let time = ManualTimeSource()
    private let places = RequestPlaces()

    private func orchestrator(
        _ provider: ScriptedProvider,
        quota: (any QuotaLedger)? = nil,
        _ change: (inout OrchestratorConfiguration) -> Void = { _ in }
    ) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        configuration.retry = .none
        change(&configuration)
        return ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            quota: quota,
            places: places,
            time: time,
            random: FixedRandomSource()
        )
    }

    /// Lets tasks run until as many wait for a place as expected.
    private func waiters(_ count: Int, at orchestrator: ModelOrchestrator) async {
        while orchestrator.load.waitingForPlace["scripted"] != count, !Task.isCancelled { await Task.yield() }
    }

    @Test("what is under way at the orchestrator before counts at the next one")
    func underWay() async throws {
        let (provider, next) = (ScriptedProvider(), ScriptedProvider())
        let gate = ScriptedGate()
        provider.script(.gpt4o, .gated(gate, .text("old")))
        let old = orchestrator(provider) { $0.concurrency = 1 }
        async let first = old.respond(to: ModelRequest("x", model: .gpt4o))
        await provider.attempts(atLeast: 1)
        let new = orchestrator(next) { $0.concurrency = 1 }
        async let second = new.respond(to: ModelRequest("y", model: .gpt4o))
        await waiters(1, at: new)
        #expect(next.attempts.isEmpty)
        gate.open()
        #expect(try await first.content == "old")
        _ = try await second
        #expect(next.attempts.count == 1)
    }

    @Test("who waits at the orchestrator before is let in by the next one's limit, and goes on if that has none")
    func raised() async throws {
        for limit in [2, nil] {
            let provider = ScriptedProvider()
            let gate = ScriptedGate()
            provider.script(.gpt4o, .gated(gate, .text("one")))
            let old = orchestrator(provider) { $0.concurrency = 1 }
            async let first = old.respond(to: ModelRequest("x", model: .gpt4o))
            await provider.attempts(atLeast: 1)
            async let second = old.respond(to: ModelRequest("y", model: .gpt4o))
            await waiters(1, at: old)
            let new = orchestrator(provider) { $0.concurrency = limit }
            _ = try await second
            #expect(new.load.waitingForPlace == (limit == nil ? [:] : ["scripted": 0]))
            gate.open()
            _ = try await first
        }
    }

    @Test("a provider that is gone is forgotten once nothing is under way there")
    func gone() async throws {
        let provider = ScriptedProvider()
        let gate = ScriptedGate()
        provider.script(.gpt4o, .gated(gate, .text("one")))
        let old = orchestrator(provider) { $0.concurrency = 1 }
        async let first = old.respond(to: ModelRequest("x", model: .gpt4o))
        await provider.attempts(atLeast: 1)
        let limiter = try #require(old.limiters["scripted"])
        _ = orchestrator(ScriptedProvider("other")) { $0.concurrency = 1 }
        #expect(orchestrator(provider) { $0.concurrency = 1 }.limiters["scripted"] === limiter)
        gate.open()
        _ = try await first
        _ = orchestrator(ScriptedProvider("other")) { $0.concurrency = 1 }
        #expect(orchestrator(provider) { $0.concurrency = 1 }.limiters["scripted"] !== limiter)
    }

    @Test("nobody who waits for a quota is overtaken by the requests of the next orchestrator")
    func order() async throws {
        let model = ProviderModel(id: .gpt4o, wireName: "gpt-4o", quota: QuotaPlan(concurrent: 1))
        let provider = ScriptedProvider(serving: [model])
        let gate = ScriptedGate()
        provider.script(.gpt4o, .gated(gate, .text("one")))
        let quota = MemoryQuotaLedger(clock: .fixed(1_700_000_000))
        let old = orchestrator(provider, quota: quota)
        async let first = old.respond(to: ModelRequest("first", model: .gpt4o))
        await provider.attempts(atLeast: 1)
        async let second = old.respond(to: ModelRequest("second", model: .gpt4o))
        while old.turns.waiting != 1, !Task.isCancelled { await Task.yield() }
        let new = orchestrator(provider, quota: quota)
        async let third = new.respond(to: ModelRequest("third", model: .gpt4o))
        while new.turns.waiting != 2, !Task.isCancelled { await Task.yield() }
        // No clock moves.
        gate.open()
        _ = try await (first, second, third)
        let prompts = provider.attempts.map { $0.body["messages"]?[0]?["content"]?.string }
        #expect(prompts == ["first", "second", "third"])
    }

    @Test("fewer may wait for a quota from then on; those who wait go on waiting")
    func queue() throws {
        let desk = TurnDesk(limit: 2)
        let call = try ModelCall(ModelRequest("x", model: .gpt4o), stream: false)
        let meter = QuotaMeterID("m")
        let place = try #require(desk.join(call, on: meter))
        desk.change(limit: 1)
        #expect(desk.join(call, on: meter) == nil && desk.waiting == 1)
        desk.change(limit: 2)
        #expect(desk.join(call, on: meter) != nil && desk.ahead(of: place) == 0)
    }
}
