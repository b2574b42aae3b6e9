internal import NIOCore
internal import NIOHTTP1

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// One client's connection: reads requests one after another, has the core decide, and carries out the answers.
///
/// Requests that come while an answer is on its way wait in order, a bounded number of parts; then reading stops.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = IOData

    /// Fired on every connection when simulated time has been moved by hand.
    struct TimeMoved: Sendable {}

    /// A request that is being read.
    private struct Incoming {
        var head: HTTPRequestHead
        var body: ByteBuffer?
    }

    /// An answer on its way.
    private struct Exchange {
        var player: ScriptPlayer
        /// nil for answers that are in no log.
        var ticket: SimulatorCore.Ticket?
        /// The status, until it has been noted.
        var status: Int?
        var timer: Scheduled<Void>?
    }

    private enum Phase {
        case serving
        /// The last answer is out; what still comes is thrown away until the connection has closed.
        case draining
    }

    private static let maximumWaitingParts = 256
    private static let maximumWaitingBytes = 1 << 20
    /// How long a client may take to notice that the connection has ended.
    private static let drainTime = TimeAmount.seconds(2)

    private let core: SimulatorCore
    private let connections: ConnectionRegistry
    private var memory = ConnectionMemory()
    private var phase = Phase.serving
    private var incoming: Incoming?
    private var exchange: Exchange?
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var waitingBytes = 0
    private var isReadHeld = false
    private var needsFlush = false
    private var output = ByteBuffer()

    init(_ core: SimulatorCore, _ connections: ConnectionRegistry) {
        self.core = core
        self.connections = connections
    }

    // MARK: - Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard phase == .serving else { return }
        if exchange == nil, waiting.isEmpty {
            take(part, context)
        } else {
            waiting.append(part)
            waitingBytes += part.bodyBytes
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushIfNeeded(context)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if isFull, phase == .serving {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let exchange {
            exchange.timer?.cancel()
            if let ticket = exchange.ticket { core.ended(ticket, clientDisconnected: true) }
        }
        exchange = nil
        waiting.removeAll()
        incoming = nil
        phase = .draining
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError, phase == .serving, exchange == nil else {
            context.close(promise: nil)
            return
        }
        answer(Reply(.badRequest), fault: nil, id: RequestID(seed: 0, sequence: 0), ticket: nil, .closing, context)
        flushIfNeeded(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TimeMoved, let exchange, exchange.player.deadline != nil {
            exchange.timer?.cancel()
            proceed(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private var isFull: Bool {
        waiting.count >= Self.maximumWaitingParts || waitingBytes >= Self.maximumWaitingBytes
    }

    // MARK: - Reading requests

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            incoming = Incoming(head: head)
            let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            if announced > core.configuration.maximumBodyBytes {
                refuseTooLarge(context)
            } else if head.headers.contains(name: "expect") {
                write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"), context)
                flushIfNeeded(context)
            }
        case .body(var bytes):
            guard incoming != nil else { return }
            if incoming?.body == nil {
                incoming?.body = bytes
            } else {
                incoming?.body?.writeBuffer(&bytes)
            }
            if incoming?.body?.readableBytes ?? 0 > core.configuration.maximumBodyBytes { refuseTooLarge(context) }
        case .end:
            guard let incoming else { return }
            self.incoming = nil
            respond(to: incoming.head, incoming.body ?? ByteBuffer(), context)
        }
    }

    private func refuseTooLarge(_ context: ChannelHandlerContext) {
        guard let head = incoming?.head else { return }
        incoming = nil
        let request = memory.request(head, body: ByteBuffer(), credentials: core.configuration.credentials)
        play(core.refuse(request, .bodyTooLarge), .closing, context)
    }

    private func respond(to head: HTTPRequestHead, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        let request = memory.request(head, body: body, credentials: core.configuration.credentials)
        let client = ResponseScript.Client(
            keepsAlive: head.isKeepAlive,
            takesChunks: head.version.minor >= 1,
            headOnly: head.method == .HEAD
        )
        let methods = request.endpoint.methods
        if !methods.isEmpty, !methods.contains(request.method) {
            return play(core.refuse(request, .methodNotAllowed(methods)), client, context)
        }
        if case .control(let resource) = request.endpoint {
            let (reply, movedTime) = core.control(resource, method: request.method, body: body)
            if movedTime { connections.noteTimeMoved() }
            return answer(reply, fault: nil, id: RequestID(seed: 0, sequence: 0), ticket: nil, client, context)
        }
        play(core.receive(request, isPlain: client == ResponseScript.Client()), client, context)
    }

    // MARK: - Answering

    private func play(
        _ decision: SimulatorCore.Decision,
        _ client: ResponseScript.Client,
        _ context: ChannelHandlerContext
    ) {
        switch decision {
        case .prepared(let answer, let id):
            // One buffer for all answers of a connection: usually nobody else holds it any more.
            output.clear()
            output.writeImmutableBuffer(answer.bytes)
            id.set(in: &output, at: answer.requestIDPlace)
            write(output, context)
        case .played(let reply, let fault, let id, let ticket):
            answer(reply, fault: fault, id: id, ticket: ticket, client, context)
        }
    }

    private func answer(
        _ reply: Reply,
        fault: Fault?,
        id: RequestID,
        ticket: SimulatorCore.Ticket?,
        _ client: ResponseScript.Client,
        _ context: ChannelHandlerContext
    ) {
        let latency = ticket == nil ? .none : core.configuration.latency
        let script = ResponseScript(reply, fault: fault, client: client, latency: latency, requestID: id)
        exchange = Exchange(
            player: ScriptPlayer(script, arrival: ticket?.arrival ?? .start, delayScale: core.delayScale),
            ticket: ticket,
            status: fault.hasStatusLine ? reply.status : nil
        )
        proceed(context)
    }

    /// Carries out the script until something takes time.
    private func proceed(_ context: ChannelHandlerContext) {
        defer { flushIfNeeded(context) }
        while let action = exchange?.player.next(at: core.now) {
            switch action {
            case .write(let bytes):
                noteStatus()
                write(bytes, context)
            case .waitUntil(let deadline):
                guard let rest = core.realDuration(until: deadline) else { return }
                // Come already: the next round goes on.
                guard rest > .zero else { continue }
                exchange?.timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(rest)) {
                    self.proceed(context)
                }
                return
            case .repeatForever(let bytes):
                noteStatus()
                return repeatForever(bytes, context)
            case .hang:
                return
            case .finish(let ending):
                return finish(ending, context)
            }
        }
    }

    private func noteStatus() {
        guard let status = exchange?.status, let ticket = exchange?.ticket else { return }
        exchange?.status = nil
        core.began(ticket, status: status)
    }

    private func repeatForever(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard exchange != nil else { return }
        if context.channel.isWritable {
            write(bytes, context)
            flushIfNeeded(context)
            guard exchange != nil else { return }
        }
        exchange?.timer = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) {
            self.repeatForever(bytes, context)
        }
    }

    private func finish(_ ending: ResponseScript.Ending, _ context: ChannelHandlerContext) {
        let ticket = exchange?.ticket
        exchange = nil
        if let ticket { core.ended(ticket, clientDisconnected: false) }
        switch ending {
        case .keepAlive: takeWaiting(context)
        case .close: closeAfterFlush(context)
        case .reset: reset(context)
        }
    }

    /// Serves what came in the meantime.
    private func takeWaiting(_ context: ChannelHandlerContext) {
        while exchange == nil, phase == .serving, let part = waiting.popFirst() {
            waitingBytes -= part.bodyBytes
            take(part, context)
        }
        flushIfNeeded(context)
        if isReadHeld, !isFull {
            isReadHeld = false
            context.read()
        }
    }

    // MARK: - Writing and closing

    private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        needsFlush = true
        context.write(wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
    }

    private func flushIfNeeded(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }

    /// Ends the connection once everything is out: first our half, so that a client which is still sending reads the
    /// answer instead of a reset.
    private func closeAfterFlush(_ context: ChannelHandlerContext) {
        phase = .draining
        waiting.removeAll()
        needsFlush = false
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
        written.futureResult.assumeIsolated().whenComplete { _ in
            context.close(mode: .output, promise: nil)
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.drainTime) { context.close(promise: nil) }
        }
        if isReadHeld {
            isReadHeld = false
            context.read()
        }
    }

    private func reset(_ context: ChannelHandlerContext) {
        phase = .draining
        flushIfNeeded(context)
        guard let socket = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
        // A linger time of zero turns close into a reset.
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}

extension HTTPServerRequestPart {
    fileprivate var bodyBytes: Int {
        guard case .body(let bytes) = self else { return 0 }
        return bytes.readableBytes
    }
}

extension ResponseScript.Client {
    /// A client whose connection ends with the answer.
    fileprivate static let closing = ResponseScript.Client(keepsAlive: false)
}

extension Fault? {
    /// Whether an answer with this fault has a status at all.
    fileprivate var hasStatusLine: Bool {
        switch self {
        case .resetBeforeHeaders, .silent, .garbageStatusLine: false
        default: true
        }
    }
}
