/// A node's word that another node has the slot: for good (`MOVED`) or for this command (`ASK`).
package struct RedisRedirect: Sendable, Hashable {
    /// The other node.
    package var endpoint: RedisEndpoint
    /// The slot.
    package var slot: RedisKeySlot
    /// Whether it is for this command only.
    package var isAsk: Bool

    /// Reads `MOVED 3999 127.0.0.1:6381`; nil for every other error. A missing host means the asked node's own.
    package init?(_ error: RESPErrorReply, from asked: RedisEndpoint) {
        let words = error.text.split(separator: " ")
        guard words.count >= 3, words[0] == "MOVED" || words[0] == "ASK",
            let slot = UInt16(words[1]).flatMap(RedisKeySlot.init(rawValue:)),
            let colon = words[2].lastIndex(of: ":"),
            let port = UInt16(words[2][words[2].index(after: colon)...]), port > 0
        else { return nil }
        var host = String(words[2][..<colon])
        if host.isEmpty {
            guard case .tcp(let own, _) = asked else { return nil }
            host = own
        }
        self.slot = slot
        isAsk = words[0] == "ASK"
        endpoint = .tcp(host: host, port: Int(port))
    }
}
