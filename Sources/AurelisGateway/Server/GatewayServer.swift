package import Aurelis
internal import AurelisServing
package import AurelisTLS
package import Logging
internal import NIOCore
internal import NIOHTTP1
package import NIOPosix
internal import ServiceLifecycle

/// The data plane: an HTTP/1.1 server that answers in OpenAI's shape, and in that of GitHub Models.
///
///     let server = GatewayServer(
///         configuration: configuration,
///         orchestrator: { orchestrator },
///         eventLoopGroup: .singleton,
///         logger: logger,
///         onListening: { address in print("listening on \(address)") }
///     )
///     try await server.run()
///
/// `run()` serves until a graceful shutdown: it stops accepting, lets requests in flight finish within
/// `timeLimits.drain`, closes idle connections, then cuts the rest. A cancelled task cuts at once.
package struct GatewayServer: Service {
    private let configuration: GatewayConfiguration
    private let eventLoopGroup: MultiThreadedEventLoopGroup
    let context: ServerContext
    private let security: TLSListener?
    private let onListening: @Sendable (ListeningAddress) -> Void

    /// A server that has not begun to listen.
    ///
    /// - Parameters:
    ///   - configuration: where to listen, and the bounds.
    ///   - orchestrator: who answers model calls; asked for every request, so that a reload can replace it.
    ///   - access: whose requests are answered; nil: everybody's, and nobody's key is looked at.
    ///   - security: TLS for every connection; nil: they are not encrypted.
    ///   - signatures: who verifies the signatures of requests; asked for every request, nil: nobody does.
    ///   - refusals: told whom the gateway turned away.
    ///   - stored: what keeps files and batches; nil: nothing, and clients are told so.
    ///   - eventLoopGroup: the event loops; accepted connections are spread over all of them.
    ///   - logger: for events of connections and requests, at level debug.
    ///   - onListening: told once where the server listens.
    package init(
        configuration: GatewayConfiguration = GatewayConfiguration(),
        orchestrator: @escaping @Sendable () -> ModelOrchestrator,
        access: GatewayAccess? = nil,
        security: TLSListener? = nil,
        signatures: @escaping @Sendable () -> RequestSignatures? = { nil },
        refusals: (any RefusalRecorder)? = nil,
        stored: StoredObjects? = nil,
        eventLoopGroup: MultiThreadedEventLoopGroup,
        logger: Logger = Logger(label: "aurelis.gateway"),
        onListening: @escaping @Sendable (ListeningAddress) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.eventLoopGroup = eventLoopGroup
        self.onListening = onListening
        self.security = security
        self.context = ServerContext(
            configuration: configuration,
            orchestrator: orchestrator,
            access: access,
            isSecure: security != nil,
            signatures: signatures,
            refusals: refusals,
            stored: stored,
            logger: logger
        )
    }

    /// Serves until a graceful shutdown or cancellation.
    ///
    /// - Throws: `GatewayError` when it cannot listen.
    package func run() async throws {
        let loops = try await makeLoops()
        defer { for loop in loops.values { loop.eventLoop.execute { loop.value.close() } } }
        let channel = try await listen(loops)
        let port = channel.localAddress?.port ?? configuration.port
        onListening(ListeningAddress(host: configuration.host, port: port, isSecure: security != nil))
        var isCancelled = false
        do { try await gracefulShutdown() } catch { isCancelled = true }
        await end(channel, loops, within: isCancelled ? .zero : configuration.timeLimits.drain)
    }

    private func makeLoops() async throws -> [ObjectIdentifier: NIOLoopBound<LoopContext>] {
        var loops: [ObjectIdentifier: NIOLoopBound<LoopContext>] = [:]
        for eventLoop in eventLoopGroup.makeIterator() {
            let loop = try await eventLoop.submit { [context] in
                NIOLoopBound(LoopContext(server: context, eventLoop: eventLoop), eventLoop: eventLoop)
            }.get()
            try await SelectorTurn.open(on: eventLoop) { loop.value.selectorTurn }
            loops[ObjectIdentifier(eventLoop)] = loop
        }
        return loops
    }

    private func listen(_ loops: [ObjectIdentifier: NIOLoopBound<LoopContext>]) async throws(GatewayError)
        -> any Channel
    {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = configuration.limits.headerBytes
        decoding.maxHeaderListSize = configuration.limits.headerBytes
        decoding.maxHeaderFieldCount = configuration.limits.headerFields
        let bootstrap = ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: Int32(clamping: configuration.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [limit = configuration.limits.connections] channel in
                channel.eventLoop.makeCompletedFuture {
                    let gate = AcceptGate(ceiling: ConnectionCount.ceiling(of: limit))
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [decoding, security] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.ioOnClosedChannel
                    }
                    let connection = HTTPConnectionHandler(loop: loop.value, eventLoop: channel.eventLoop)
                    let decoder = RequestDecoder(HTTPRequestDecoder(limitConfiguration: decoding), for: connection)
                    try security?.secure(channel)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(connection)
                }
            }
        do {
            return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw GatewayError(listening: configuration, error)
        }
    }

    private func end(
        _ channel: any Channel,
        _ loops: [ObjectIdentifier: NIOLoopBound<LoopContext>],
        within limit: Duration
    ) async {
        context.beginDraining()
        try? await channel.close()
        let drained = channel.eventLoop.makePromise(of: Void.self)
        context.connections.whenNone(drained)
        for loop in loops.values { loop.eventLoop.execute { loop.value.drain() } }
        let cut = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) {
            for loop in loops.values { loop.eventLoop.execute { loop.value.cut() } }
        }
        // A handler that does not heed its cancellation must not keep the process alive.
        let abandon = channel.eventLoop.scheduleTask(in: TimeAmount(limit) + .seconds(5)) { drained.succeed() }
        try? await drained.futureResult.get()
        cut.cancel()
        abandon.cancel()
    }
}
