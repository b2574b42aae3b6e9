package import Aurelis
internal import AurelisTransport
package import Logging
internal import NIOPosix

/// Looks over everything that a gateway needs, side by side, and says what to do about each thing that is wrong.
///
///     let doctor = Doctor(.success(loaded), environment: environment, reach: .handshakes, logger: logger)
///     for finding in await doctor.run() { print(finding.verdict, finding.check, finding.message) }
///
/// Every dependency may be absent, slow or silent: each check has its own limit, the longest of eight seconds.
package struct Doctor: Sendable {
    /// How far it goes.
    package enum Reach: Sendable, Hashable {
        /// Nowhere: nothing leaves this machine's processes.
        case offline
        /// As far as a handshake: nothing is asked.
        case handshakes
        /// Providers are asked for their lists of models, which costs no tokens.
        case requests
    }

    let configuration: Configuration
    let environment: [String: String]
    let reach: Reach
    let clock: WallClock
    let logger: Logger
    /// What has to stand behind the commands it advises, so that they mean this configuration: ` --config aurelis.yaml`.
    let options: String
    /// How long a server may take to a handshake, or to one question.
    var patience: Duration = .seconds(4)
    private let loaded: Result<LoadedConfiguration, ConfigurationError>

    /// A doctor.
    ///
    /// - Parameters:
    ///   - fallback: what is looked at where the configuration cannot be read: where data would be, for example.
    ///   - options: the options that named the configuration, for the commands that it advises.
    package init(
        _ loaded: Result<LoadedConfiguration, ConfigurationError>,
        fallback: Configuration = Configuration(),
        environment: [String: String],
        reach: Reach,
        options: [String] = [],
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.loaded = loaded
        configuration = (try? loaded.get().configuration) ?? fallback
        self.environment = environment
        self.reach = reach
        self.clock = clock
        self.options = options.map { " " + Self.quoted($0) }.joined()
        var quiet = logger
        quiet.logLevel = .critical
        self.logger = quiet
    }

    /// Looks at everything.
    ///
    /// - Returns: the findings in the order of the checks, at least one of each.
    package func run() async -> [DoctorFinding] {
        let checks = checks
        return await withTaskGroup(of: (Int, [DoctorFinding]).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask { (index, await check.run()) }
            }
            var findings: [[DoctorFinding]] = Array(repeating: [], count: checks.count)
            for await (index, found) in group { findings[index] = found }
            return findings.flatMap(\.self)
        }
    }

    private var checks: [DoctorCheck] {
        let isLoaded = if case .success = loaded { true } else { false }
        let reading = DoctorCheck("configuration") { await configurationFindings(loaded) }
        // What depends on a configuration is not judged by the defaults.
        let dependent = [
            DoctorCheck("credentials") { await credentialFindings() },
            DoctorCheck("retirement") { retirementFindings() },
            DoctorCheck("upstream") { await upstreamFindings() },
        ]
        let clock = DoctorCheck("clock") { await clockFindings() }
        let storage = DoctorCheck("data directory") { await storageFindings() }
        let servers = [
            DoctorCheck("redis") { await redisFindings() },
            DoctorCheck("tls files") { tlsFindings() },
            DoctorCheck("ports") { await portFindings() },
            DoctorCheck("audit log") { await auditFindings() },
            DoctorCheck("alerts") { alertFindings() },
        ]
        let machine = [
            DoctorCheck("keyring") { await keyringFindings() },
            DoctorCheck("open files") { openFileFindings() },
        ]
        let proxy = DoctorCheck("proxy") { proxyFindings() }
        let skipped = { (check: DoctorCheck) in
            DoctorCheck(check.name) { [.init(check.name, .skipped, "the configuration cannot be read")] }
        }
        return [reading] + (isLoaded ? dependent : dependent.map(skipped)) + [clock, storage]
            + (isLoaded ? servers : servers.map(skipped)) + machine + [isLoaded ? proxy : skipped(proxy)]
    }
}

extension Doctor {
    /// Lends a client that connects as requests do, and ends it at once afterwards.
    func withClient<Value: Sendable>(
        _ body: (HTTPClient) async -> Value
    ) async throws(ConfigurationError) -> Value {
        var transport = try HTTPClientConfiguration(configuration, environment: environment)
        transport.shutdownGrace = .zero
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: transport)
        let value = await body(client)
        await client.shutdown()
        return value
    }

    /// Work that heeds cancellation, for so long at most; nil: it took longer.
    static func limited<Value: Sendable>(
        to limit: Duration,
        _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await work() }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// The checks of each element, side by side, in their order.
    static func each<Element: Sendable>(
        _ elements: [Element],
        _ check: @escaping @Sendable (Element) async -> [DoctorFinding]
    ) async -> [DoctorFinding] {
        await withTaskGroup(of: (Int, [DoctorFinding]).self) { group in
            for (index, element) in elements.enumerated() { group.addTask { (index, await check(element)) } }
            var findings: [[DoctorFinding]] = Array(repeating: [], count: elements.count)
            for await (index, found) in group { findings[index] = found }
            return findings.flatMap(\.self)
        }
    }

    /// A word as a shell takes it for one.
    private static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:@%+=,~".contains($0) }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// A day as people write it.
    static func day(_ secondsSinceEpoch: Int64) -> String {
        String(TimeStamp(milliseconds: secondsSinceEpoch * 1_000).description.prefix(10))
    }
}
