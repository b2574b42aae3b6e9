extension RedisConfiguration {
    /// The configuration that a URL describes: `redis://[user:password@]host[:port][/database]`, `rediss://` for TLS,
    /// `unix://[user:password@]/path`. User and password may be percent-encoded. No error repeats the URL.
    package init(url: String) throws(RedisError) {
        guard let colon = url.firstRange(of: "://") else { throw .url("has no scheme") }
        let rest = url[colon.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        var credentials: Substring?
        if let at = authority.lastIndex(of: "@") {
            credentials = authority[..<at]
            authority = authority[authority.index(after: at)...]
        }
        switch url[..<colon.lowerBound].lowercased() {
        case "redis":
            self.init(endpoint: try Self.endpoint(authority))
            database = try Self.database(rest[slash...])
        case "rediss":
            self.init(endpoint: try Self.endpoint(authority))
            database = try Self.database(rest[slash...])
            usesTLS = true
        case "unix":
            guard authority.isEmpty, rest[slash...].count > 1 else { throw .url("has no socket path") }
            self.init(endpoint: .unix(path: try Self.decoded(rest[slash...])))
        default:
            throw .url("has a scheme other than redis, rediss and unix")
        }
        guard let credentials else { return }
        let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            username = parts[0].isEmpty ? nil : try Self.decoded(parts[0])
            password = RedisPassword(try Self.decoded(parts[1]))
        } else {
            throw .url("has a user without a password")
        }
    }

    private static func endpoint(_ authority: Substring) throws(RedisError) -> RedisEndpoint {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("["), let bracket = authority.lastIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            let tail = authority[authority.index(after: bracket)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw .url("has an invalid host") }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
            guard !host.contains(":") else { throw .url("has an IPv6 address without brackets") }
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || "[]@?#%".contains($0) }) else {
            throw .url("has no valid host")
        }
        guard let port else { return .tcp(host: String(host), port: 6379) }
        guard let number = UInt16(port), number > 0 else { throw .url("has an invalid port") }
        return .tcp(host: String(host), port: Int(number))
    }

    private static func database(_ path: Substring) throws(RedisError) -> Int {
        let text = path.dropFirst()
        guard !text.isEmpty else { return 0 }
        guard let number = UInt16(text) else { throw .url("has an invalid database number") }
        return Int(number)
    }

    private static func decoded(_ text: Substring) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexDigit), let low = rest.popFirst().flatMap(Self.hexDigit)
            else { throw .url("has an invalid percent-encoding") }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .url("is not UTF-8") }
        return decoded
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}

extension RedisError {
    fileprivate static func url(_ fault: String) -> RedisError {
        RedisError(.invalidURL, "The Redis URL \(fault).")
    }
}
