import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL
import NIOTLS

/// The last handler of a connection's pipeline: carries out what `HTTPConnectionStateMachine` decides.
///
/// Automatic reading is off. A read is always outstanding, except while the caller's buffer is full, so that an idle
/// connection notices when the server closes it, and no poll registration changes from one request to the next.
final class HTTPConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    struct Settings: Sendable {
        var isSecure: Bool
        var idleTimeout: Duration
        var responseBufferBytes: Int
        var maximumDecompressedBytes: Int
        /// What one burst of reads, at most 256 KB on the wire, may expand to.
        var maximumBurstBytes = 16 * 1024 * 1024
    }

    private var machine = HTTPConnectionStateMachine()
    private var context: ChannelHandlerContext?
    /// The decoder's place in the pipeline: requests are written from there, in their wire form.
    private var wire: ChannelHandlerContext?
    private let decoder: HTTPResponseDecoder
    private var exchange: HTTPExchange?
    private let settings: Settings
    private var isEstablished: EventLoopPromise<Void>?
    /// Succeeds when the connection can take its first exchange.
    let established: EventLoopFuture<Void>
    // Both refer back to this handler; they are let go of when the channel becomes inactive.
    private var connection: HTTPConnection?
    private var owner: (any HTTPConnectionOwner)?

    // What the current burst of reads has brought.
    private var newHead: HTTPExchange.Response.Head?
    private var newBody: [UInt8] = []

    private var uploadedBytes = 0
    private var idleTimeout: Duration
    private var decompression = ResponseDecompression()
    private var timer: NIOScheduledCallback?
    private var timerDeadline: TransportInstant?

    /// - Parameter decoder: the one in the pipeline, right before this handler.
    init(settings: Settings, decoder: HTTPResponseDecoder, isEstablished: EventLoopPromise<Void>) {
        self.settings = settings
        self.decoder = decoder
        self.idleTimeout = settings.idleTimeout
        self.isEstablished = isEstablished
        self.established = isEstablished.futureResult
    }

    /// Takes up service for a pool, once established.
    func serve(_ connection: HTTPConnection, for owner: any HTTPConnectionOwner) {
        guard let context, context.channel.isActive else { return }
        self.connection = connection
        self.owner = owner
        machine.connected(idleUntil: now.advanced(by: idleTimeout))
        armTimer()
    }

    private var now: TransportInstant { TransportInstant(context?.eventLoop.now ?? .now()) }
}

// MARK: - Exchanges

extension HTTPConnectionHandler {
    /// Sends an exchange's request.
    func begin(_ exchange: HTTPExchange) {
        guard let wire, let connection, let owner else { return exchange.fail(.connectionGone) }
        guard exchange.isOpen else {
            // Cancelled on its way here; nothing was sent, so the connection is as good as before.
            return owner.connectionBecameIdle(connection)
        }
        guard machine.begin(exchange.terms, now: now) else { return exchange.fail(.connectionGone) }
        self.exchange = exchange
        let request = exchange.request
        uploadedBytes = min(request.body.count, EncodedRequest.sliceBytes)
        // The decoder reads a response by the method it answers.
        decoder.write(data: .head(HTTPRequestHead(version: .http1_1, method: request.method, uri: "")))
        wire.writeAndFlush(NIOAny(request.start), promise: nil)
        // The socket is written to at once. When that fails the channel is closed by now, and what the server got is
        // not a whole request. A promise would tell the same, but costs some percent of an exchange.
        if wire.channel.isActive { machine.requestReachedConnection() }
        continueUpload(of: request)
        armTimer()
    }

    private func continueUpload(of request: EncodedRequest) {
        while uploadedBytes < request.body.count {
            guard let wire, wire.channel.isWritable else { return machine.uploadProgressed(now: now) }
            let end = min(request.body.count, uploadedBytes + EncodedRequest.sliceBytes)
            let slice = ByteBuffer(bytes: request.body[uploadedBytes..<end])
            uploadedBytes = end
            wire.writeAndFlush(NIOAny(slice), promise: nil)
        }
        machine.uploadFinished(now: now)
    }

