/// An HTTP proxy: where it listens, and how to introduce oneself.
///
///     let proxy = try ProxyServer(parsing: "http://proxy.example.com:3128")
package struct ProxyServer: Sendable, Hashable {
    /// A host name in lower case, or an IP address without brackets.
    package var host: String
    /// The TCP port.
    package var port: Int
    /// User and password; nil: the proxy wants none.
    package var credentials: ProxyCredentials?

    /// A proxy.
    package init(host: String, port: Int, credentials: ProxyCredentials? = nil) {
        self.host = host.lowercased()
        self.port = port
        self.credentials = credentials
    }

    /// A proxy from its address; `http://` may be left out, the port is 3128 unless it says another.
    package init(parsing address: String) throws(ProxyAddressError) {
        var rest = Substring(address)
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else {
                throw ProxyAddressError(message: "must begin with http://, no other kind of proxy is supported")
            }
            rest = rest[scheme.upperBound...]
        }
        // The last one: a password may hold others.
        if let at = rest.lastIndex(of: "@") {
            credentials = try ProxyCredentials(userInfo: rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        while rest.last == "/" { rest.removeLast() }
        do {
            let origin = try HTTPOrigin(parsing: "http://\(rest)")
            host = origin.host
            // 80 is what an address without a port means elsewhere, and where no proxy listens.
            port = HTTPOrigin.namesPort(rest) ? origin.port : 3_128
        } catch {
            // Without the text: it may hold a password.
            throw ProxyAddressError(message: "is no address of a proxy, such as http://proxy.example.com:3128")
        }
    }

    /// How it is named in errors, without credentials.
    var name: String { "http://\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(port)" }
}

extension ProxyServer: CustomStringConvertible {
    /// Its address, without credentials.
    package var description: String { name }
}

extension HTTPOrigin {
    fileprivate static func namesPort(_ authority: Substring) -> Bool {
        let end = authority.lastIndex(of: "]") ?? authority.startIndex
        return authority[end...].contains(":")
    }
}

/// Why a text is no proxy.
package struct ProxyAddressError: Error, Sendable, Hashable {
    /// What is wrong, for a person, without the subject of the sentence.
    package var message: String
}

extension TransportError {
    /// The proxy answered a request of which it is the reader with 407.
    static func refused(by proxy: ProxyServer) -> TransportError {
        let what = proxy.credentials == nil ? "wants user and password" : "refuses the user or the password"
        return TransportError(.proxyAuthentication, "The proxy \(proxy.name) \(what)")
    }
}
