import Aurelis
import AurelisTransport
import Testing

@testable import AurelisProviders

@Suite("What is left of a provider's limits")
struct LimitWatchTests {
    private static func headers(_ requests: (String?, String?), _ tokens: (String?, String?)) -> HTTPHeaderList {
        var headers: HTTPHeaderList = ["content-type": "application/json"]
        for (name, value) in [
            ("X-RateLimit-Limit-Requests", requests.0), ("x-ratelimit-remaining-requests", requests.1),
            ("x-ratelimit-limit-tokens", tokens.0), ("X-Ratelimit-Remaining-Tokens", tokens.1),
        ] {
            if let value { headers.append(name, value) }
        }
        return headers
    }

    @Test(
        "the tightest limit that is told whole counts",
        arguments: [
            (("100", "25"), ("1000", "500"), 0.25), (("100", "80"), ("1000", "500"), 0.5),
            (("100", "0"), (nil, nil), 0),
            ((nil, nil), ("8", "2"), 0.25), ((nil, nil), (nil, nil), nil), (("100", nil), ("8", nil), nil),
            ((nil, "3"), ("8", "8"), 1), (("10", "20"), (nil, nil), 1), (("0", "0"), (nil, nil), nil),
            (("many", "3"), (nil, nil), nil), (("10", " "), (nil, nil), nil), (("10", ""), (nil, nil), nil),
            (("10", "-1"), (nil, nil), nil), ((" 10 ", " 5"), (nil, nil), 0.5),
            (("99999999999999999999", "1"), ("4", "1"), 0.25),
        ] as [((String?, String?), (String?, String?), Double?)]
    )
    func shares(_ requests: (String?, String?), _ tokens: (String?, String?), _ share: Double?) {
        #expect(LimitWatch.share(in: Self.headers(requests, tokens)) == share)
    }

    @Test("fields of the same length are not taken for limits")
    func others() {
        let headers: HTTPHeaderList = [
            "x-ratelimit-limit-tokenz": "1", "x-ratelimit-remaining-tokenz": "1",
            "x-ratelimit-limit-requestz": "1", "x-ratelimit-remaining-requestz": "1",
        ]
        #expect(LimitWatch.share(in: headers) == nil)
    }

    @Test("each model has its own; the latest answer counts, for a minute")
    func latest() {
        let time = ManualTime()
        let watch = LimitWatch(time: time)
        watch.learn(from: Self.headers(("10", "1"), (nil, nil)), for: "a")
        watch.learn(from: Self.headers(("10", "5"), (nil, nil)), for: "b")
        #expect(watch.headroom(for: "a") == 0.1)
        #expect(watch.headroom(for: "b") == 0.5)
        #expect(watch.headroom(for: "c") == nil)
        time.advance(by: .seconds(59))
        watch.learn(from: Self.headers(("10", "9"), (nil, nil)), for: "a")
        watch.learn(from: [:], for: "b")
        #expect(watch.headroom(for: "b") == 0.5)
        time.advance(by: .seconds(1))
        #expect(watch.headroom(for: "a") == 0.9)
        #expect(watch.headroom(for: "b") == nil)
    }

    @Test("callers' names do not pile up, and the oldest give way")
    func bound() {
        let time = ManualTime()
        let watch = LimitWatch(time: time)
        let headers = Self.headers(("2", "1"), (nil, nil))
        for number in 0..<(2 * LimitWatch.maximumModels) {
            time.advance(by: .milliseconds(1))
            watch.learn(from: headers, for: "m\(number)")
        }
        let kept = (0..<(2 * LimitWatch.maximumModels)).filter { watch.headroom(for: "m\($0)") != nil }
        #expect(kept == Array(LimitWatch.maximumModels..<(2 * LimitWatch.maximumModels)))
        watch.learn(from: headers, for: String(repeating: "m", count: 10_000))
        #expect(watch.headroom(for: String(repeating: "m", count: 10_000)) == nil)
    }

    private static let fields = ["x-ratelimit-limit-requests: 10", "x-ratelimit-remaining-requests: 3"]

    @Test(
        "answers and refusals for their number tell it; other failures do not",
        arguments: [(200, 0.3), (429, 0.3), (500, nil), (401, nil)] as [(Int, Double?)]
    )
    func statuses(_ status: Int, _ headroom: Double?) async throws {
        try await ProviderHarness.run(
            respond: { _, _ in [.response(status, #"{"choices":[]}"#, headers: Self.fields)] }
        ) { harness in
            let model = try #require(harness.provider.model(.gpt4o, for: .chatCompletion))
            #expect(harness.provider.headroom(of: model) == nil)
            _ = try? await harness.send()
            #expect(harness.provider.headroom(of: model) == headroom)
        }
    }

    @Test("a stream tells it with its head")
    func stream() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + Self.fields.joined(separator: "\r\n")
        try await ProviderHarness.run(respond: { _, _ in [.send(head + "\r\n\r\n"), .hold] }) { harness in
            let model = try #require(harness.provider.model(.gpt4o, for: .chatCompletion))
            guard case .stream(let stream) = try await harness.send(stream: true) else { return }
            #expect(harness.provider.headroom(of: model) == 0.3)
            stream.cancel()
        }
    }

    @Test("limits that are not the caller's are not learned")
    func foreign() async throws {
        try await ProviderHarness.run(
            preset: "github-models",
            environment: ["GITHUB_TOKEN": "gh-token-for-tests"],
            respond: { _, _ in [.response(200, #"{"choices":[]}"#, headers: Self.fields)] }
        ) { harness in
            _ = try await harness.send()
            let model = try #require(harness.provider.model(.gpt4o, for: .chatCompletion))
            #expect(harness.provider.headroom(of: model) == nil)
        }
    }

    @Test("limits whose time is known are told whole, for an hour")
    func plans() {
        let time = ManualTime()
        let watch = LimitWatch(periods: [.requests: .day, .tokens: .minute], time: time)
        #expect(watch.plan(of: "a") == nil)
        watch.learn(from: Self.headers(("1000", "1"), ("6000", nil)), for: "a")
        let limits = Set(watch.plan(of: "a")?.limits ?? [])
        #expect(limits == [QuotaLimit(.requests, per: .day, 1_000), QuotaLimit(.tokens, per: .minute, 6_000)])
        time.advance(by: .seconds(3_600))
        #expect(watch.plan(of: "a") == nil)
    }

    @Test("a refusal that names its limit tells it, whatever the headers are worth")
    func refusals() {
        let watch = LimitWatch(reads: false)
        watch.learn(from: Self.headers(("1000", "1"), (nil, nil)), for: "a")
        #expect(watch.plan(of: "a") == nil && watch.headroom(for: "a") == nil)
        var refusal = ModelError(.rateLimit, "no")
        refusal.limit = .day
        refusal.limitAmount = (50, .requests)
        watch.learn(from: refusal, of: "a")
        #expect(watch.plan(of: "a")?.limits == [QuotaLimit(.requests, per: .day, 50)])
        refusal.limit = .concurrency
        watch.learn(from: refusal, of: "b")
        #expect(watch.plan(of: "b") == nil)
    }
}
