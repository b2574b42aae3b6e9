import AurelisJSON
import AurelisTesting
import Synchronization
import Testing

@testable import Aurelis

/// A server that takes any name and lists none.
private final class OpenProvider: ModelProvider {
    let id: ProviderID = "custom"
    let address = "http://localhost:8000/v1"
    let models: [ProviderModel] = []
    let plan: QuotaPlan?
    let told = Mutex<QuotaPlan?>(nil)
    let failure: ModelError?
    let lookups = Mutex(0)

    init(_ plan: QuotaPlan?, failure: ModelError? = nil) {
        self.plan = plan
        self.failure = failure
    }

    var account: String {
        get async {
            lookups.withLock { $0 += 1 }
            return "abc"
        }
    }

    func model(_ id: ModelID, for operation: ModelOperation) -> ProviderModel? {
        ProviderModel(id: id, wireName: id.spelling, quota: plan)
    }

    func told(of model: ProviderModel) -> QuotaPlan? { told.withLock(\.self) }

    func send(_ attempt: ProviderAttempt) async throws(ModelError) -> ProviderAnswer {
        if let failure {
            told.withLock { $0 = QuotaPlan(limits: [QuotaLimit(.requests, per: .day, 50)]) }
            throw failure
        }
        do { return .whole(try JSONDocument(ScriptedAnswer.completion("hello"))) } catch {
            throw ModelError(.upstream, "\(error)")
        }
    }
}

@Suite("Quota: the report")
struct QuotaReportTests {
    private let ledger = MemoryQuotaLedger(clock: .fixed(1_700_000_000))

    private func orchestrator(_ providers: any ModelProvider...) -> ModelOrchestrator {
        ModelOrchestrator(providers: providers, quota: ledger, wallClock: .fixed(1_700_000_000))
    }

    private static let minute = QuotaPlan(limits: [QuotaLimit(.requests, per: .minute, 30)])

    @Test("a model that no list names is told of once somebody has asked for it")
    func unlisted() async throws {
        let orchestrator = orchestrator(OpenProvider(Self.minute))
        #expect(await orchestrator.quotaReport().rows.isEmpty)
        for name in ["My Own Model", "b"] {
            _ = try await orchestrator.respond(to: ModelRequest("x", model: ModelID(name)))
        }
        let rows = await orchestrator.quotaReport().rows
        #expect(rows.map(\.model) == [ModelID("My Own Model"), ModelID("b")])
        #expect(rows.map(\.provider) == ["custom", "custom"])
        #expect(rows.flatMap { $0.standing.lines.map(\.used) } == [1, 1])
    }

    @Test("a window that a refusal closed is told of by a process that has not heard the refusal")
    func learned() async throws {
        var refusal = ModelError(.rateLimit, "used up")
        refusal.status = 429
        refusal.limit = .day
        refusal.limitAmount = (50, .requests)
        refusal.retryAfter = .seconds(5_000)
        let request = ModelRequest("x", model: "m")
        let refused = orchestrator(OpenProvider(nil, failure: refusal))
        _ = try? await refused.respond(to: request)
        #expect(await refused.quotaReport().rows.first?.standing.lines.map(\.limit.amount) == [50])
        let rows = await orchestrator(OpenProvider(nil)).quotaReport().rows
        #expect(rows.map(\.model) == ["m"])
        #expect(rows.first?.standing.lines.map(\.closedUntil) == [1_700_005_000_000])
        #expect(rows.first?.standing.lines.first?.left == 0)
    }

    @Test("nobody's credential is looked for where nothing has a quota, and no foreign meter is told of")
    func quiet() async {
        let demand = QuotaDemand([(QuotaMeterID("http://localhost:9000/v1 abc m"), Self.minute)])
        _ = await ledger.reserve(demand)
        let provider = OpenProvider(nil)
        #expect(await orchestrator(provider).quotaReport().rows.isEmpty)
        #expect(provider.lookups.withLock(\.self) == 0)
    }

    @Test("of names that callers have made up no more are told than there is room for")
    func bounded() async {
        for number in 0..<300 {
            let meter = QuotaMeterID("http://localhost:8000/v1 abc m\(number)")
            _ = await ledger.reserve(QuotaDemand([(meter, Self.minute)]))
        }
        let rows = await orchestrator(OpenProvider(Self.minute)).quotaReport().rows
        #expect(rows.count == QuotaReport.maximumUnlisted)
    }

    @Test("a use that was given back is not waited for")
    func givenBack() {
        let now: Int64 = 1_700_000_000_000
        for reset in QuotaLimit.Reset.allCases {
            var window = QuotaWindow(unit: .requests, period: .minute)
            window.add(1, at: now, reset)
            #expect(window.end(at: now, reset) != nil)
            window.change(by: -1, at: now)
            #expect(window.used(at: now, reset) == 0 && window.end(at: now, reset) == nil)
        }
    }
}
