package import NIOCore
package import NIOSSL
internal import Synchronization

/// The server's side of TLS for the connections of a listener, with certificates that can be exchanged while it listens.
///
///     let listener = TLSListener(try TLSListener.Prepared(settings))
///     bootstrap.childChannelInitializer { channel in
///         channel.eventLoop.makeCompletedFuture { try listener.secure(channel) }
///     }
///     listener.use(try TLSListener.Prepared(settings))        // for connections to come
package final class TLSListener: Sendable {
    /// Certificate, key and rules, read and checked.
    package struct Prepared: Sendable {
        fileprivate var context: NIOSSLContext
        fileprivate var asksClients: Bool
    }

    private let current: Mutex<Prepared>
    private let handshake: TimeAmount
    private let onRefusal: @Sendable (ClientRefusal) -> Void

    /// A listener's side of TLS.
    ///
    /// - Parameters:
    ///   - handshake: how long a handshake may take.
    ///   - onRefusal: told of clients without the certificate that they must have.
    package init(
        _ prepared: Prepared,
        handshake: TimeAmount = .seconds(10),
        onRefusal: @escaping @Sendable (ClientRefusal) -> Void = { _ in }
    ) {
        current = Mutex(prepared)
        self.handshake = handshake
        self.onRefusal = onRefusal
    }

    /// Exchanges all of it for the connections to come; those that are open go on as they began.
    package func use(_ prepared: Prepared) {
        current.withLock { $0 = prepared }
    }

    /// Puts TLS in front of whatever else a connection gets. To be called on its event loop, first of all.
    ///
    /// After the handshake of a client that showed a certificate, the handlers behind are sent a `PeerCertificate`.
    package func secure(_ channel: any Channel) throws {
        let current = current.withLock { $0 }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(NIOSSLServerHandler(context: current.context))
        try pipeline.addHandler(HandshakeDeadline(handshake))
        if current.asksClients { try pipeline.addHandler(PeerCertificateHandler(onRefusal)) }
    }
}

extension TLSListener.Prepared {
    /// Reads the files.
    ///
    /// - Throws: what is wrong with one of them.
    package init(_ settings: TLSServerSettings) throws(TLSFileError) {
        let (chain, key) = try TLSFile.identity(certificate: settings.certificateFile, key: settings.keyFile)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = settings.minimumVersion.version
        configuration.applicationProtocols = ["http/1.1"]
        // A client that does not answer the farewell is not waited for.
        configuration.shutdownTimeout = .seconds(1)
        if let file = settings.clients.rootsFile {
            let roots = try TLSFile.certificates(file)
            configuration.trustRoots = .certificates(roots)
            configuration.sendCANameList = false
        }
        switch settings.clients {
        case .anonymous: configuration.certificateVerification = .none
        case .optional: configuration.certificateVerification = .optionalVerification
        case .required: configuration.certificateVerification = .noHostnameVerification
        }
        asksClients = settings.clients != .anonymous
        do { context = try NIOSSLContext(configuration: configuration) } catch {
            throw TLSFileError(settings.certificateFile, "cannot be used for TLS", error)
        }
    }
}

extension TLSMinimum {
    /// NIOSSL's form.
    package var version: TLSVersion {
        switch self {
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }
}
