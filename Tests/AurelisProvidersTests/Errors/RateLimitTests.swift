import Aurelis
import AurelisTransport
import Testing

@testable import AurelisProviders

@Suite("Rate limits")
struct RateLimitTests {
    private func classify(_ body: String, _ headers: [(String, String)] = []) -> ModelError {
        ErrorClassifier(clock: .fixed(1_795_392_000)).classify(
            status: 429,
            headers: HTTPHeaderList(headers),
            body: Array(body.utf8)
        )
    }

    private static func gitHub(_ message: String) -> String {
        #"{"error":{"code":"RateLimitReached","message":"\#(message)","details":"\#(message)"}}"#
    }

    @Test(
        "which limit it is, and how long to wait",
        arguments: [
            (
                gitHub(
                    "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 5631 seconds before retrying."
                ),
                [("retry-after", "5631"), ("x-ratelimit-type", "UserByModelByDay")], .day, 5_631
            ),
            (
                gitHub(
                    "Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 46 seconds before retrying."
                ),
                [("x-ratelimit-timeremaining", "46")], .minute, 46
            ),
            (
                gitHub(
                    "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 5631 seconds before retrying."
                ),
                [], .day, 5_631
            ),
            (
                gitHub(
                    "Rate limit of 2 per 0s exceeded for UserConcurrentRequests. Please wait 0 seconds before retrying."
                ),
                [("retry-after", "0"), ("x-ratelimit-type", "UserConcurrentRequests")], .concurrency, 0
            ),
            ("", [("retry-after", "0")], .concurrency, 0),
            ("", [("retry-after", "30")], .minute, 30),
            ("", [("retry-after", "4000")], .day, 4_000),
            ("", [("retry-after-ms", "1500"), ("retry-after", "2")], .minute, 1.5),
            ("", [("retry-after", "Mon, 23 Nov 2026 00:00:20 GMT")], .minute, 20),
            ("", [("retry-after", "Sun, 22 Nov 2026 00:00:20 GMT")], .concurrency, 0),
            (
                #"{"error":{"message":"Rate limit reached for gpt-4o on requests per min (RPM): Limit 3. Please try again in 20s.","type":"requests","code":"rate_limit_exceeded"}}"#,
                [], .minute, 20
            ),
            (
                #"{"error":{"message":"Rate limit reached for model `llama` on tokens per day (TPD): Limit 100000, Used 99000. Please try again in 7m12.48s.","type":"tokens","code":"rate_limit_exceeded"}}"#,
                [], .day, 432.48
            ),
            (
                #"{"error":{"code":"429","message":"Requests to the API have exceeded call rate limit. Please retry after 26 seconds."}}"#,
                [], .minute, 26
            ),
            (
                #"{"error":{"message":"slow down"}}"#,
                [
                    ("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1m30s"),
                    ("x-ratelimit-remaining-tokens", "10"), ("x-ratelimit-reset-tokens", "6h"),
                ], .minute, 90
            ),
            (
                #"{"error":{"message":"Rate limit exceeded: free-models-per-day","code":429,"metadata":{"headers":{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1795395600000"}}}}"#,
                [], .day, 3_600
            ),
            ("", [("x-ratelimit-reset", "1795392060")], .minute, 60),
            ("", [("x-ratelimit-reset", "7")], .minute, 7),
            (
                #"[{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"retryDelay":"45s"}]}}]"#,
                [], .day, 45
            ),
            ("", [("retry-after", "1e99")], .day, 2_678_400),
        ] as [(String, [(String, String)], ModelError.RateLimit, Double)]
    )
    func limits(_ body: String, _ headers: [(String, String)], _ limit: ModelError.RateLimit, _ seconds: Double) {
        let error = classify(body, headers)
        #expect(error.category == .rateLimit)
        #expect(error.limit == limit)
        #expect(error.retryAfter == .milliseconds((seconds * 1_000).rounded()))
    }

    @Test(
        "a 429 that says nothing names no limit and no wait",
        arguments: ["", #"{"error":{"message":"Too many requests"}}"#]
    )
    func silent(_ body: String) {
        #expect(classify(body).limit == nil)
        #expect(classify(body).retryAfter == nil)
    }

    @Test(
        "damaged waits are no waits",
        arguments: ["", "soon", "nan", "inf", "-", "12 monkeys", String(repeating: "9", count: 400)]
    )
    func damaged(_ value: String) {
        #expect(classify("", [("retry-after", value)]).retryAfter == nil)
    }

    @Test(
        "durations as providers write them",
        arguments: [
            ("1m2.5s", 62.5), ("350ms", 0.35), ("6m0s", 360), ("45s", 45), ("1h30m", 5_400), ("2.01s", 2.01), ("7", 7),
            ("1 day 2 hours", 93_600),
        ]
    )
    func durations(_ text: String, _ seconds: Double) {
        #expect(WaitTime.duration(text) == .milliseconds((seconds * 1_000).rounded()))
    }

    @Test("what is no duration", arguments: ["", "s", "1x", "1m2", "abc", "1s later", "."])
    func noDurations(_ text: String) {
        #expect(WaitTime.duration(text) == nil)
    }

    @Test(
        "how much is allowed, and of what",
        arguments: [
            ("Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 5631 seconds.", 50, .requests),
            ("Rate limit of 2 per 0s exceeded for UserConcurrentRequests.", 2, .requests),
            ("Rate limit of 15 per 60s exceeded for UserByMinute.", nil, .requests),
            ("Rate limit reached for gpt-4o on requests per min (RPM): Limit 3. Please try again.", 3, .requests),
            ("Rate limit reached for `x` on tokens per day (TPD): Limit 100000, Used 99000.", 100_000, .tokens),
            ("Rate limit reached: Limit 7", nil, .requests), ("Limit of many per day", nil, .requests),
            ("tokens per minute: limit 99999999999999999999", nil, .tokens), ("", nil, .requests),
        ] as [(String, Int64?, QuotaLimit.Unit)]
    )
    func amounts(_ message: String, _ amount: Int64?, _ unit: QuotaLimit.Unit) {
        let found = RateLimitKind.amount(in: message.lowercased())
        #expect(found?.amount == amount)
        if amount != nil { #expect(found?.unit == unit) }
    }
}
