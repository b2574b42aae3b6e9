import AurelisJSON
import Testing

@testable import Aurelis
@testable import AurelisAdmin

@Suite("What is news")
struct NewsTests {
    private static func record(_ index: Int, asked: String = "gpt-4o") -> RequestRecord {
        var trace = RouteTrace()
        trace.cache = .miss
        return RequestRecord(
            id: .next(),
            time: Int64(index),
            operation: .chatCompletion,
            task: .general,
            modelRequested: asked,
            modelUsed: "gpt-4o",
            provider: "p",
            stream: false,
            outcome: .answered,
            duration: .milliseconds(5),
            usage: TokenUsage(prompt: 1, completion: 2),
            trace: trace
        )
    }

    @Test("requests are told once, the newest first, and those beyond a bound only counted")
    func requests() throws {
        let recent = RecentRequests()
        recent.record(Self.record(0))
        var news = RequestNews(recent)
        func told() -> [UInt8]? { news.next(atMost: 3) }
        #expect(told() == nil)
        for index in 1...5 { recent.record(Self.record(index)) }
        let document = try JSONDocument(try #require(told()))
        #expect(document["requests"]?.elements.map { $0["time_ms"]?.int ?? -1 } == [5, 4, 3])
        #expect(document["skipped"]?.int == 2)
        #expect(document["requests"]?[0]?["tokens"]?.int == 3 && document["requests"]?[0]?["cache"]?.string == "miss")
        #expect(told() == nil)
        recent.record(Self.record(6))
        news.passOver()
        #expect(told() == nil)
    }

    @Test(
        "a caller who makes names as long as books tells nobody the whole of them",
        arguments: ["\u{1F600}", "\u{301}", "\"", "\\"]
    )
    func longNames(letter: String) throws {
        let recent = RecentRequests()
        var news = RequestNews(recent)
        recent.record(Self.record(1, asked: "e" + String(repeating: letter, count: 100_000)))
        let told = news.next(atMost: 3)
        #expect(try #require(told).count < 2_000)
    }

    @Test("a circuit is news when its state changes, not when it gets faster")
    func circuits() throws {
        var news = CircuitNews()
        func told(_ statuses: [RouteStatus]) -> [UInt8]? { news.next(statuses) }
        var status = try #require(Self.status())
        #expect(told([]) == nil)
        #expect(told([status]) != nil)
        status.successRate = 0.5
        status.answerTime = .seconds(3)
        #expect(told([status]) == nil)
        status.circuit = .open
        status.opensIn = .seconds(60)
        let document = try JSONDocument(try #require(told([status])))
        #expect(document["circuits"]?[0]?["state"]?.string == "open")
        status.opensIn = .seconds(59)
        #expect(told([status]) == nil)
        status.pausedFor = .seconds(1)
        #expect(told([status]) != nil)
        status.isKeyRefused = true
        #expect(told([status]) != nil)
        // One that is forgotten and comes again is news.
        #expect(told([]) == nil)
        #expect(told([status]) != nil)
    }

    @Test("health is news when a state or a reason changes, and to whoever comes")
    func health() throws {
        var news = HealthNews()
        var part = HealthReport.Part(name: "m@p", state: .healthy, since: 1)
        func report(at time: Int64) -> HealthReport {
            let models = HealthReport.Component(component: .models, state: part.state, since: 1, parts: [part])
            return HealthReport(time: time, state: part.state, since: 1, components: [models])
        }
        func told(_ time: Int64, to arrivals: Int = 1) -> [UInt8]? { news.next(report(at: time), arrivals: arrivals) }
        #expect(told(1) != nil)
        part.facts.successRate = 0.5
        #expect(told(2) == nil)
        #expect(told(3, to: 2) != nil)
        #expect(told(4, to: 2) == nil)
        part.state = .unhealthy
        let document = try JSONDocument(try #require(told(5, to: 2)))
        #expect(document["status"]?.string == "unhealthy")
        #expect(document["time"]?.string == "1970-01-01T00:00:00.005Z")
        #expect(document["components"]?["models"]?["parts"]?[0]?["name"]?.string == "m@p")
    }

    /// Statuses are made from what was learnt only.
    private static func status() -> RouteStatus? {
        let health = RouteHealth()
        let route = Route(provider: "p", model: .gpt4o)
        guard case .admitted(let permit) = health.admit(route, at: .now) else { return nil }
        health.settle(permit, of: route, .success(after: .seconds(1), stream: false), at: .now)
        return health.statuses().first
    }
}
