import NIOHTTP1

/// What RFC 9110 and 9112 allow in a request head, and which fields belong to the connection.
enum FieldRules {
    enum Kind: Sendable, Hashable {
        case ordinary
        /// Framing and hop-by-hop fields: the client sets them, or they have no business here.
        case owned
        case userAgent
        case acceptEncoding
    }

    /// Sorts a field by its name; throws for a name that is no token.
    static func kind(of name: String) throws(TransportError) -> Kind {
        guard isToken(name) else {
            throw TransportError(.invalidRequest, "A header name holds a character that is not allowed.")
        }
        // Comparing is only worth it for names of the right length.
        return switch name.utf8.count {
        case 2: matches(name, "te") ? .owned : .ordinary
        case 4: matches(name, "host") ? .owned : .ordinary
        case 6: matches(name, "expect") ? .owned : .ordinary
        case 7: matches(name, "upgrade") || matches(name, "trailer") ? .owned : .ordinary
        case 10:
            if matches(name, "user-agent") {
                .userAgent
            } else {
                matches(name, "connection") || matches(name, "keep-alive") ? .owned : .ordinary
            }
        case 14: matches(name, "content-length") ? .owned : .ordinary
        case 15: matches(name, "accept-encoding") ? .acceptEncoding : .ordinary
        case 16: matches(name, "proxy-connection") ? .owned : .ordinary
        case 17: matches(name, "transfer-encoding") ? .owned : .ordinary
        default: .ordinary
        }
    }

    static func check(method: String) throws(TransportError) {
        // CONNECT would turn the connection into a tunnel.
        guard isToken(method), method != "CONNECT" else {
            throw TransportError(.invalidRequest, "The method is not allowed.")
        }
    }

    static func check(target: String) throws(TransportError) {
        let isTarget = target.withBytes { bytes in
            (bytes.first == UInt8(ascii: "/") || target == "*") && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        guard isTarget else {
            throw TransportError(.invalidRequest, "The target is not a path, or holds a character to be escaped.")
        }
    }

    static func check(value: String, of name: String) throws(TransportError) {
        guard value.withBytes({ isValue($0) }) else { throw badValue(of: name) }
    }

    /// Whether bytes can be the value of a field.
    static func isValue(_ bytes: some Sequence<UInt8>) -> Bool {
        // A tab is the one control character a value may hold.
        bytes.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    static func badValue(of name: String) -> TransportError {
        TransportError(.invalidRequest, "The value of the header \(name) holds a control character.")
    }

    /// NIO's form of a method; it compares against every known one, hence the shortcut.
    static func method(_ name: String) -> HTTPMethod {
        switch name {
        case "POST": .POST
        case "GET": .GET
        default: HTTPMethod(rawValue: name)
        }
    }

    static func expectsBody(_ method: HTTPMethod) -> Bool {
        method == .POST || method == .PUT || method == .PATCH
    }

    static func isIdempotent(_ method: HTTPMethod) -> Bool {
        switch method {
        case .GET, .HEAD, .OPTIONS, .TRACE, .PUT, .DELETE: true
        default: false
        }
    }

    private static func matches(_ name: String, _ lowercased: StaticString) -> Bool {
        name.withBytes { bytes in
            for index in bytes.indices where bytes[index] | 0x20 != lowercased.utf8Start[index] | 0x20 {
                return false
            }
            return true
        }
    }

    private static func isToken(_ text: String) -> Bool {
        guard !text.isEmpty else { return false }
        return text.withBytes { bytes in bytes.allSatisfy(isTokenByte) }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "#"),
            UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension String {
    /// Its bytes in a row: going through `utf8` one by one takes several times as long.
    fileprivate func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = self
        return text.withUTF8(body)
    }
}
