import Testing

@testable import AurelisRedis

@Suite("Cluster vocabulary")
struct ClusterVocabularyTests {
    @Test(
        "keys have the slots that Redis gives them",
        arguments: [
            ("123456789", 12_739), ("foo", 12_182), ("bar", 5_061), ("", 0), ("{foo}.a", 12_182),
            ("x{foo}y{bar}", 12_182),
            ("foo{", 0), ("foo{}{bar}", 0), ("{}foo", 0), ("a}foo{", 0),
        ] as [(String, UInt16)]
    )
    func slots(key: String, slot: UInt16) {
        let key = Array(key.utf8)
        // Zero stands for: nothing is cut out.
        let expected = slot == 0 ? RedisKeySlot.checksum(key[...]) % 16_384 : slot
        #expect(RedisKeySlot(key: key).rawValue == expected)
    }

    @Test("the checksum is CRC-16/XMODEM")
    func checksum() {
        #expect(RedisKeySlot.checksum(Array("123456789".utf8)[...]) == 0x31C3)
    }

    @Test(
        "redirects are read",
        arguments: [
            ("MOVED 3999 127.0.0.1:6381", "127.0.0.1:6381", false),
            ("ASK 3999 node.example:6381", "node.example:6381", true),
            ("MOVED 1 ::1:7000", "[::1]:7000", false),
            ("MOVED 1 :7000", "asked:7000", false),
        ]
    )
    func redirects(text: String, endpoint: String, isAsk: Bool) throws {
        let redirect = RedisRedirect(RESPErrorReply(text), from: .tcp(host: "asked", port: 1))
        #expect(redirect?.endpoint.description == endpoint)
        #expect(redirect?.isAsk == isAsk)
    }

    @Test(
        "other errors are no redirects",
        arguments: [
            "ERR x", "MOVED", "MOVED 16384 h:1", "MOVED -1 h:1", "MOVED 1 h", "MOVED 1 h:0", "MOVED 1 h:70000",
            "MOVEDX 1 h:1",
        ]
    )
    func noRedirects(text: String) {
        #expect(RedisRedirect(RESPErrorReply(text), from: .tcp(host: "asked", port: 1)) == nil)
    }

    @Test("a full map of links lets go of the least recently used, never of the seed")
    func eviction() {
        func node(_ number: Int) -> RedisEndpoint { .tcp(host: "n", port: number) }
        var topology = RedisTopology<Int>(seed: node(0), maximumLinks: 3)
        for number in 0...2 { #expect(topology.link(to: node(number)) { number }?.evicted == nil) }
        _ = topology.link(to: node(1)) { -1 }
        let slot = RedisKeySlot(key: [1])
        topology.moved(slot, to: node(2))
        #expect(topology.owner(ofKey: [1]) == node(2))
        #expect(topology.link(to: node(3)) { 3 }?.evicted == 2)
        #expect(topology.owner(ofKey: [1]) == node(0), "what the evicted node owned is unknown")
        #expect(topology.close().sorted() == [0, 1, 3])
        #expect(topology.link(to: node(0)) { 0 } == nil)
    }

    @Test("an unreachable node's slots are asked from the seed again")
    func forgetting() {
        let seed = RedisEndpoint.tcp(host: "seed", port: 1)
        let other = RedisEndpoint.tcp(host: "other", port: 1)
        var topology = RedisTopology<Int>(seed: seed, maximumLinks: 3)
        #expect(topology.owner(ofKey: [1]) == seed)
        topology.moved(RedisKeySlot(key: [1]), to: other)
        #expect(topology.owner(ofKey: [1]) == other)
        #expect(topology.owner(ofKey: nil) == seed)
        topology.forget(other)
        #expect(topology.owner(ofKey: [1]) == seed)
    }
}
