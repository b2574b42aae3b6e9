import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Makes the TLS context of a client when the first https connection needs it, once and off the event loops: reading
/// the system's roots takes tens of milliseconds.
final class TLSContextSource: Sendable {
    private let settings: TLSClientSettings
    private let context = Mutex<EventLoopFuture<NIOSSLContext>?>(nil)

    init(settings: TLSClientSettings) {
        self.settings = settings
    }

    /// The context; a failure to make it is not remembered.
    func context(on eventLoop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        let (future, isNew) = context.withLock { context in
            if let context { return (context, false) }
            let future = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [settings] in
                try NIOSSLContext(configuration: settings.configuration())
            }
            context = future
            return (future, true)
        }
        if isNew {
            future.whenFailure { _ in self.context.withLock { $0 = nil } }
        }
        return future.hop(to: eventLoop)
    }
}

extension TLSClientSettings {
    /// NIOSSL's form: full verification, TLS 1.2 or 1.3 at least, HTTP/1.1 only.
    func configuration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion =
            switch minimumVersion {
            case .tls12: .tlsv12
            case .tls13: .tlsv13
            }
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        // A closed connection counts against the limits until its server has answered the TLS farewell.
        configuration.shutdownTimeout = .seconds(1)
        if let additionalRootsFile {
            let roots = try NIOSSLCertificate.fromPEMFile(additionalRootsFile)
            configuration.additionalTrustRoots = [.certificates(roots)]
        }
        return configuration
    }
}
