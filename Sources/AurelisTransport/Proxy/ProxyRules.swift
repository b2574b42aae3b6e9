/// Which requests go by way of a proxy.
///
///     let rules = try ProxyRules(environment: ["HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".example.com,10.0.0.0/8"])
///     rules.proxy(for: origin)        // nil: directly
package struct ProxyRules: Sendable, Hashable {
    /// For http origins.
    package var http: ProxyServer?
    /// For https origins.
    package var https: ProxyServer?
    /// Origins that are spoken to directly.
    package var exceptions: [ProxyException] = []
    /// Whether servers on this machine are spoken to through the proxy as well.
    package var includesLoopback = false

    /// No proxy at all.
    package init() {}

    /// The proxy for an origin; nil: there is none.
    package func proxy(for origin: HTTPOrigin) -> ProxyServer? {
        guard let proxy = origin.scheme == .https ? https : http else { return nil }
        if !includesLoopback, NetworkAddress.isLoopback(origin.host) { return nil }
        return exceptions.contains { $0.covers(host: origin.host, port: origin.port) } ? nil : proxy
    }
}

extension ProxyRules {
    /// What the usual variables say: `https_proxy`, `http_proxy` and `no_proxy`, or the same in capitals. The lower case
    /// wins, as everywhere.
    package init(environment: [String: String]) throws(ProxyVariableError) {
        https = try Self.server("https_proxy", in: environment)
        http = try Self.server("http_proxy", in: environment)
        if let (_, list) = Self.value("no_proxy", in: environment) { exceptions = ProxyException.list(list) }
    }

    private static func server(
        _ name: String,
        in environment: [String: String]
    ) throws(ProxyVariableError) -> ProxyServer? {
        guard let (variable, address) = value(name, in: environment) else { return nil }
        do {
            return try ProxyServer(parsing: address)
        } catch {
            throw ProxyVariableError(variable: variable, message: error.message)
        }
    }

    private static func value(_ name: String, in environment: [String: String]) -> (name: String, value: String)? {
        for name in [name, name.uppercased()] {
            // Set to nothing it says that there is no proxy, whatever the other spelling has.
            if let value = environment[name] { return value.isEmpty ? nil : (name, value) }
        }
        return nil
    }
}

/// Why a variable names no proxy.
package struct ProxyVariableError: Error, Sendable, Hashable {
    /// The variable.
    package var variable: String
    /// What is wrong, for a person, without the subject of the sentence.
    package var message: String
}
