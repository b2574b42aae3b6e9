internal import Aurelis
internal import AurelisGateway
internal import AurelisSigning
internal import AurelisTLS
package import AurelisTransport
package import Logging
internal import Synchronization

/// What the two servers authenticate themselves and others with, and how it is exchanged while they run.
final class ServerSecurity: Sendable {
    /// What a configuration makes of it, read and checked, and not in effect yet.
    struct Change {
        fileprivate var gateway: TLSListener.Prepared?
        fileprivate var admin: TLSListener.Prepared?
        fileprivate var signatures: RequestSignatures?
    }

    let gateway: TLSListener?
    let admin: TLSListener?
    private let current: Mutex<RequestSignatures?>
    private let memory = SignatureMemory()
    private let watch = RefusalWatch()
    private let environment: [String: String]
    private let logger: Logger

    init(
        _ configuration: Configuration,
        environment: [String: String],
        logger: Logger
    ) throws(ConfigurationError) {
        self.environment = environment
        self.logger = logger
        let change = try Self.change(configuration, environment: environment, memory: memory)
        let watch = watch
        gateway = change.gateway.map { TLSListener($0) { watch.note($0, at: "gateway") } }
        admin = change.admin.map { TLSListener($0) { watch.note($0, at: "admin") } }
        current = Mutex(change.signatures)
    }

    /// Tells somebody of clients without the certificate that they must have, from now on.
    func report(to recorder: any RefusalRecorder) { watch.recorder.withLock { $0 = recorder } }

    /// What is asked of the signatures of requests now; nil: nothing.
    var signatures: RequestSignatures? { current.withLock { $0 } }

    /// Reads what a configuration refers to.
    ///
    /// - Throws: when something of it cannot be used.
    func prepare(_ configuration: Configuration) throws(ConfigurationError) -> Change {
        try Self.change(configuration, environment: environment, memory: memory)
    }

    /// Puts a change into effect for the connections and requests to come.
    func apply(_ change: Change) {
        exchange(gateway, change.gateway, of: "gateway")
        exchange(admin, change.admin, of: "admin")
        current.withLock { $0 = change.signatures }
    }

    private func exchange(_ listener: TLSListener?, _ prepared: TLSListener.Prepared?, of name: String) {
        switch (listener, prepared) {
        case (let listener?, let prepared?): listener.use(prepared)
        case (nil, nil): break
        default:
            logger.warning("\(name).tls was added or removed: that takes effect when the servers are started again")
        }
    }

    private static func change(
        _ configuration: Configuration,
        environment: [String: String],
        memory: SignatureMemory
    ) throws(ConfigurationError) -> Change {
        var change = Change()
        change.gateway = try prepare(configuration.gateway.listener, "gateway")
        change.admin = try prepare(configuration.admin, "admin")
        if let signatures = configuration.gateway.signatures {
            change.signatures = try SigningFactory(environment: environment).signatures(
                signatures,
                memory: memory,
                clock: .system
            )
        }
        return change
    }

    private static func prepare(
        _ listener: Configuration.Listener,
        _ name: String
    ) throws(ConfigurationError) -> TLSListener.Prepared? {
        guard let tls = listener.tls else { return nil }
        do { return try TLSListener.Prepared(tls) } catch {
            throw ConfigurationError("\(error)", path: "\(name).tls")
        }
    }
}

/// Passes refusals on to somebody who comes into being after the listeners.
private final class RefusalWatch: Sendable {
    let recorder = Mutex<(any RefusalRecorder)?>(nil)

    func note(_ refusal: ClientRefusal, at place: String) {
        let recorder = recorder.withLock { $0 }
        recorder?.blocked(by: refusal.rule, at: place) { RefusalDetails(address: refusal.address) }
    }
}

extension Configuration {
    /// How the control plane is authenticated by commands, and how they present themselves to it.
    package var adminTransport: TLSClientSettings {
        var settings = TLSClientSettings()
        settings.minimumVersion = admin.tls?.minimumVersion ?? .tls13
        settings.rootsFile = adminClient.rootsFile
        // One that vouches for itself is known by the configuration that names it.
        settings.additionalRootsFile = adminClient.rootsFile == nil ? admin.tls?.certificateFile : nil
        settings.clientCertificate = adminClient.certificate
        return settings
    }

    /// Reads the files that commands need to reach the control plane.
    ///
    /// - Throws: what cannot be used.
    package func checkAdminClient() throws(ConfigurationError) {
        var settings = adminTransport
        // The listener's own certificate may be closed to whoever gives commands.
        settings.additionalRootsFile = nil
        try settings.check(path: "admin.client")
    }

    /// Reads every file and variable that connections, listeners and signatures need, as starting would.
    ///
    /// - Throws: what cannot be used.
    package func checkSecurity(
        environment: [String: String],
        logger: Logger
    ) throws(ConfigurationError) {
        _ = try HTTPClientConfiguration(self, environment: environment)
        _ = try ServerSecurity(self, environment: environment, logger: logger)
        try checkAdminClient()
        for provider in providers {
            try provider.tls?.check(path: "providers.\(provider.id).tls")
            if let signing = provider.signing {
                _ = try SigningFactory(environment: environment).signer(signing, of: provider.id)
            }
        }
    }
}
