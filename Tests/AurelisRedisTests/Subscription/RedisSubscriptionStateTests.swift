import Testing

@testable import AurelisRedis

@Suite("Subscription state")
struct RedisSubscriptionStateTests {
    private func confirmation(_ channel: String) -> [RESPValue] {
        [.bulk(Array("subscribe".utf8)), .bulk(Array(channel.utf8)), .integer(1)]
    }

    @Test("it is in force once every channel is confirmed; that is told once")
    func confirmations() {
        var state = RedisSubscriptionState(channels: ["a", "b", "a"])
        #expect(state.received(confirmation("a")) == .nothing)
        #expect(state.received(confirmation("other")) == .nothing)
        #expect(!state.isInForce)
        #expect(state.received(confirmation("b")) == .began)
        #expect(state.isInForce)
        #expect(state.received(confirmation("a")) == .nothing)
    }

    @Test(
        "only messages are messages",
        arguments: [
            [], [.simple("message")], [.simple("message"), .simple("a"), .null], [.null, .null, .null],
            [.simple("invalidate"), .simple("a"), .simple("x")], [.simple("pong"), .simple("")],
        ] as [[RESPValue]]
    )
    func others(elements: [RESPValue]) {
        var state = RedisSubscriptionState(channels: ["a"])
        #expect(state.received(elements) == .nothing)
        let message = state.received([.simple("message"), .simple("a"), .bulk([1, 2])])
        #expect(message == .message(channel: "a", payload: [1, 2]))
    }

    @Test("silence is noticed between two questions")
    func silence() {
        var state = RedisSubscriptionState(channels: ["a"])
        let answers = [1, 1, 2, 5, 5].map { state.isSilent(arrivals: $0) }
        #expect(answers == [false, true, false, false, true])
    }
}
