import Testing

@testable import AurelisSimulator

@Suite("Quota windows")
struct QuotaStateMachineTests {
    private static let limits = RequestLimits(perMinute: 3, perDay: 5, input: 8_000, output: 4_000, concurrent: 2)
    private static let key = QuotaStateMachine.Key(account: 1, model: 1)

    private static func at(_ seconds: Double) -> SimulatorInstant { .start.advanced(by: .seconds(seconds)) }

    /// Admits and releases at once.
    private func ask(
        _ quota: inout QuotaStateMachine,
        _ seconds: Double,
        key: QuotaStateMachine.Key = Self.key
    ) -> QuotaRefusal? {
        switch quota.admit(key, limits: Self.limits, at: Self.at(seconds)) {
        case .admitted(let lease):
            quota.release(lease)
            return nil
        case .refused(let refusal): return refusal
        }
    }

    @Test("the last request of a minute is admitted, the next one refused with the rest of the window")
    func minute() {
        var quota = QuotaStateMachine()
        for second in [10.0, 20, 30] { #expect(ask(&quota, second) == nil) }
        #expect(ask(&quota, 30) == .byMinute(limit: 3, wait: .seconds(40)))
        #expect(ask(&quota, 69.5)?.waitSeconds == 1)
    }

    @Test("a window opens with its first request, ends exactly 60 seconds later, and not before")
    func boundary() {
        var quota = QuotaStateMachine()
        for second in [10.0, 20, 30] { _ = ask(&quota, second) }
        #expect(ask(&quota, 69.999_999) != nil)
        #expect(ask(&quota, 70) == nil)
        #expect(quota.usage(at: Self.at(70)).first?.minute == 1)
    }

    @Test("the day's limit outlasts the minute's, and is told first")
    func day() {
        var quota = QuotaStateMachine()
        for second in [0.0, 0, 0, 100, 100] { #expect(ask(&quota, second) == nil) }
        #expect(ask(&quota, 101) == .byDay(limit: 5, wait: .seconds(86_299)))
        #expect(ask(&quota, 86_399)?.waitSeconds == 1)
        #expect(ask(&quota, 86_400) == nil)
    }

    @Test("refused requests count nowhere")
    func refusalsAreFree() {
        var quota = QuotaStateMachine()
        for _ in 0..<3 { _ = ask(&quota, 0) }
        for _ in 0..<100 { #expect(ask(&quota, 1)?.type == "UserByModelByMinute") }
        #expect(quota.usage(at: Self.at(1)).first?.day == 3)
    }

    @Test("concurrent requests are bounded until one is released, which frees exactly one")
    func concurrency() throws {
        var quota = QuotaStateMachine()
        guard case .admitted(let first) = quota.admit(Self.key, limits: Self.limits, at: .start),
            case .admitted = quota.admit(Self.key, limits: Self.limits, at: .start)
        else {
            Issue.record("two at once are allowed")
            return
        }
        #expect(ask(&quota, 0) == .concurrent(limit: 2))
        quota.release(first)
        #expect(ask(&quota, 0) == nil)
        #expect(quota.usage(at: .start).first?.concurrent == 1)
    }

    @Test("accounts and models do not share a window")
    func separation() {
        var quota = QuotaStateMachine()
        for _ in 0..<3 { _ = ask(&quota, 0) }
        #expect(ask(&quota, 0) != nil)
        #expect(ask(&quota, 0, key: .init(account: 2, model: 1)) == nil)
        #expect(ask(&quota, 0, key: .init(account: 1, model: 2)) == nil)
    }

    @Test("an account's limit over all models counts them together")
    func overAll() {
        var quota = QuotaStateMachine(perMinuteOverAll: 2)
        #expect(ask(&quota, 0) == nil)
        #expect(ask(&quota, 5, key: .init(account: 1, model: 2)) == nil)
        #expect(ask(&quota, 6, key: .init(account: 1, model: 3)) == .byMinuteOverAll(limit: 2, wait: .seconds(54)))
        #expect(ask(&quota, 6, key: .init(account: 2, model: 3)) == nil)
        #expect(ask(&quota, 60, key: .init(account: 1, model: 3)) == nil)
    }

    @Test("a reset forgets everything, and a lease from before it frees nothing")
    func reset() {
        var quota = QuotaStateMachine()
        guard case .admitted(let old) = quota.admit(Self.key, limits: Self.limits, at: .start) else { return }
        quota.reset()
        #expect(quota.usage(at: .start).isEmpty)
        _ = quota.admit(Self.key, limits: Self.limits, at: .start)
        quota.release(old)
        #expect(quota.usage(at: .start).first?.concurrent == 1)
    }

    @Test("the table stays bounded, and keeps accounts with a request on its way")
    func bounded() {
        var quota = QuotaStateMachine(maximumEntries: 50)
        guard case .admitted = quota.admit(Self.key, limits: Self.limits, at: .start) else { return }
        for account in 2..<2_000 {
            _ = ask(&quota, Double(account), key: .init(account: UInt64(account), model: 1))
            #expect(quota.usage(at: .start).count <= 50)
        }
        #expect(quota.usage(at: .start).contains { $0.key == Self.key && $0.concurrent == 1 })
    }

    @Test("random sequences never exceed a limit", arguments: 1...20)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var quota = QuotaStateMachine()
        var now = 0.0
        var admitted: [Double] = []
        var leases: [QuotaStateMachine.Lease] = []
        for _ in 0..<2_000 {
            now += generator.unit() * generator.pick([0.1, 20, 40_000])
            if !leases.isEmpty, generator.unit() < 0.6 {
                quota.release(leases.remove(at: Int(generator.next() % UInt64(leases.count))))
            }
            if case .admitted(let lease) = quota.admit(Self.key, limits: Self.limits, at: Self.at(now)) {
                admitted.append(now)
                leases.append(lease)
            }
            #expect(leases.count <= 2)
            #expect(quota.usage(at: Self.at(now)).first?.concurrent == leases.count)
        }
        // Two neighbouring fixed windows can lie within one stretch of their length, never three.
        for (index, start) in admitted.enumerated() {
            #expect(admitted[index...].prefix { $0 < start + 60 }.count <= 6)
            #expect(admitted[index...].prefix { $0 < start + 86_400 }.count <= 10)
        }
    }

    @Test("the platform's sentences, to the letter")
    func messages() {
        #expect(
            QuotaRefusal.byDay(limit: 50, wait: .seconds(5_631)).message
                == "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 5631 seconds before retrying."
        )
        #expect(
            QuotaRefusal.byMinute(limit: 10, wait: .seconds(45.2)).message
                == "Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 46 seconds before retrying."
        )
        #expect(
            QuotaRefusal.concurrent(limit: 2).message
                == "Rate limit of 2 per 0s exceeded for UserConcurrentRequests. Please wait 0 seconds before retrying."
        )
    }

    @Test(
        "the table of plans",
        arguments: [
            (RateTier.low, SimulatorTier.free, [15, 150, 8_000, 4_000, 5]),
            (.low, .pro, [15, 150, 8_000, 4_000, 5]), (.low, .business, [15, 300, 8_000, 4_000, 5]),
            (.low, .enterprise, [20, 450, 8_000, 8_000, 8]), (.high, .free, [10, 50, 8_000, 4_000, 2]),
            (.high, .business, [10, 100, 8_000, 4_000, 2]), (.high, .enterprise, [15, 150, 16_000, 8_000, 4]),
            (.embeddings, .free, [15, 150, 64_000, 0, 5]), (.reasoning, .pro, [1, 8, 4_000, 4_000, 1]),
            (.reasoning, .enterprise, [2, 12, 4_000, 4_000, 1]),
            (.smallReasoning, .business, [3, 15, 4_000, 4_000, 1]),
        ]
    )
    func table(tier: RateTier, plan: SimulatorTier, expected: [Int]) throws {
        let limits = try #require(tier.limits(for: plan))
        #expect([limits.perMinute, limits.perDay, limits.input, limits.output, limits.concurrent] == expected)
    }

    @Test("a free plan has no reasoning models", arguments: [RateTier.reasoning, .smallReasoning])
    func noAccess(tier: RateTier) { #expect(tier.limits(for: .free) == nil) }
}
