internal import AurelisServing
internal import AurelisStorage
internal import Logging
internal import NIOCore

/// How many connections each listener may have, and how many files may be on their way, so that descriptors are left for
/// databases, logs and providers: without them nothing is recorded and nobody is asked.
///
///     let limits = ConnectionLimits(configuration, openFiles: OpenFileLimit.current?.soft)
///     limits.gateway      // 10000, or fewer
struct ConnectionLimits: Sendable, Equatable {
    private(set) var gateway: Int
    private(set) var admin: Int
    /// Clients' files that are taken in at once, and those that are given out; each takes a descriptor beside its connection's.
    private(set) var uploads = FileLimits().uploads
    private(set) var downloads = FileLimits().downloads

    /// - Parameter openFiles: how many descriptors there may be; nil: nobody knows.
    init(_ configuration: Configuration, openFiles: Int?, cores: Int = System.coreCount) {
        gateway = configuration.gateway.maximumConnections
        admin = configuration.adminConnections
        guard let openFiles else { return }
        // Where there are few, files take no more than a twentieth.
        uploads = min(uploads, max(4, openFiles / 64))
        downloads = min(downloads, max(8, openFiles / 32))
        let free = max(0, openFiles - uploads - downloads - Self.reserve(of: configuration, cores: cores))
        // Operators keep a place, and take no more than that of those whom they serve.
        admin = min(admin, Self.limit(within: free / 8, atLeast: 4))
        gateway = min(gateway, Self.limit(within: free - ConnectionCount.ceiling(of: admin), atLeast: 8))
    }

    /// How many descriptors are kept for all that is no connection or file of a client's: those of providers, event loops (of which
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
        let files = FileLimits()
        return reserve(of: configuration, cores: cores) + free + files.uploads + files.downloads
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
