extension HTTPOrigin {
    /// The origin of an http or https URL; its path is not looked at.
    ///
    /// Throws `.invalidURL` for other schemes, user names, and hosts that are not ASCII.
    package init(parsing url: String) throws(TransportError) {
        self = try HTTPOrigin.split(url).origin
    }

    /// The origin of a base URL, and its path without the closing slash (`""` when there is none).
    ///
    /// Throws `.invalidURL` also for a query or a fragment, which a base URL cannot have.
    package static func split(_ url: String) throws(TransportError) -> (origin: HTTPOrigin, basePath: String) {
        let text = Substring(url)
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw invalid("it holds a space, a control character or a letter beyond ASCII")
        }
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw invalid("it has no scheme")
        }
        guard let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
            throw invalid("its scheme is neither http nor https")
        }
        guard !text.contains("?"), !text.contains("#"), !text.contains("\\") else {
            throw invalid("it has a query, a fragment or a backslash")
        }
        let rest = text[text.index(colon, offsetBy: 3)...]
        let authorityEnd = rest.firstIndex(of: "/") ?? rest.endIndex
        let (host, port) = try parse(authority: rest[..<authorityEnd])
        var path = rest[authorityEnd...]
        while path.last == "/" { path.removeLast() }
        return (HTTPOrigin(scheme: scheme, host: host, port: port), String(path))
    }

    private static func parse(authority: Substring) throws(TransportError) -> (host: String, port: Int?) {
        guard !authority.contains("@") else { throw invalid("it holds a user name or password") }
        var host = authority
        var portText: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw invalid("its IPv6 address has no end") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let tail = authority[authority.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { throw invalid("its port is malformed") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
            guard host.utf8.contains(UInt8(ascii: ":")), host.utf8.allSatisfy(isAddressByte) else {
                throw invalid("its IPv6 address is malformed")
            }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                portText = authority[authority.index(after: colon)...]
            }
            guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { throw invalid("its host is malformed") }
        }
        guard let portText else { return (String(host), nil) }
        guard portText.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = Int(portText), (1...65535) ~= port
        else { throw invalid("its port is malformed") }
        return (String(host), port)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || isHexDigit(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39) ~= byte || (0x41...0x46) ~= byte || (0x61...0x66) ~= byte
    }

    // The URL itself stays out of the message: it may hold a credential.
    private static func invalid(_ reason: String) -> TransportError {
        TransportError(.invalidURL, "The URL cannot be used: \(reason).")
    }
}
