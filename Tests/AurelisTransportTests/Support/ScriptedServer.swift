import NIOCore
import NIOPosix
import NIOSSL

@testable import AurelisTransport

/// A raw TCP server on a loopback port: the test reads what clients send and answers byte by byte.
final class ScriptedServer: Sendable {
    let port: Int
    private let listener: any Channel
    private let accepted: AsyncStream<ScriptedConnection>

    private init(listener: any Channel, accepted: AsyncStream<ScriptedConnection>) {
        self.listener = listener
        self.accepted = accepted
        self.port = listener.localAddress?.port ?? 0
    }

    /// Runs a test against a new server, and a client that is shut down afterwards.
    static func run(
        tls: TLSConfiguration? = nil,
        configuration: HTTPClientConfiguration = HTTPClientConfiguration(),
        _ body: (ScriptedServer, HTTPClient) async throws -> Void
    ) async throws {
        let (accepted, continuation) = AsyncStream.makeStream(of: ScriptedConnection.self)
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    let (bytes, input) = AsyncStream.makeStream(of: [UInt8].self)
                    try channel.pipeline.syncOperations.addHandler(InputHandler(input: input))
                    continuation.yield(ScriptedConnection(channel: channel, input: bytes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(listener: listener, accepted: accepted)
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(server, client))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        try? await listener.close()
        continuation.finish()
        try result.get()
    }

    var origin: HTTPOrigin { HTTPOrigin(scheme: .http, host: "127.0.0.1", port: port) }

    func request(_ method: String = "GET", _ target: String = "/", body: [UInt8] = []) -> HTTPClientRequest {
        HTTPClientRequest(method: method, origin: origin, target: target, body: body)
    }

    /// The next connection a client makes.
    func connection() async throws -> ScriptedConnection {
        for await connection in accepted { return connection }
        throw TransportError(.connectionFailed, "nobody connected")
    }

    func stopListening() async throws {
        try await listener.close()
    }
}

/// The server's end of one connection.
actor ScriptedConnection {
    private let channel: any Channel
    private var input: AsyncStream<[UInt8]>.Iterator
    private var received: [UInt8] = []

    init(channel: any Channel, input: AsyncStream<[UInt8]>) {
        self.channel = channel
        self.input = input.makeAsyncIterator()
    }

    /// Waits for a request head and as much of a body as `Content-Length` says.
    @discardableResult
    func request() async throws -> String {
        while true {
            if let end = received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound {
                let head = String(decoding: received[..<end], as: UTF8.self).lowercased()
                let length = head.split(separator: "\r\n").lazy
                    .filter { $0.hasPrefix("content-length: ") }
                    .compactMap { Int($0.dropFirst(16)) }.first
                if received.count - end >= length ?? 0 {
                    defer { received = [] }
                    return String(decoding: received, as: UTF8.self)
                }
            }
            guard let more = await nextInput() else { throw TransportError(.closedBeforeHead, "the client closed") }
            received += more
        }
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func respond(_ body: String = "ok", headers: String = "") async throws {
        try await send("HTTP/1.1 200 OK\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Sends FIN behind what was sent.
    func close() async throws {
        try await channel.close()
    }

    /// Sends RST.
    func reset() async throws {
        let options = channel as? any SocketOptionProvider
        try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    /// Waits until the client has closed its end.
    func closedByClient() async {
        _ = await rest()
    }

    /// Everything the client sends until it closes its end.
    func rest() async -> [UInt8] {
        while let more = await nextInput() { received += more }
        return received
    }

    /// The next bytes the client sends; nil when it has closed its end.
    func next() async -> [UInt8]? { await nextInput() }

    private func nextInput() async -> [UInt8]? {
        var iterator = input
        let next = await iterator.next(isolation: self)
        input = iterator
        return next
    }
}

private final class InputHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let input: AsyncStream<[UInt8]>.Continuation

    init(input: AsyncStream<[UInt8]>.Continuation) {
        self.input = input
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        input.yield(Array(buffer: unwrapInboundIn(data)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        input.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
