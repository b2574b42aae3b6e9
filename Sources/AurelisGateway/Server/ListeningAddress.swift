/// Where a server listens.
package struct ListeningAddress: Sendable, Hashable, CustomStringConvertible {
    /// The host as configured.
    package var host: String
    /// The port that was bound.
    package var port: Int
    /// Whether it speaks TLS.
    package var isSecure: Bool

    /// An address.
    package init(host: String, port: Int, isSecure: Bool = false) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
    }

    /// `http://127.0.0.1:8787`.
    package var description: String {
        "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
