import AurelisJSON
import NIOCore
import NIOPosix
import Synchronization

/// A collector of traces on loopback: keeps what it is sent.
final class TraceCollector: Sendable {
    private struct State {
        var bodies: [String] = []
        var names: [String] = []
        var waiters: [CheckedContinuation<Bool, Never>] = []
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
    var names: [String] { state.withLock(\.names) }

    private static func names(in body: String) -> [String] {
        let document = try? JSONDocument(Array(body.utf8))
        let spans = document?["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]
        return spans?.elements.map { $0["name"]?.string ?? "" } ?? []
    }

    /// Returns once so many requests have been told.
    func requests(_ count: Int) async {
        var isThere = false
        while !isThere {
            isThere = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                // Looked at and waited for in one go: what comes in between would be missed for ever.
                let isThere = state.withLock { state in
                    let isThere = state.names.count { $0 == "aurelis.chat" } >= count
                    if !isThere { state.waiters.append(continuation) }
                    return isThere
                }
                if isThere { continuation.resume(returning: true) }
            }
        }
    }

    private func take(_ body: String) {
        let waiters = state.withLock { state in
            state.bodies.append(body)
            state.names += Self.names(in: body)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: false) }
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
