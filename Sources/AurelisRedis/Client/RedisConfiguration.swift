/// How a Redis server is reached and how much patience it gets.
///
///     let configuration = try RedisConfiguration(url: "rediss://app:secret@cache.example:6380/2")
package struct RedisConfiguration: Sendable {
    /// The server, or any node of a cluster.
    package var endpoint: RedisEndpoint
    /// Speaks TLS, 1.2 at least. Not over Unix sockets.
    package var usesTLS = false
    /// Certificates for TLS.
    package var tls = RedisTLSSettings()
    /// The ACL user; nil is the server's default user.
    package var username: String?
    /// The password, when the server wants one.
    package var password: RedisPassword?
    /// The logical database.
    package var database = 0
    /// How connections name themselves to the server's operator. Without white space.
    package var clientName = "aurelis"
    /// The longest a command may take, connecting included, when the caller says nothing else.
    package var deadline: Duration = .milliseconds(5)
    /// The longest a connection may take to be usable. Connecting goes on after the deadline of a command.
    package var connectTimeout: Duration = .seconds(1)
    /// How often a subscription asks a silent server whether it is there; one that stays silent is given up.
    package var subscriptionProbeInterval: Duration = .seconds(5)
    /// Waits between attempts to connect.
    package var backoff = RedisBackoff()
    /// When a failing server is left alone.
    package var circuit = RedisCircuitPolicy()
    /// Commands on one connection that wait for a reply.
    package var maximumOutstanding = 4_096
    /// Bytes on one connection that the server has not taken yet.
    package var maximumUnsentBytes = 128 << 20
    /// Bytes of one command.
    package var maximumCommandBytes = 64 << 20
    /// Nodes of a cluster with a connection.
    package var maximumNodes = 32
    /// What one reply may cost.
    package var replyLimits = RESPParser.Limits()
    /// Chance for the jitter of waits: a number from 0 up to but not including 1.
    package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// The defaults for a server.
    package init(endpoint: RedisEndpoint) {
        self.endpoint = endpoint
    }
}

/// Where a Redis server listens.
package enum RedisEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// A host name or address, and a port.
    case tcp(host: String, port: Int)
    /// The path of a Unix socket.
    case unix(path: String)

    /// The endpoint for logs.
    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

/// Certificates for connections over TLS. The system's roots are always trusted.
package struct RedisTLSSettings: Sendable, Hashable {
    /// A PEM file with roots that are trusted besides the system's.
    package var additionalRootsFile: String?
    /// A PEM file with the client's certificate chain, for servers that ask for one.
    package var certificateFile: String?
    /// A PEM file with the certificate's key.
    package var privateKeyFile: String?

    /// The system's roots and no client certificate.
    package init() {}
}

/// A password that shows itself in no description.
package struct RedisPassword: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    let text: String

    /// A password.
    package init(_ text: String) { self.text = text }

    /// A placeholder.
    package var description: String { "[redacted]" }

    /// Hides the password from `dump`.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
