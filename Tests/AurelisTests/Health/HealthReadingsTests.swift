import AurelisTesting
import Testing

@testable import Aurelis

@Suite("What a process knows of its health without asking")
struct HealthReadingsTests {
    private let time = ManualTimeSource()
    private let recent: HealthEvidence

    init() { recent = HealthEvidence(time: time) }

    private func attempt(
        _ failure: ModelError.Category?,
        _ status: Int? = nil,
        at provider: ProviderID = "p",
        purpose: RouteTrace.Attempt.Purpose = .answer
    ) -> RouteTrace.Attempt {
        RouteTrace.Attempt(
            model: .gpt4o,
            provider: provider,
            purpose: purpose,
            failure: failure,
            reason: failure.map { "said \($0)" },
            status: status,
            duration: .seconds(1)
        )
    }

    private func record(_ attempts: RouteTrace.Attempt...) {
        var trace = RouteTrace()
        trace.attempts = attempts
        let failure = attempts.last?.failure
        recent.record(
            RequestRecord(
                id: .next(),
                time: 1_000,
                operation: .chatCompletion,
                task: .general,
                stream: false,
                outcome: failure.map { .failed($0) } ?? .answered,
                duration: .milliseconds(500),
                trace: trace
            )
        )
    }

    private func looks(_ change: (inout HealthReadings) -> Void = { _ in }) -> [String: HealthState] {
        var readings = HealthReadings()
        readings.providers = [("p", nil), ("q", nil)]
        readings.evidence = recent.providers
        readings.failures = recent.failures
        change(&readings)
        let observations = readings.observations(at: time.now)
        return Dictionary(
            observations.map { ("\($0.subject.component.rawValue) \($0.subject.name)", $0.state) }
        ) { $1 }
    }

    @Test("a refused credential stands against its provider, until it answers")
    func authentication() {
        record(attempt(.authentication, 401))
        #expect(looks()["authentication p"] == .unhealthy && looks()["network p"] == .healthy)
        #expect(looks()["authentication q"] == .unknown)
        record(attempt(nil))
        #expect(looks()["authentication p"] == .healthy)
        record(attempt(.permission, 403))
        #expect(looks()["authentication p"] == .degraded)
    }

    @Test("what could not be connected to stands against the network, until it says anything at all")
    func network() {
        record(attempt(.connection), attempt(nil, at: "q"))
        #expect(looks()["network p"] == .unhealthy && looks()["authentication p"] == .unknown)
        #expect(looks()["network q"] == .healthy && looks()["authentication q"] == .healthy)
        record(attempt(.upstream, 503))
        #expect(looks()["network p"] == .healthy)
        record(attempt(.security))
        #expect(looks()["network p"] == .unhealthy)
    }

    @Test("evidence of a quarter of an hour ago says nothing any more")
    func freshness() {
        record(attempt(.authentication, 401), attempt(.connection, at: "q"))
        time.advance(by: .seconds(899))
        #expect(looks()["authentication p"] == .unhealthy && looks()["network q"] == .unhealthy)
        time.advance(by: .seconds(1))
        #expect(looks()["authentication p"] == .unknown && looks()["network q"] == .unknown)
    }

    @Test("what other requests have shared, and what the caller did wrong, stands against nobody")
    func innocent() {
        record(attempt(.connection, purpose: .shared))
        record(attempt(.invalidRequest, 400), attempt(.rateLimit, 429))
        #expect(recent.providers["p"]?.disconnection == nil && recent.providers["p"]?.refusal == nil)
        #expect(looks()["network p"] == .healthy)
    }

    @Test("news comes when something new stands against a provider, not with every failure")
    func news() async {
        let news = recent.news()
        record(attempt(.connection))
        var count = 0
        for await _ in news {
            count += 1
            if count == 1 {
                record(attempt(.connection))
                record(attempt(.connection))
                record(attempt(nil))
            } else {
                break
            }
        }
        #expect(count == 2 && recent.providers["p"]?.disconnection == nil)
    }

