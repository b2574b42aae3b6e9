import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One try to make a connection: name lookup, TCP, a proxy's tunnel, TLS handshake, all within one time limit.
///
/// Result, time limit and cancellation race; the first one decides, and a socket that comes too late is closed.
final class ConnectionAttempt: Sendable {
    typealias Outcome = Result<HTTPConnection, TransportError>

    private let origin: HTTPOrigin
    private let eventLoop: any EventLoop
    private let environment: ConnectionEnvironment
    private let proxy: ProxyServer?
    private let tunnel = TunnelProgress()
    private let verdict = PeerVerdict()
    private let outcome = OneShot<Outcome>()
    /// The sockets of the attempt; nil once it is decided.
    private let channels = Mutex<[any Channel]?>([])

    init(origin: HTTPOrigin, eventLoop: any EventLoop, environment: ConnectionEnvironment) {
        self.origin = origin
        self.eventLoop = eventLoop
        self.environment = environment
        self.proxy = environment.configuration.proxies.proxy(for: origin)
    }

    /// Makes the connection. Cancelling the task ends the attempt at once, whatever it is doing.
    func run(within limit: Duration) async throws(TransportError) -> HTTPConnection {
        let result = await withTaskCancellationHandler {
            start(within: limit)
            return await outcome.value()
        } onCancel: {
            decide(.failure(TransportError(.cancelled, "The request was cancelled while connecting.")))
        }
        return try result.get()
    }

    private func start(within limit: Duration) {
        let timer = eventLoop.scheduleTask(in: .nanoseconds(Int64(clamping: limit.clampedNanoseconds))) {
            self.decide(.failure(self.timeout))
        }
        security().flatMap { self.connect(with: $0) }.whenComplete { result in
            timer.cancel()
            switch result {
            case .success(let connection):
                if !self.decide(.success(connection)) { connection.close() }
            case .failure(let error):
                self.decide(.failure(self.failure(error)))
            }
        }
    }

    private func security() -> EventLoopFuture<TLSProfile.Material?> {
        switch origin.scheme {
        case .http:
            eventLoop.makeSucceededFuture(nil)
        case .https:
            (origin.security ?? environment.security)
                .material(for: origin, isTunnelled: proxy != nil, on: eventLoop).map { $0 }
        }
    }

    private func connect(with security: TLSProfile.Material?) -> EventLoopFuture<HTTPConnection> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: false)
            // The attempt's own timer covers the handshake too, and decides.
            .connectTimeout(.hours(1))
            .resolver(CachingResolver(cache: environment.addresses, eventLoop: eventLoop))
            .channelInitializer { channel in
                guard self.register(channel) else { return channel.eventLoop.makeFailedFuture(ChannelError.eof) }
                return channel.eventLoop.makeCompletedFuture {
                    try self.configure(channel, security: security)
                }
            }
        let (host, port) = proxy.map { ($0.host, $0.port) } ?? (origin.host, origin.port)
        let connected =
            if let address = try? SocketAddress(ipAddress: host, port: port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: host, port: port)
            }
        return connected.flatMap { channel in
            self.established(channel)
        }.flatMapErrorThrowing { error in
            // The addresses may be out of date; a lookup costs less than another attempt at the wrong ones.
            self.environment.addresses.forget(host: host, port: port)
            throw error
        }
    }

    private func configure(_ channel: any Channel, security: TLSProfile.Material?) throws {
        let pipeline = channel.pipeline.syncOperations
        if let security {
            if let proxy {
                let machine = ProxyTunnelStateMachine(host: origin.host, port: origin.port, through: proxy)
                let userAgent = environment.configuration.userAgent
                try pipeline.addHandler(ProxyTunnelHandler(machine, userAgent: userAgent, progress: tunnel))
            }
            try pipeline.addHandler(security.makeHandler(for: origin, verdict))
        }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = environment.configuration.maximumHeaderBytes
        limits.maxHeaderListSize = environment.configuration.maximumHeaderBytes
        limits.maxHeaderFieldCount = environment.configuration.maximumHeaderCount
        let decoder = HTTPResponseDecoder(limitConfiguration: limits)
        try pipeline.addHandlers(
            ByteToMessageHandler(decoder),
            HTTPConnectionHandler(
                settings: environment.handlerSettings(isSecure: security != nil),
                decoder: decoder,
                isEstablished: channel.eventLoop.makePromise()
            )
        )
    }

    private func established(_ channel: any Channel) -> EventLoopFuture<HTTPConnection> {
        do {
            let handler = try channel.pipeline.syncOperations.handler(type: HTTPConnectionHandler.self)
            let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
            return handler.established.flatMapThrowing {
                let connection = HTTPConnection(origin: self.origin, channel: channel, handler: bound.value)
                bound.value.serve(connection, for: self.environment.owner)
                return connection
            }
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    private var timeout: TransportError {
        if let proxy, !tunnel.isOpen {
            return TransportError(.proxyTimeout, "The proxy \(proxy.name) did not answer in time: \(origin)")
        }
        return TransportError(.connectTimeout, "Connecting took too long: \(origin)")
    }

    private func failure(_ error: any Error) -> TransportError {
        TransportError.connecting(
            to: origin,
            through: tunnel.isOpen ? nil : proxy,
            failedWith: verdict.refusal ?? error
        )
    }

    private func register(_ channel: any Channel) -> Bool {
        channels.withLock { channels in
            channels?.append(channel)
            return channels != nil
        }
    }

    @discardableResult
    private func decide(_ result: Outcome) -> Bool {
        guard outcome.resolve(result) else { return false }
        let sockets = channels.withLock { $0.take() } ?? []
        if case .failure = result {
            for socket in sockets { socket.close(mode: .all, promise: nil) }
        }
        return true
    }
}
