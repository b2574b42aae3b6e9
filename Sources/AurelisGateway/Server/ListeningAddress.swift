/// Where a server listens.
package struct ListeningAddress: Sendable, Hashable, CustomStringConvertible {
    /// The host as configured.
    package var host: String
    /// The port that was bound.
    package var port: Int

    /// An address.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `http://127.0.0.1:8787`.
    package var description: String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}
