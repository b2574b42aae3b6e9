import AurelisTLS
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Makes the transport of connections: TCP, TLS over TCP, or a Unix socket.
final class RedisConnector: Sendable {
    private let configuration: RedisConfiguration
    private let context = Mutex<EventLoopFuture<NIOSSLContext>?>(nil)

    init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
    }

    /// Connects a handler, within the connect timeout; a failure reaches the handler too. The future is done when the
    /// channel is closed, or was never made. To be called on the event loop.
    func connect(
        _ handler: RedisConnectionHandler,
        to endpoint: RedisEndpoint,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(handler, eventLoop: eventLoop)
        let limit = TimeAmount(configuration.connectTimeout)
        let timer = eventLoop.scheduleTask(in: limit) {
            guard !bound.value.isReady else { return }
            bound.value.fail(RedisError(.connectionFailed, "Connecting to \(endpoint) took too long."))
        }
        return secureContext(for: endpoint, on: eventLoop).flatMap { secure in
            self.openChannel(to: endpoint, on: eventLoop).flatMap { channel in
                do {
                    let pipeline = channel.pipeline.syncOperations
                    if let secure { try pipeline.addHandler(Self.securityHandler(secure, endpoint)) }
                    try pipeline.addHandler(bound.value)
                } catch {
                    bound.value.fail(RedisError(connectingFailedWith: error))
                    channel.close(promise: nil)
                }
                return channel.closeFuture
            }
        }.flatMapErrorThrowing { error in
            bound.value.fail(RedisError(connectingFailedWith: error))
        }.always { _ in
            timer.cancel()
        }
    }

    private func openChannel(to endpoint: RedisEndpoint, on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(TimeAmount(configuration.connectTimeout))
        switch endpoint {
        case .unix(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port):
            let tcp = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
            guard let address = try? SocketAddress(ipAddress: host, port: port) else {
                return tcp.connect(host: host, port: port)
            }
            return tcp.connect(to: address)
        }
    }

    /// The TLS context is made once, off the event loops: reading the system's roots takes tens of milliseconds.
    private func secureContext(
        for endpoint: RedisEndpoint,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<NIOSSLContext?> {
        guard configuration.usesTLS, case .tcp = endpoint else { return eventLoop.makeSucceededFuture(nil) }
        let (future, isNew) = context.withLock { context in
            if let context { return (context, false) }
            let future = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [tls = configuration.tls] in
                try NIOSSLContext(configuration: tls.configuration())
            }
            context = future
            return (future, true)
        }
        // A failure is not remembered: the files may be there next time.
        if isNew { future.whenFailure { _ in self.context.withLock { $0 = nil } } }
        return future.hop(to: eventLoop).map { $0 }
    }

    private static func securityHandler(
        _ context: NIOSSLContext,
        _ endpoint: RedisEndpoint
    ) throws -> NIOSSLClientHandler {
        guard case .tcp(let host, _) = endpoint else {
            return try NIOSSLClientHandler(context: context, serverHostname: nil)
        }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}

extension RedisTLSSettings {
    fileprivate func configuration() throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.shutdownTimeout = .milliseconds(500)
        if let additionalRootsFile {
            configuration.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(additionalRootsFile))]
        }
        if let certificateFile, let privateKeyFile {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateFile).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: privateKeyFile, format: .pem))
        }
        return configuration
    }
}

extension RedisError {
    init(connectingFailedWith error: any Error) {
        switch error {
        case let error as RedisError: self = error
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self.init(.tlsFailure, Self.sentence("The TLS connection failed", error))
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE:
            self.init(.connectionClosed, "The server reset the connection.")
        default: self.init(.connectionFailed, Self.sentence("The connection failed", error))
        }
    }

    private static func sentence(_ what: String, _ error: any Error) -> String {
        ConnectionFault.words(error).map { "\(what): \($0)." } ?? "\(what)."
    }
}