    func resumeReading(_ exchange: HTTPExchange) {
        guard self.exchange === exchange, machine.demanded(now: now) else { return }
        armTimer()
        context?.read()
    }

    func limitSilence(of exchange: HTTPExchange, to limit: Duration) {
        guard self.exchange === exchange else { return }
        machine.limitSilence(to: limit, now: now)
        armTimer()
    }

    func liftTotalLimit(of exchange: HTTPExchange) {
        guard self.exchange === exchange else { return }
        machine.liftTotalLimit()
    }

    func abandon(_ exchange: HTTPExchange) {
        guard self.exchange === exchange else { return }
        self.exchange = nil
        if machine.close() { closeAtOnce() }
    }

    func cut(_ failure: ExchangeFailure) {
        guard machine.close() else { return }
        carryOut(.failAndClose(failure))
    }
}

// MARK: - Channel events

extension HTTPConnectionHandler {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wire = try? context.pipeline.syncOperations.context(
            handlerType: ByteToMessageHandler<HTTPResponseDecoder>.self
        )
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A socket that never connects never becomes inactive.
        establish(.failure(ChannelError.eof))
        self.context = nil
        wire = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
        if !settings.isSecure { establish(.success(())) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { establish(.success(())) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard !decompression.isReplayingHead else { return }
            let action = machine.receivedHead(status: Int(head.status.code), keepsConnection: head.isKeepAlive)
            guard isToBeKept(action) else { return }
            receive(head, context: context)
        case .body(let buffer):
            guard isToBeKept(machine.receivedBody()) else { return }
            receive(buffer)
        case .end:
            _ = isToBeKept(machine.receivedEnd())
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let now = now
        switch machine.readComplete(idleUntil: now.advanced(by: idleTimeout), now: now) {
        case .nothing:
            break
        case .read:
            context.read()
        case .deliver:
            let isFull = exchange.map { deliver(to: $0, isComplete: false) } ?? false
            if machine.delivered(bufferIsFull: isFull) { context.read() }
            armTimer()
        case .finishAndRelease:
            let finished = exchange.take()
            // Before the caller is woken: its next request shall find this connection.
            if let connection { owner?.connectionBecameIdle(connection) }
            if let finished { _ = deliver(to: finished, isComplete: true) }
            armTimer()
            context.read()
        case .finishAndClose:
            carryOut(.finishAndClose)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard let exchange, context.channel.isWritable, uploadedBytes < exchange.request.body.count else { return }
        continueUpload(of: exchange.request)
        armTimer()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !decompression.isHarmless(error) else { return }
        establish(.failure(error))
        carryOut(machine.failed(TransportError.classify(error), cause: TransportError.words(error)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        establish(.failure(ChannelError.eof))
        carryOut(machine.becameInactive())
        timer?.cancel()
        timer = nil
        if let connection { owner?.connectionClosed(connection) }
        connection = nil
        owner = nil
    }

    private func establish(_ result: Result<Void, any Error>) {
        isEstablished.take()?.completeWith(result)
    }
}

// MARK: - Responses

extension HTTPConnectionHandler {
    private func receive(_ head: HTTPResponseHead, context: ChannelHandlerContext) {
        var headers = HTTPHeaderList(storage: head.headers)
        let facts = ResponseFacts(head, isHeadRequest: exchange?.request.method == .HEAD)
        idleTimeout = min(settings.idleTimeout, facts.keepAlive ?? settings.idleTimeout)
        decompression.prepare(for: facts)
        if facts.isCompressed {
            if facts.hasBody {
                headers.remove("Content-Encoding")
                headers.remove("Content-Length")
            }
            do {
                try installDecompressor(head, context: context)
            } catch {
                return carryOut(machine.failed(TransportError.classify(error), cause: TransportError.words(error)))
            }
        }
        newHead = HTTPExchange.Response.Head(status: Int(head.status.code), headers: headers)
    }

    private func installDecompressor(_ head: HTTPResponseHead, context: ChannelHandlerContext) throws {
        guard let decompressor = decompression.makeHandler(limit: settings.maximumDecompressedBytes) else { return }
        let operations = context.pipeline.syncOperations
        try operations.addHandler(decompressor, position: .before(self))
        // It decides by the head, which has passed its place already.
        decompression.isReplayingHead = true
        defer { decompression.isReplayingHead = false }
        let position = try operations.context(handler: decompressor)
        decompressor.channelRead(context: position, data: NIOAny(HTTPClientResponsePart.head(head)))
    }

    private func receive(_ buffer: ByteBuffer) {
        if newBody.isEmpty {
            newBody = Array(buffer: buffer)
        } else {
            newBody.append(contentsOf: buffer.readableBytesView)
        }
        if decompression.isActive, newBody.count > settings.maximumBurstBytes {
            let limit = NIOHTTPDecompression.DecompressionError.limit
            carryOut(machine.failed(TransportError.classify(limit), cause: nil))
        }
    }

    private func isToBeKept(_ action: HTTPConnectionStateMachine.PartAction) -> Bool {
        switch action {
        case .keep: return true
        case .drop: return false
        case .failAndClose(let failure):
            carryOut(.failAndClose(failure))
            return false
        }
    }

    private func deliver(to exchange: HTTPExchange, isComplete: Bool) -> Bool {
        var body: [UInt8] = []
        swap(&body, &newBody)
        return exchange.deliver(
            head: newHead.take(),
            body: body,
            isComplete: isComplete,
            pauseAt: settings.responseBufferBytes
        )
    }
}

// MARK: - Ending

extension HTTPConnectionHandler {
    private func carryOut(_ closing: HTTPConnectionStateMachine.Closing) {
        switch closing {
        case .nothing:
            return
        case .close:
            context?.close(promise: nil)
        case .finishAndClose:
            if let exchange = exchange.take() { _ = deliver(to: exchange, isComplete: true) }
            context?.close(promise: nil)
        case .failAndClose(let failure):
            if let exchange = exchange.take() {
                _ = deliver(to: exchange, isComplete: false)
                exchange.fail(failure)
            }
            closeAtOnce()
        }
    }

    /// Closes the socket without waiting for the peer's part of the TLS shutdown, which a silent one never sends.
    private func closeAtOnce() {
        guard let context else { return }
        if settings.isSecure,
            let secure = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
        {
            secure.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }
}

// MARK: - Time

extension HTTPConnectionHandler {
    /// Makes sure that the timer fires no later than the next deadline.
    ///
    /// A timer that fires too early looks at the deadline again; so exchanges that follow each other hardly ever
    /// schedule one.
    private func armTimer() {
        guard let deadline = machine.nextDeadline, deadline < timerDeadline ?? TransportInstant.never,
            let context
        else { return }
        timer?.cancel()
        timerDeadline = deadline
        let callback = DeadlineCallback(handler: NIOLoopBound(self, eventLoop: context.eventLoop))
        timer = try? context.eventLoop.scheduleCallback(at: deadline.deadline, handler: callback)
    }

    fileprivate func timerFired() {
        timer = nil
        timerDeadline = nil
        switch machine.timerFired(now: now) {
        case .nothing:
            break
        case .expireIdle:
            if let connection, owner?.connectionExpired(connection) == true { return connection.close() }
        case .failAndClose(let failure):
            return carryOut(.failAndClose(failure))
        }
        armTimer()
    }
}

private struct DeadlineCallback: NIOScheduledCallbackHandler, Sendable {
    let handler: NIOLoopBound<HTTPConnectionHandler>

    func handleScheduledCallback(eventLoop: some EventLoop) {
        handler.value.timerFired()
    }
}
