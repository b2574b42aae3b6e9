import Aurelis
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
    private let policy = RetryPolicy.standard

    @Test(
        "each category has its own number of retries",
        arguments: [
            (ModelError.Category.rateLimit, 5), (.connection, 3), (.upstream, 2), (.timeout, 0), (.authentication, 0),
            (.permission, 0), (.contentFilter, 0), (.invalidRequest, 0), (.contextLength, 0), (.retired, 0),
            (.modelUnavailable, 0), (.cancelled, 0), (.security, 0), (.quota, 0), (.overloaded, 0),
        ]
    )
    func retries(category: ModelError.Category, count: Int) {
        let failure = ModelError(category, "failed")
        let granted = (0..<20).prefix { policy.wait(after: failure, retry: $0, chance: 0.5) != nil }
        #expect(granted.count == count)
    }

    @Test("waits double from the base and never exceed the cap, jitter included", arguments: [0, 0.25, 0.5, 0.999])
    func backoff(chance: Double) throws {
        let rule = RetryPolicy.Rule(retries: 30, base: .seconds(1), cap: .seconds(60), jitter: true)
        let policy = RetryPolicy(rules: [.rateLimit: rule])
        for retry in 0..<30 {
            let wait = try #require(policy.wait(after: ModelError(.rateLimit, ""), retry: retry, chance: chance))
            let plain = min(Double(1 << min(retry, 20)), 1_000)
            #expect(wait <= .seconds(60))
            #expect(wait <= .seconds(plain * 1.25))
            #expect(wait >= min(.seconds(plain * 0.75), .seconds(60)))
        }
    }

    @Test("service faults wait without jitter")
    func noJitter() {
        let failure = ModelError(.upstream, "")
        #expect(policy.wait(after: failure, retry: 0, chance: 0) == .milliseconds(100))
        #expect(policy.wait(after: failure, retry: 1, chance: 0.99) == .milliseconds(200))
    }

    @Test("the provider's Retry-After wins over the schedule")
    func retryAfter() {
        var failure = ModelError(.rateLimit, "")
        failure.retryAfter = .seconds(46)
        #expect(policy.wait(after: failure, retry: 0, chance: 0) == .seconds(46))
    }

    @Test("a Retry-After beyond the cap is not waited for")
    func longRetryAfter() {
        var failure = ModelError(.rateLimit, "")
        failure.retryAfter = .seconds(5_631)
        #expect(policy.wait(after: failure, retry: 0, chance: 0) == nil)
    }

    @Test("a day's limit without a time is not backed off")
    func dayLimit() {
        var failure = ModelError(.rateLimit, "")
        failure.limit = .day
        #expect(policy.wait(after: failure, retry: 0, chance: 0) == nil)
    }
}
