/// Whom `NO_PROXY` exempts: a name with all below it, an address, a network, or everybody; where curl reads no port, one
/// may follow.
///
///     ProxyException.list("example.com, .internal:8443, 10.0.0.0/8, [::1]")
package struct ProxyException: Sendable, Hashable {
    private enum Pattern: Hashable, Sendable {
        case all
        case name(String)
        case network([UInt8], bits: Int)
    }

    private let pattern: Pattern
    private let port: Int?

    /// The entries of a list, divided by commas or spaces. What cannot be read exempts nobody.
    package static func list(_ text: String) -> [ProxyException] {
        text.split { $0 == "," || $0.isWhitespace }.compactMap(ProxyException.init)
    }

    /// One entry; nil for what cannot be read.
    package init?(_ entry: some StringProtocol) {
        var name = entry.lowercased()[...]
        if name == "*" {
            (pattern, port) = (.all, nil)
            return
        }
        if let slash = name.firstIndex(of: "/") {
            guard let address = NetworkAddress.bytes(name[..<slash].unbracketed),
                let bits = Int(name[name.index(after: slash)...]), (0...address.count * 8) ~= bits
            else { return nil }
            (pattern, port) = (.network(address, bits: bits), nil)
            return
        }
        if let address = NetworkAddress.bytes(name.unbracketed) {
            (pattern, port) = (.network(address, bits: address.count * 8), nil)
            return
        }
        var port: Int?
        if let colon = name.lastIndex(of: ":") {
            guard let number = Int(name[name.index(after: colon)...]), (1...65_535) ~= number else { return nil }
            port = number
            name = name[..<colon]
        }
        self.port = port
        if let address = NetworkAddress.bytes(name.unbracketed) {
            pattern = .network(address, bits: address.count * 8)
            return
        }
        if name.hasPrefix("*.") { name.removeFirst() }
        while name.first == "." { name.removeFirst() }
        while name.last == "." { name.removeLast() }
        guard !name.isEmpty else { return nil }
        pattern = .name(String(name))
    }

    /// Whether a server is exempt.
    func covers(host: String, port: Int) -> Bool {
        if let own = self.port, own != port { return false }
        switch pattern {
        case .all: return true
        case .name(let name):
            let host = host.hasSuffix(".") ? host.dropLast() : host[...]
            return host == name || host.hasSuffix("." + name)
        case .network(let network, let bits):
            guard let address = NetworkAddress.bytes(host), address.count == network.count else { return false }
            return zip(address, network).enumerated().allSatisfy { index, pair in
                let significant = min(8, max(0, bits - index * 8))
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> significant)
                return pair.0 & mask == pair.1 & mask
            }
        }
    }
}

extension Substring {
    fileprivate var unbracketed: Substring {
        first == "[" && last == "]" ? self[index(after: startIndex)..<index(before: endIndex)] : self
    }
}
