import Testing

@testable import AurelisRedis

@Suite("Backoff")
struct RedisBackoffTests {
    @Test("waits double up to the cap, and the jitter never exceeds it")
    func doubling() {
        var backoff = RedisBackoff()
        let most = (0..<40).map { _ in backoff.next(random: 1) }
        #expect(most.prefix(8).map { $0 / .milliseconds(1) } == [50, 100, 200, 400, 800, 1_600, 3_200, 5_000])
        #expect(most.allSatisfy { $0 <= .seconds(5) })
        backoff.reset()
        #expect(backoff.next(random: 0) == .milliseconds(25))
        #expect(backoff.next(random: 0.5) == .milliseconds(75))
    }
}
