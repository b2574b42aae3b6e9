import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// A TCP client that sends exactly the bytes of a test and reads HTTP answers one by one.
final class RawClient: Sendable {
    private let channel: any Channel
    private let inbox: Inbox

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    /// - Parameter reads: whether the client takes what comes; otherwise it lets its small receive buffer fill up.
    static func connect(_ port: Int, reads: Bool = true) async throws -> RawClient {
        let inbox = Inbox()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_rcvbuf), value: reads ? 1 << 20 : 4_096)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox: inbox))
                }
            }
        return RawClient(channel: try await bootstrap.connect(host: "127.0.0.1", port: port).get(), inbox: inbox)
    }

    /// A client over TLS, and the subject of the certificate that the server has shown.
    static func connect(_ port: Int, secure context: NIOSSLContext) async throws -> (RawClient, subject: String?) {
        let inbox = Inbox()
        let handshake = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String?.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    try pipeline.addHandler(HandshakeHandler(handshake))
                    try pipeline.addHandler(InboxHandler(inbox: inbox))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return (RawClient(channel: channel, inbox: inbox), try await handshake.futureResult.get())
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Closes the sending side only.
    func finishSending() async throws { try await channel.close(mode: .output) }

    func close() async { try? await channel.close() }

    /// Closes with a reset instead of an orderly end.
    func reset() async throws {
        guard let options = channel as? any SocketOptionProvider else { throw RawClientError.notHTTP }
        try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }

    /// Everything up to and including `text`.
    func read(through text: String) async throws -> String {
        let wanted = Array(text.utf8)
        return String(decoding: try await inbox.take { Self.end(of: wanted, in: $0) }, as: UTF8.self)
    }

    func read(count: Int) async throws -> [UInt8] { try await inbox.take { $0.count >= count ? count : nil } }

    /// Everything up to the end of the connection.
    func readToEnd() async throws -> String { String(decoding: await inbox.takeAll(), as: UTF8.self) }

    /// The next answer; interim ones are passed over.
    func readAnswer(toHead: Bool = false) async throws -> RawAnswer {
        var answer: RawAnswer
        repeat {
            answer = RawAnswer(head: try await read(through: "\r\n\r\n"))
        } while answer.status < 200
        if toHead || answer.status == 204 { return answer }
        if let length = answer["content-length"].flatMap(Int.init) {
            answer.body = String(decoding: try await read(count: length), as: UTF8.self)
        } else if answer["transfer-encoding"] == "chunked" {
            answer.body = try await readChunks()
        } else {
            answer.body = try await readToEnd()
        }
        return answer
    }

    /// Goes on reading, but forgets what comes from now on.
    func discardTheRest() { inbox.discard() }

    private func readChunks() async throws -> String {
        var body: [UInt8] = []
        while true {
            let size = try await read(through: "\r\n").dropLast()
            guard let count = Int(size, radix: 16) else { throw RawClientError.notHTTP }
            let chunk = try await read(count: count + 2)
            guard chunk.suffix(2) == [13, 10] else { throw RawClientError.notHTTP }
            if count == 0 { return String(decoding: body, as: UTF8.self) }
            body += chunk.dropLast(2)
        }
    }

    private static func end(of wanted: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        return (0...bytes.count - wanted.count).first { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
            .map { $0 + wanted.count }
    }
}

enum RawClientError: Error {
    case connectionEnded(rest: String)
    case notHTTP
}

/// An answer as it came over the wire.
struct RawAnswer {
    let head: String
    var body = ""

    init(head: String) { self.head = head }

    var status: Int { head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 }

    subscript(field: String) -> String? {
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == field { return String(parts[1].drop { $0 == " " }) }
        }
        return nil
    }
}

private final class Inbox: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isEnded = false
        var isDiscarding = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func put(_ bytes: [UInt8], isEnd: Bool = false) {
        let waiters = state.withLock { state in
            if !state.isDiscarding { state.bytes += bytes }
            if isEnd { state.isEnded = true }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func discard() {
        state.withLock { state in
            state.isDiscarding = true
            state.bytes = []
        }
    }

    func take(_ length: @Sendable ([UInt8]) -> Int?) async throws -> [UInt8] {
        while true {
            let (taken, isEnded) = state.withLock { state -> ([UInt8]?, Bool) in
                guard let length = length(state.bytes) else { return (nil, state.isEnded) }
                defer { state.bytes.removeFirst(length) }
                return (Array(state.bytes.prefix(length)), state.isEnded)
            }
            if let taken { return taken }
            guard !isEnded else {
                throw RawClientError.connectionEnded(rest: String(decoding: takeRest(), as: UTF8.self))
            }
            await change { length($0.bytes) != nil }
        }
    }

    func takeAll() async -> [UInt8] {
        while !state.withLock({ $0.isEnded }) { await change { $0.isEnded } }
        return takeRest()
    }

    private func takeRest() -> [UInt8] {
        state.withLock { state in
            defer { state.bytes = [] }
            return state.bytes
        }
    }

    private func change(unless isReady: (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let resumes = state.withLock { state in
                if state.isEnded || isReady(state) { return true }
                state.waiters.append(continuation)
                return false
            }
            if resumes { continuation.resume() }
        }
    }
}

private final class InboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: Inbox

    init(inbox: Inbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.put(Array(Self.unwrapInboundIn(data).readableBytesView))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { inbox.put([], isEnd: true) }
    }

    func channelInactive(context: ChannelHandlerContext) { inbox.put([], isEnd: true) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private final class HandshakeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<String?>

    init(_ promise: EventLoopPromise<String?>) { self.promise = promise }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            let security = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
            promise.succeed(security?.peerCertificate.map { "\($0)" })
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
