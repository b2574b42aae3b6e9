import AurelisJSON
import NIOCore
import NIOPosix
import Synchronization

/// A collector of traces on loopback: keeps what it is sent.
final class TraceCollector: Sendable {
    private struct State {
        var bodies: [String] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    let port: Int
    private let state: Mutex<State>

    private init(port: Int) {
        self.port = port
        state = Mutex(State())
    }

    /// Everything that came.
    var text: String { state.withLock { $0.bodies.joined(separator: "\n") } }

    /// The names of all spans.
    var names: [String] {
        state.withLock(\.bodies).flatMap { body in
            guard let document = try? JSONDocument(Array(body.utf8)),
                let spans = document["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]
            else { return [String]() }
            var names: [String] = []
            for span in spans.elements { names.append(span["name"]?.string ?? "") }
            return names
        }
    }

    /// Returns once so many requests have been told.
    func requests(_ count: Int) async {
        while names.count(where: { $0 == "aurelis.chat" }) < count {
            await withCheckedContinuation { continuation in state.withLock { $0.waiters.append(continuation) } }
        }
    }

    private func take(_ body: String) {
        let waiters = state.withLock { state in
            state.bodies.append(body)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Serves while the body works with it.
    static func run(_ body: (TraceCollector) async throws -> Void) async throws {
        let box = Box<@Sendable (String) -> Void>()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Reader { box.value?($0) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let collector = TraceCollector(port: channel.localAddress?.port ?? 0)
        box.value = { collector.take($0) }
        do { try await body(collector) } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var received: [UInt8] = []
        private let take: (String) -> Void

        init(_ take: @escaping (String) -> Void) { self.take = take }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += Self.unwrapInboundIn(data).readableBytesView
            guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
            let field = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            let length = field.flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) } ?? 0
            guard received.count - end.upperBound >= length else { return }
            take(String(decoding: received[end.upperBound...], as: UTF8.self))
            received = []
            let response = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: response)), promise: nil)
        }
    }
}