    @Test("routes are as their circuits are; a circuit that is to be tried again says nothing")
    func routes() {
        let health = RouteHealth(time: time)
        let route = Route(provider: "p", model: .gpt4o)
        func settle(_ outcome: CircuitBreaker.Outcome, pause: (Duration, ModelError.Category)? = nil) {
            guard case .admitted(let permit) = health.admit(route, at: time.now) else { return }
            let lesson = RouteHealth.Lesson(outcome: outcome, duration: .seconds(1), isStream: false, pause: pause)
            health.settle(permit, of: route, lesson, at: time.now)
        }
        func state() -> HealthState? { looks { $0.routes = health.statuses() }["models gpt-4o@p"] }
        settle(.success)
        #expect(state() == .healthy)
        for _ in 0..<2 { settle(.fault) }
        #expect(state() == .degraded)
        for _ in 0..<3 { settle(.fault) }
        #expect(state() == .unhealthy)
        time.advance(by: .seconds(61))
        #expect(state() == .unknown)
        for _ in 0..<2 { settle(.success) }
        #expect(state() == .healthy)
        settle(.neutral, pause: (.seconds(30), .rateLimit))
        #expect(state() == .degraded)
        time.advance(by: .seconds(31))
        settle(.neutral, pause: (.seconds(3_600), .retired))
        #expect(state() == .unhealthy)
        #expect(health.statuses().first?.idleFor == .seconds(31))
        #expect(
            looks {
                $0.providers = [("q", nil)]; $0.routes = health.statuses()
            }["models gpt-4o@p"] == nil
        )
    }

    @Test("a provider that has ended, an audit log that blocks, a full disk, a used day: each is seen as what it is")
    func others() {
        let seen = looks { readings in
            readings.providers = [("p", "it has retired")]
            readings.audit = .init(failure: "No space left on device", blocks: true)
            readings.storage = .init(failure: nil, free: 10 << 20)
            readings.layers = [.init("redis", .unhealthy, "refused")]
            let standings = [(0, 50), (46, 50), (50, 50)].map { used, amount in
                QuotaStanding(
                    meter: QuotaMeterID("m"),
                    lines: [
                        .init(
                            limit: QuotaLimit(.requests, per: .day, Int64(amount)),
                            used: Int64(used),
                            isLearned: false
                        ),
                        .init(limit: QuotaLimit(.requests, per: .minute, 1), used: 1, isLearned: false),
                    ],
                    inFlight: 0
                )
            }
            let models: [ModelID] = [.gpt4o, .gpt4oMini, .codestral2501]
            readings.quota = QuotaReport(
                time: 0,
                rows: zip(models, standings).map { .init(provider: "p", model: $0, standing: $1) }
            )
        }
        #expect(seen["models *@p"] == .unhealthy)
        #expect(seen["audit log"] == .unhealthy)
        #expect(seen["storage data directory"] == .healthy && seen["storage disk space"] == .unhealthy)
        #expect(seen["cache redis"] == .unhealthy)
        #expect(seen["quota gpt-4o@p"] == .healthy && seen["quota gpt-4o-mini@p"] == .degraded)
        #expect(seen["quota codestral-2501@p"] == .unhealthy)
        let going = looks { $0.audit = .init(failure: "slow", blocks: false) }
        #expect(going["audit log"] == .degraded)
    }

    @Test("what providers say comes into reports on one line, and without the secrets in it")
    func redacted() {
        for secret in SeededSecret.all(seed: 23) {
            let told = secret.context.before + secret.value + secret.context.after
            let words = HealthText.line("refused \(told)\nand more")
            #expect(!words.contains(secret.value) && !words.contains("\n") && words.hasPrefix("refused "))
        }
        #expect(HealthText.line(String(repeating: "x", count: 9_999)).count <= 300)
    }

    @Test("records tell what a process would know that had seen the requests")
    func records() {
        var records: [RequestRecord] = []
        for failure in [nil, nil, .upstream, .upstream, .upstream, .upstream, .upstream] as [ModelError.Category?] {
            var trace = RouteTrace()
            trace.attempts = [attempt(failure, 503), attempt(.connection, at: "q")]
            records.append(
                RequestRecord(
                    id: .next(),
                    time: 1_000,
                    operation: .chatCompletion,
                    task: .general,
                    stream: false,
                    outcome: .failed(.upstream),
                    duration: .zero,
                    trace: trace
                )
            )
        }
        let readings = HealthReadings.reading(records, at: time.now)
        let seen = readings.observations(at: time.now)
        let states = Dictionary(seen.map { ("\($0.subject.component.rawValue) \($0.subject.name)", $0.state) }) { $1 }
        #expect(states["models gpt-4o@p"] == .unhealthy && states["network p"] == .healthy)
        #expect(states["network q"] == .unhealthy)
        #expect(readings.routes.first { $0.route.provider == "p" }?.successRate == 2.0 / 7)
    }
}
