internal import AurelisTLS
internal import AurelisTransport

extension HTTPClientConfiguration {
    /// What a configuration says about connections.
    ///
    /// - Throws: for a proxy or a file that cannot be used.
    init(_ configuration: Configuration, environment: [String: String]) throws(ConfigurationError) {
        self.init()
        let transport = configuration.transport
        maximumConnections = transport.totalConnections
        maximumConnectionsPerOrigin = transport.connectionsPerHost
        idleTimeout = transport.idleTimeout
        userAgent = "Aurelis/\(Version.current)"
        tls = transport.tls
        try tls.check(path: "transport.tls")
        // What is simulated goes nowhere.
        if !configuration.simulates { proxies = try ProxyRules(transport.proxy, environment: environment) }
    }
}

extension TLSClientSettings {
    /// - Parameter path: the setting, for errors.
    func check(path: String) throws(ConfigurationError) {
        do { try check() } catch { throw ConfigurationError("\(error)", path: path) }
    }
}

extension ProxyRules {
    fileprivate init(
        _ choice: Configuration.ProxyChoice,
        environment: [String: String]
    ) throws(ConfigurationError) {
        switch choice {
        case .none:
            self.init()
        case .environment:
            do {
                try self.init(environment: environment)
            } catch {
                throw ConfigurationError(
                    "the environment's proxy cannot be used: it \(error.message)",
                    origin: .environment(error.variable),
                    suggestion: "`transport: { proxy: none }` ignores it"
                )
            }
        case .fixed(let proxy):
            self.init()
            var server = proxy.server
            if let user = proxy.username {
                let password = try proxy.password.map { reference throws(ConfigurationError) in
                    try KeyText.read(reference, environment: environment, path: "transport.proxy.password")
                }
                server.credentials = ProxyCredentials(user: user, password: password?.withoutLineEnd ?? "")
            }
            (http, https) = (server, server)
            exceptions = proxy.exceptions
            includesLoopback = proxy.includesLoopback
        }
    }
}

extension String {
    /// Without the line break that editors put at the end of a file.
    fileprivate var withoutLineEnd: String {
        String(self[..<(lastIndex { $0 != "\n" && $0 != "\r\n" }.map { index(after: $0) } ?? startIndex)])
    }
}
