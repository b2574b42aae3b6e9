package import AurelisTLS
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// One way to authenticate servers, and what it takes to do so. Connections of one profile serve no other.
///
///     let profile = TLSProfile(settings) { report in logger.warning("\(report)") }
///     let origin = HTTPOrigin(scheme: .https, host: "api.example.com", security: profile)
///
/// Files are read when the first https connection needs them, once and off the event loops: reading the system's roots
/// takes tens of milliseconds.
package final class TLSProfile: Sendable {
    /// What a connection is encrypted and verified with.
    struct Material: Sendable {
        var context: NIOSSLContext
        /// Who verifies the server instead of BoringSSL; nil: BoringSSL does.
        var verifier: PeerVerifier?
    }

    /// How the server's certificate is found to be the right one.
    private enum Verification: Hashable {
        case builtIn
        case own
    }

    /// How servers are authenticated.
    package let settings: TLSClientSettings
    private let reports: PinReports
    private let materials = Mutex<[Verification: EventLoopFuture<Material>]>([:])

    /// A profile.
    ///
    /// - Parameter onMismatch: told, once for each server, of one that has none of the keys it should have while pins
    ///   are only reported.
    package init(_ settings: TLSClientSettings, onMismatch: @escaping @Sendable (PinMismatch) -> Void = { _ in }) {
        self.settings = settings
        self.reports = PinReports(onMismatch)
    }

    /// What to make a connection with; a failure to make it is not remembered.
    ///
    /// - Parameter isTunnelled: whether the socket's other end is a proxy.
    func material(for origin: HTTPOrigin, isTunnelled: Bool, on eventLoop: any EventLoop) -> EventLoopFuture<Material> {
        // NIOSSL compares the certificate of a server that is named by address with the address of the socket.
        let needsOwn = settings.pins != nil || (isTunnelled && origin.isAddress)
        let verification = needsOwn ? Verification.own : .builtIn
        let (future, isNew) = materials.withLock { materials in
            if let future = materials[verification] { return (future, false) }
            let future = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [settings, reports] in
                Material(
                    context: try NIOSSLContext(configuration: settings.configuration(verifiesItself: !needsOwn)),
                    verifier: needsOwn ? try PeerVerifier(settings, reports) : nil
                )
            }
            materials[verification] = future
            return (future, true)
        }
        if isNew {
            future.whenFailure { _ in self.materials.withLock { $0[verification] = nil } }
        }
        return future.hop(to: eventLoop)
    }
}

extension TLSProfile.Material {
    /// The handler that encrypts a connection and decides whether its server is the right one. A server named by
    /// address is checked against the addresses in its certificate.
    ///
    /// - Parameter verdict: where the reason is left when `PeerVerifier` refuses the server.
    func makeHandler(for origin: HTTPOrigin, _ verdict: PeerVerdict) throws -> NIOSSLClientHandler {
        let name = origin.isAddress ? nil : origin.host
        guard let verifier else { return try NIOSSLClientHandler(context: context, serverHostname: name) }
        return try NIOSSLClientHandler(
            context: context,
            serverHostname: name,
            customVerificationCallback: { presented, promise in
                // The bridge from NIO: nobody awaits a handshake but the attempt, which its own time limit ends.
                promise.completeWithTask {
                    do throws(TransportError) {
                        try await verifier.verify(presented, of: origin)
                        return .certificateVerified
                    } catch {
                        verdict.refuse(error)
                        return .failed
                    }
                }
            }
        )
    }
}

extension TLSProfile: Hashable {
    /// Profiles with the same settings may use each other's connections.
    package static func == (left: TLSProfile, right: TLSProfile) -> Bool {
        left === right || left.settings == right.settings
    }

    /// Hashes the settings.
    package func hash(into hasher: inout Hasher) { hasher.combine(settings) }
}

extension TLSClientSettings {
    /// NIOSSL's form: full verification, TLS 1.2 or 1.3 at least, HTTP/1.1 only.
    ///
    /// - Parameter verifiesItself: whether the host's name is compared here and not by `PeerVerifier`.
    func configuration(verifiesItself: Bool = true) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = minimumVersion.version
        configuration.certificateVerification = verifiesItself ? .fullVerification : .noHostnameVerification
        configuration.applicationProtocols = ["http/1.1"]
        // A closed connection counts against the limits until its server has answered the TLS farewell.
        configuration.shutdownTimeout = .seconds(1)
        if let rootsFile { configuration.trustRoots = .certificates(try TLSFile.certificates(rootsFile)) }
        if let additionalRootsFile {
            configuration.additionalTrustRoots = [.certificates(try TLSFile.certificates(additionalRootsFile))]
        }
        if let clientCertificate {
            let (chain, key) = try clientCertificate.load()
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(key)
        }
        return configuration
    }

    /// Reads every file that is named, so that what is wrong with one is known before it is needed.
    package func check() throws(TLSFileError) {
        if let rootsFile { _ = try TLSFile.certificates(rootsFile) }
        if let additionalRootsFile { _ = try TLSFile.certificates(additionalRootsFile) }
        if let clientCertificate { _ = try clientCertificate.load() }
    }
}

extension TLSClientSettings.ClientCertificate {
    fileprivate func load() throws(TLSFileError) -> ([NIOSSLCertificate], NIOSSLPrivateKey) {
        try TLSFile.identity(certificate: certificateFile, key: keyFile)
    }
}
