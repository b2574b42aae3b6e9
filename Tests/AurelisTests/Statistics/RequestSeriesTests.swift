import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Requests by stretches of time")
struct RequestSeriesTests {
    static func record(
        at time: Int64 = 0,
        _ outcome: RequestRecord.Outcome = .answered,
        cache: CacheStatus? = nil,
        model: String? = "gpt-4o",
        task: TaskType = .general,
        milliseconds: Int = 10
    ) -> RequestRecord {
        var trace = RouteTrace()
        trace.cache = cache
        return RequestRecord(
            id: .next(),
            time: time,
            operation: .chatCompletion,
            task: task,
            modelUsed: model,
            stream: false,
            outcome: outcome,
            duration: .milliseconds(milliseconds),
            usage: TokenUsage(prompt: 3, completion: 4),
            cost: 5,
            trace: trace
        )
    }

    private static var point: RequestPoint {
        var point = RequestPoint()
        point.add(record())
        return point
    }

    @Test("each request counts once, by what became of it")
    func kinds() {
        var point = RequestPoint()
        point.add(Self.record())
        point.add(Self.record(.failed(.timeout)))
        point.add(Self.record(.interrupted))
        point.add(Self.record(cache: .hit(.memory, age: .zero)))
        point.add(Self.record(cache: .hit(.redis, age: .zero)))
        point.add(Self.record(cache: .hit(.database, age: .zero)))
        point.add(Self.record(cache: .stale(.database, age: .zero)))
        point.add(Self.record(cache: .shared(nil)))
        point.add(Self.record(cache: .miss))
        point.add(Self.record(.failed(.cancelled)))
        #expect(point.requests == 10 && point.failed == 2 && point.cancelled == 1 && point.answered == 7)
        #expect([point.memory, point.redis, point.database, point.stale, point.shared] == [1, 1, 1, 1, 1])
        // What the cache or an equal request made unnecessary was not used.
        #expect(point.tokens == 5 * 7 && point.cost == 5 * 5)
        #expect(point.time == 70_000)
    }

    @Test("two stretches together are what all of their requests are")
    func sums() {
        var random = SplitMix64(seed: 3)
        var (all, sum) = (RequestPoint(), RequestPoint())
        let caches: [CacheStatus?] = [nil, .hit(.memory, age: .zero), .hit(.redis, age: .zero), .shared(nil), .miss]
        for _ in 0..<20 {
            var point = RequestPoint()
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let record = Self.record(
                    [.answered, .answered, .interrupted, .failed(.cancelled)].randomElement(using: &random)!,
                    cache: caches.randomElement(using: &random)!,
                    milliseconds: Int.random(in: 0...900, using: &random)
                )
                point.add(record)
                all.add(record)
            }
            sum += point
        }
        #expect(sum == all && all.requests > 20)
    }

    @Test("a failure that is quick makes no answer quicker")
    func failures() throws {
        var point = RequestPoint()
        point.add(Self.record(milliseconds: 100))
        for _ in 0..<50 { point.add(Self.record(.failed(.connection), milliseconds: 0)) }
        #expect(try #require(point.percentile(0.5)) > .milliseconds(80))
    }

    @Test("whatever the clock does, what it holds is what came in the stretches that it knows", arguments: 0..<30)
    func sequences(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 1...9, using: &random)
        var series = RequestSeries(step: 1_000, count: count)
        // The model: every request by its second, and what is forgotten taken out.
        var model: [Int64: Int] = [:]
        var latest: Int64?
        var now: Int64 = 1_700_000_000_000
        for _ in 0..<150 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: now += Int64.random(in: 0...20_000, using: &random)
            case 1: now -= Int64.random(in: 0...20_000, using: &random)
            default: now += Int64.random(in: 0...700, using: &random)
            }
            let second = now / 1_000
            if let known = latest, known - second >= Int64(count) {
                model = [:]
                latest = second
            } else {
                latest = max(latest ?? second, second)
            }
            model[second, default: 0] += 1
            model = model.filter { $0.key > latest! - Int64(count) }
            series.add(Self.point, at: now)
            let asked = now + Int64.random(in: -3_000...3_000, using: &random)
            let points = series.points(until: asked)
            #expect(points.count == count)
            for (place, point) in points.enumerated() {
                let second = asked / 1_000 - Int64(count) + 1 + Int64(place)
                #expect(point.requests == model[second] ?? 0)
            }
        }
    }

    @Test("before the first request, and before 1970, there is nothing")
    func edges() {
        var series = RequestSeries(step: 1_000, count: 3)
        #expect(series.points(until: 1_700_000_000_000).allSatisfy { $0.requests == 0 })
        #expect(series.points(until: 0).allSatisfy { $0.requests == 0 })
        series.add(Self.point, at: -5)
        #expect(series.points(until: 0).map(\.requests) == [0, 0, 1])
        series.add(Self.point, at: .max)
        #expect(series.points(until: .max).map(\.requests) == [0, 0, 1])
    }
}
