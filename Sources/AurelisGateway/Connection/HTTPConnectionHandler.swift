internal import Aurelis
internal import AurelisServing
internal import AurelisSigning
internal import AurelisTLS
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// One client's connection: carries out what its state machine decides.
///
/// Everything here happens on the connection's event loop, the asynchronous handler of model calls included. What needs
/// no model (lists, health, errors) is answered at once, without a task.
final class HTTPConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Something the client sent while an earlier request is answered.
    enum HeldInput {
        case part(HTTPServerRequestPart)
        case failure(ProtocolFailure)
    }

    let loop: LoopContext
    let eventLoop: any EventLoop
    var machine: HTTPServerConnectionStateMachine
    var context: ChannelHandlerContext?

    /// Who the client is, when it has shown a certificate.
    var clientCertificate: PeerCertificate?

    /// How many heads of requests have come.
    var headsTaken = 0

    // The request at hand.
    var head: RequestHead?
    var isHTTP10 = false
    var wantsHeadOnly = false
    var endpoint = Endpoint.live
    /// Whom it is from, by their key; nil: nobody in particular.
    var grant: AccessGrant?
    /// Why it is not answered.
    var refusal: AccessRefusal?
    /// What the request's signature may be over; nil: nobody looks at it.
    var signable: SignableMessage?
    var requestID = RequestID.next()
    /// Whether a stream has begun with comments, because its answer waits for a quota.
    var hasBegunWaiting = false
    var body: [UInt8] = []
    var bodyBytesTaken = 0

    /// The body at hand, if it is passed on as it comes.
    var upload: UploadBuffer?

    // Input that waits.
    var held: CircularBuffer<HeldInput> = CircularBuffer(initialCapacity: 0)
    var heldBytes = 0
    var isTakingHeldInput = false
    var readIsHeld = false
    var waitsForMemory = false
    private var hasDecodedSinceRead = false

    // The answer on its way.
    var chunk: EventChunk?
    /// Whether the answer is a file, of a length that was told.
    var isDownload = false
    var flushIsScheduled = false
    var burst = SendBurst()
    var isWritable = true
    var writableWaiter: CheckedContinuation<Bool, Never>?
    var takesInputWhenWritable = false

    // The handler task.
    var task: Task<Void, Never>?
    var exchange: Exchange?
    var exchangeWaiter: CheckedContinuation<Exchange?, Never>?

    var timer = ConnectionTimer()
    private var isCounted = false

    init(loop: LoopContext, eventLoop: any EventLoop) {
        self.loop = loop
        self.eventLoop = eventLoop
        let limits = loop.server.configuration.limits
        self.machine = HTTPServerConnectionStateMachine(
            maximumBody: limits.body,
            maximumUpload: limits.upload,
            maximumFile: limits.file
        )
    }

    var configuration: GatewayConfiguration { loop.server.configuration }
    var logger: Logger { loop.server.logger }

    // MARK: - Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
        if context.channel.isActive { begin() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { ended() }

    func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    private func begin() {
        isCounted = true
        switch loop.server.connections.begin() {
        case .serve: updateTimer()
        case .refuse: refuse(.tooManyConnections)
        case .drop: context?.close(promise: nil)
        }
    }

    /// The client is gone: nobody waits for an answer any more.
    private func ended() {
        guard context != nil else { return }
        context = nil
        if machine.closed() { task?.cancel() }
        loop.remove(self)
        held.removeAll()
        releaseBody()
        loop.server.bodies.forget(ObjectIdentifier(self))
        timer.cancel()
        writableWaiter?.resume(returning: false)
        writableWaiter = nil
        exchangeWaiter?.resume(returning: nil)
        exchangeWaiter = nil
        if task == nil { endCount() }
    }

    /// The connection and its task have ended.
    func endCount() {
        guard isCounted else { return }
        isCounted = false
        loop.server.connections.end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        hasDecodedSinceRead = true
        if machine.holdsInput || !held.isEmpty { return hold(part) }
        take(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes that yield nothing are a part of a head.
        if !hasDecodedSinceRead { machine.headStarted() }
        hasDecodedSinceRead = false
        updateTimer()
        context.fireChannelReadComplete()
    }

    /// Reads on, unless what was read already waits for its turn or for memory.
    func read(context: ChannelHandlerContext) {
        guard held.isEmpty, !waitsForMemory, upload?.isFull != true else {
            readIsHeld = true
            return
        }
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            switch machine.inputClosed() {
            case .none: break
            case .close: close()
            case .probe: probe()
            case .probeStream: probeStream()
            }
        }
        if let client = event as? PeerCertificate {
            clientCertificate = client
            logger.debug("a client has shown its certificate", metadata: ["client": "\(client)"])
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            writableWaiter?.resume(returning: true)
            writableWaiter = nil
            if takesInputWhenWritable { takeHeldInput() }
        }
        updateTimer()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After its first error the decoder reports every further byte as one; the answer to the first is on its way.
        if error is ByteToMessageDecoderError { return }
        guard let parserError = error as? HTTPParserError else {
            logger.debug("connection failed", metadata: ["error": "\(error)"])
            return close()
        }
        // Half a request at the end of input, or bytes after a request that was to be the last: nothing to answer.
        guard let failure = ProtocolFailure(decoding: parserError) else { return }
        if machine.holdsInput || !held.isEmpty {
            held.append(.failure(failure))
        } else {
            refuse(failure)
        }
    }

    // MARK: - Shutdown

    /// Finishes what is in flight, then closes.
    func drain() {
        if machine.drain() { close() }
    }

    /// Closes now, whatever is in flight.
    func cut() { close() }

    func close() {
        // An answer that waits for the end of the turn goes out first.
        if flushIsScheduled { context?.flush() }
        context?.close(promise: nil)
    }
}
