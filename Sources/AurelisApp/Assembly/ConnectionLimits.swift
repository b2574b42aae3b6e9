internal import AurelisServing
internal import Logging
internal import NIOCore

/// How many connections each listener may have, so that descriptors are left for files, databases and providers: without them
/// nothing is recorded and nobody is asked.
///
///     let limits = ConnectionLimits(configuration, openFiles: OpenFileLimit.current?.soft)
///     limits.gateway      // 10000, or fewer
struct ConnectionLimits: Sendable, Equatable {
    private(set) var gateway: Int
    private(set) var admin: Int

    /// - Parameter openFiles: how many descriptors there may be; nil: nobody knows.
    init(_ configuration: Configuration, openFiles: Int?, cores: Int = System.coreCount) {
        gateway = configuration.gateway.maximumConnections
        admin = configuration.adminConnections
        guard let openFiles else { return }
        let free = max(0, openFiles - Self.reserve(of: configuration, cores: cores))
        // Operators keep a place, and take no more than that of those whom they serve.
        admin = min(admin, Self.limit(within: free / 8, atLeast: 4))
        gateway = min(gateway, Self.limit(within: free - ConnectionCount.ceiling(of: admin), atLeast: 8))
    }

    /// How many descriptors are kept for all that is no connection of a client's: those of providers, event loops (of which
    /// each has four, in two groups), databases, files, children, watches over health.
    static func reserve(of configuration: Configuration, cores: Int = System.coreCount) -> Int {
        let threads = configuration.gateway.threads == 0 ? cores : configuration.gateway.threads
        return configuration.transport.totalConnections + 4 * (threads + cores) + 128
    }

    /// How many descriptors it takes that both have as many as they are configured to.
    static func needed(by configuration: Configuration, cores: Int = System.coreCount) -> Int {
        let gateway = configuration.gateway.maximumConnections
        let admin = configuration.adminConnections
        let free = max(
            ConnectionCount.ceiling(of: gateway) + ConnectionCount.ceiling(of: admin),
            8 * ConnectionCount.ceiling(of: admin)
        )
        return reserve(of: configuration, cores: cores) + free
    }

    /// Says where there are fewer than configured.
    func tell(_ configuration: Configuration, openFiles: Int?, _ logger: Logger) {
        guard let openFiles else { return }
        let fewer = [
            ("gateway.maximum_connections", configuration.gateway.maximumConnections, gateway),
            ("admin.maximum_connections", configuration.adminConnections, admin),
        ].filter { $0.1 > $0.2 }.map { "\($0.0) is \($0.2) instead of \($0.1)" }
        guard !fewer.isEmpty else { return }
        logger.warning(
            """
            \(openFiles) files may be open, which is too few: \(fewer.joined(separator: ", ")); \
            raise the hard limit (ulimit -Hn, LimitNOFILE of the unit) to \(Self.needed(by: configuration))
            """
        )
    }

    /// The largest limit whose connections, those being refused included, are no more than that.
    private static func limit(within descriptors: Int, atLeast least: Int) -> Int {
        // Those being refused are an eighth, and never more than 64.
        max(least, descriptors - 72, (descriptors - 9) * 8 / 9)
    }
}
