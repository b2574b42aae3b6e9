import AurelisTesting
import Testing

@testable import Aurelis

@Suite("What is known of the routes")
struct RouteHealthTests {
    private let time = ManualTimeSource()
    private let route = Route(provider: "p", model: .gpt4o)

    private func lesson(
        _ outcome: CircuitBreaker.Outcome,
        after duration: Duration = .seconds(1),
        pause: Duration? = nil
    ) -> RouteHealth.Lesson {
        .init(outcome: outcome, duration: duration, isStream: false, pause: pause.map { ($0, .rateLimit) })
    }

    private func settle(_ health: RouteHealth, on route: Route? = nil, _ lesson: RouteHealth.Lesson, times: Int = 1) {
        let route = route ?? self.route
        for _ in 0..<times {
            guard case .admitted(let permit) = health.admit(route, at: time.now) else { return }
            health.settle(permit, of: route, lesson, at: time.now)
        }
    }

    @Test("a route's trouble is its own")
    func independent() {
        let health = RouteHealth(time: time)
        settle(health, lesson(.fault), times: 5)
        #expect(health.obstacle(on: route, at: time.now) == .open(until: time.now.advanced(by: .seconds(60))))
        #expect(health.obstacle(on: Route(provider: "p", model: .gpt4oMini), at: time.now) == nil)
        #expect(health.obstacle(on: Route(provider: "q", model: .gpt4o), at: time.now) == nil)
    }

    @Test("a refused key is known until something is answered; the circuit stays as it is")
    func refusedKey() throws {
        let health = RouteHealth(time: time)
        var refusal = lesson(.neutral)
        refusal.isKeyRefused = true
        settle(health, refusal)
        let status = try #require(health.statuses().first)
        #expect(status.isKeyRefused && status.circuit == .closed && status.successRate == nil)
        settle(health, lesson(.fault))
        #expect(health.statuses().first?.isKeyRefused == true)
        settle(health, lesson(.success))
        #expect(health.statuses().first?.isKeyRefused == false)
    }

    @Test("a permit older than an outage has no effect on the circuit that follows")
    func oldPermit() {
        let health = RouteHealth(time: time)
        guard case .admitted(let old) = health.admit(route, at: time.now) else { return }
        settle(health, lesson(.fault), times: 5)
        time.advance(by: .seconds(60))
        settle(health, lesson(.success))
        health.settle(old, of: route, lesson(.fault), at: time.now)
        settle(health, lesson(.fault), times: 4)
        #expect(health.obstacle(on: route, at: time.now) == nil)
    }

    @Test("a reset closes the circuit, ends the pause, and makes permits from before it void")
    func reset() {
        let health = RouteHealth(time: time)
        let other = Route(provider: "q", model: .gpt4o)
        settle(health, lesson(.fault), times: 4)
        guard case .admitted(let old) = health.admit(route, at: time.now) else { return }
        settle(health, lesson(.fault))
        settle(health, on: other, lesson(.neutral, pause: .seconds(90)))
        #expect(health.reset { $0.provider == "p" } == 1)
        #expect(health.obstacle(on: route, at: time.now) == nil)
        #expect(health.obstacle(on: other, at: time.now) != nil)
        health.settle(old, of: route, lesson(.fault), at: time.now)
        settle(health, lesson(.fault), times: 4)
        #expect(health.obstacle(on: route, at: time.now) == nil)
        #expect(health.reset() == 2)
        #expect(health.reset() == 0)
    }

    @Test("the longest pause that was asked for counts, and passes")
    func pause() {
        let health = RouteHealth(time: time)
        settle(health, lesson(.neutral, pause: .seconds(10)))
        settle(health, lesson(.neutral, pause: .seconds(2)))
        let end = time.now.advanced(by: .seconds(10))
        #expect(health.obstacle(on: route, at: time.now) == .paused(until: end, cause: .rateLimit))
        time.advance(by: .seconds(10))
        #expect(health.obstacle(on: route, at: time.now) == nil)
    }

    @Test("a name that never answered or failed leaves nothing behind")
    func unknownNames() {
        let health = RouteHealth(time: time)
        for index in 0..<100 {
            settle(health, on: Route(provider: "p", model: ModelID("made-up-\(index)")), lesson(.neutral))
        }
        #expect(health.statuses().isEmpty)
    }

    @Test("routes beyond the bound push out those without trouble, never those with")
    func bounded() {
        let health = RouteHealth(time: time)
        settle(health, lesson(.fault), times: 5)
        for index in 0..<5_000 {
            settle(health, on: Route(provider: "p", model: ModelID("m-\(index)")), lesson(.success))
        }
        #expect(health.statuses().count == 4_096)
        #expect(health.statuses().contains { $0.route == route && $0.circuit == .open })
    }

    @Test("the status tells circuit, pause and performance")
    func status() throws {
        let health = RouteHealth(time: time)
        settle(health, lesson(.success, after: .seconds(2)))
        settle(health, lesson(.fault, after: .seconds(4)))
        settle(health, lesson(.neutral, pause: .seconds(7)))
        let status = try #require(health.statuses().first)
        #expect(status.circuit == .closed)
        #expect(status.failures == 1)
        #expect(status.pausedFor == .seconds(7))
        #expect(status.successRate == 0.5)
        // One answer took six seconds, counting the failure before it.
        #expect(status.answerTime == .seconds(6))
        #expect(status.firstContentTime == nil)
    }
}

@Suite("Performance of a route")
struct RoutePerformanceTests {
    private let start = ContinuousClock.now

    @Test("failures make a route slower, by the attempts that an answer takes")
    func failuresCost() {
        var performance = RoutePerformance()
        performance.observe(.seconds(1), answered: true, at: start)
        #expect(performance.expectedSeconds(at: start) == 1)
        performance.observe(.seconds(1), answered: false, at: start)
        #expect(performance.expectedSeconds(at: start) == 2)
        #expect(performance.successRate(at: start) == 0.5)
    }

    @Test("an observation counts half after the half-life, and is forgotten in the end")
    func decay() throws {
        var performance = RoutePerformance()
        performance.observe(.seconds(10), answered: true, at: start)
        let later = start.advanced(by: .seconds(300))
        performance.observe(.seconds(1), answered: true, at: later)
        let expected = try #require(performance.expectedSeconds(at: later))
        #expect(abs(expected - (10 * 0.5 + 1) / 1.5) < 1e-9)
        #expect(performance.expectedSeconds(at: later.advanced(by: .seconds(3_600))) == nil)
    }

    @Test("a route that only fails is the slowest of all")
    func hopeless() {
        var performance = RoutePerformance()
        performance.observe(.milliseconds(1), answered: false, at: start)
        #expect(performance.expectedSeconds(at: start) == .infinity)
    }
}
