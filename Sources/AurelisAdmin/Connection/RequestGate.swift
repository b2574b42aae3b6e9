internal import Aurelis
internal import AurelisServing
internal import NIOCore
internal import NIOHTTP1

/// Stands between a connection's decoder and Hummingbird, which bounds no wait for a client, acts before a request's body is
/// whole, and takes framings that the gateway refuses: carries out what `RequestIntake` decides.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bounds on every wait for a client; those of the gateway's port.
    struct TimeLimits {
        /// For a request's head, from its first byte; for a new connection, from its start.
        var head: TimeAmount = .seconds(10)
        /// For a whole body, of which none is large.
        var body: TimeAmount = .seconds(30)
        /// Between two requests of a connection.
        var keepAlive: TimeAmount = .seconds(75)
        /// For a client that takes nothing of its answer.
        var write: TimeAmount = .seconds(60)
        /// For a refused client to read its answer.
        var linger: TimeAmount = .seconds(2)
    }

    private enum Purpose: Equatable {
        case intake(RequestIntake.Wait)
        case write
    }

    /// No body here says more.
    static let maximumBody = 64 << 10
    private static let maximumTarget = 8 << 10

    private let connections: ConnectionCount
    private let limits: TimeLimits
    private var intake = RequestIntake(maximumBody: maximumBody, maximumTarget: maximumTarget)
    private var isCounted = false
    private var hasDecodedSinceRead = false
    private var timer: (purpose: Purpose, task: Scheduled<Void>?)?

    init(_ connections: ConnectionCount, limits: TimeLimits = TimeLimits()) {
        self.connections = connections
        self.limits = limits
    }

    // MARK: - The connection

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !isCounted else { return }
        isCounted = true
        switch connections.begin() {
        case .serve: updateTimer(context)
        case .refuse: carryOut(intake.fail(.tooManyConnections), context)
        case .drop: context.close(promise: nil)
        }
    }

    private func end() {
        timer?.task?.cancel()
        timer = nil
        guard isCounted else { return }
        isCounted = false
        connections.end()
    }

    // MARK: - Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasDecodedSinceRead = true
        carryOut(intake.receive(Self.unwrapInboundIn(data)), context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes that yield nothing are a part of a head.
        if !hasDecodedSinceRead { intake.headStarted() }
        hasDecodedSinceRead = false
        updateTimer(context)
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // After its first error the decoder reports every further byte as one.
        case is ByteToMessageDecoderError: break
        case let error as HTTPParserError:
            // Half a request at the end of input, or bytes behind the last one: nothing to answer.
            guard let failure = ProtocolFailure(decoding: error) else { return }
            carryOut(intake.fail(failure), context)
        default: context.fireErrorCaught(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if case ChannelEvent.inputClosed = event { carryOut(intake.inputClosed(), context) }
    }

    // MARK: - Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let isEnd = if case .end = Self.unwrapOutboundIn(data) { true } else { false }
        context.write(data, promise: promise)
        if isEnd { carryOut(intake.answered(), context) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        updateTimer(context)
        context.fireChannelWritabilityChanged()
    }

    private func carryOut(_ action: RequestIntake.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .pass(let request):
            context.fireChannelRead(Self.wrapInboundOut(.head(request.head)))
            if request.body.readableBytes > 0 { context.fireChannelRead(Self.wrapInboundOut(.body(request.body))) }
            context.fireChannelRead(Self.wrapInboundOut(.end(nil)))
        case .sendContinue:
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
        case .refuse(let failure): refuse(failure, context)
        case .close: context.close(promise: nil)
        }
        updateTimer(context)
    }

    private func refuse(_ failure: ProtocolFailure, _ context: ChannelHandlerContext) {
        let body = OpenAIError.document(status: failure.status, message: failure.message, code: failure.code)
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: failure.status))
        head.headers = [
            "content-type": "application/json", "content-length": "\(body.count)", "connection": "close",
        ]
        if failure.status == 503 { head.headers.add(name: "retry-after", value: "1") }
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    // MARK: - Time

    private func updateTimer(_ context: ChannelHandlerContext) {
        guard isCounted, context.channel.isActive else { return }
        let purpose = context.channel.isWritable ? Purpose.intake(intake.wait) : .write
        guard purpose != timer?.purpose else { return }
        timer?.task?.cancel()
        timer = (purpose, schedule(purpose, context))
    }

    private func schedule(_ purpose: Purpose, _ context: ChannelHandlerContext) -> Scheduled<Void>? {
        let limit: TimeAmount
        switch purpose {
        case .write: limit = limits.write
        case .intake(.nothing): return nil
        case .intake(.head): limit = limits.head
        case .intake(.body): limit = limits.body
        case .intake(.nextRequest): limit = limits.keepAlive
        case .intake(.farewell): limit = limits.linger
        }
        let outstanding = purpose == .write ? Self.outstandingBytes(context) : 0
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: limit) {
            let (handler, context) = gate.value
            handler.expired(purpose, outstanding: outstanding, context)
        }
    }

    private func expired(_ purpose: Purpose, outstanding: Int, _ context: ChannelHandlerContext) {
        timer = nil
        guard purpose == .write else { return carryOut(intake.timedOut(), context) }
        // A client that takes its answer slowly takes it all the same.
        guard Self.outstandingBytes(context) < outstanding else { return context.close(promise: nil) }
        updateTimer(context)
    }

    private static func outstandingBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
