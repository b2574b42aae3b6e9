/// Where requests go: scheme, host and port. Connections are pooled by it.
///
///     let origin = try HTTPOrigin(parsing: "https://api.example.com")
///     let (host, basePath) = try HTTPOrigin.split("https://api.example.com/v1/")  // basePath "/v1"
package struct HTTPOrigin: Sendable {
    /// How the connection is made.
    package enum Scheme: String, Sendable, Hashable {
        /// Plain TCP.
        case http
        /// TLS.
        case https
    }

    /// How the connection is made.
    package let scheme: Scheme
    /// A host name in lower case, or an IP address without brackets.
    package let host: String
    /// The TCP port.
    package let port: Int
    /// The value of the `Host` header: the port is left out when it is the scheme's own.
    package let authority: String
    /// How its server is authenticated; nil: as the client does it.
    package var security: TLSProfile?

    /// An origin from its parts; the default port is the scheme's own.
    package init(scheme: Scheme, host: String, port: Int? = nil, security: TLSProfile? = nil) {
        self.scheme = scheme
        self.security = security
        self.host = host.lowercased()
        self.port = port ?? scheme.defaultPort
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]" : self.host
        self.authority = self.port == scheme.defaultPort ? name : "\(name):\(self.port)"
    }
}

extension HTTPOrigin {
    /// Whether the host is an IP address rather than a name.
    var isAddress: Bool {
        host.utf8.contains(UInt8(ascii: ":")) || host.utf8.allSatisfy { (0x30...0x39) ~= $0 || $0 == 0x2E }
    }
}

extension HTTPOrigin: Hashable {
    /// Two origins are the same when a connection to one serves the other: so a connection whose server was found to have
    /// the keys of one provider, or was not asked for any, is never used for another.
    package static func == (lhs: HTTPOrigin, rhs: HTTPOrigin) -> Bool {
        lhs.port == rhs.port && lhs.scheme == rhs.scheme && lhs.host == rhs.host && lhs.security == rhs.security
    }

    /// Hashes host and port: the rest hardly ever tells two origins apart.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(host)
        hasher.combine(port)
    }
}

extension HTTPOrigin: CustomStringConvertible {
    /// Such as `https://api.example.com`.
    package var description: String { "\(scheme.rawValue)://\(authority)" }
}

extension HTTPOrigin.Scheme {
    /// 80 or 443.
    package var defaultPort: Int { self == .http ? 80 : 443 }
}
