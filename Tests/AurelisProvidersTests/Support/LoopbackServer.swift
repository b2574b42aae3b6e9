import NIOCore
import NIOPosix
import Synchronization

/// A server on a free loopback port that answers each request with the bytes a test wants.
final class LoopbackServer: Sendable {
    /// A request as the provider would see it.
    struct Request: Sendable {
        var method: String
        var target: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name }?.value
        }
    }

    /// What the server does when it has read a request.
    enum Step: Sendable {
        case send(String)
        /// Ends the connection.
        case close
        /// Keeps it open without a word more.
        case hold
    }

    private let requestLog = Mutex<[Request]>([])
    private let channel = Mutex<(any Channel)?>(nil)

    /// The requests so far, in order.
    var requests: [Request] { requestLog.withLock { $0 } }

    /// Where it listens.
    var baseURL: String {
        let port = channel.withLock { $0?.localAddress?.port } ?? 0
        return "http://127.0.0.1:\(port)"
    }

    static func start(_ respond: @escaping @Sendable (Request, _ number: Int) -> [Step]) async throws -> LoopbackServer
    {
        let server = LoopbackServer()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Connection(server: server, respond: respond))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        return server
    }

    func stop() async {
        try? await channel.withLock { $0 }?.close().get()
    }

    private func note(_ request: Request) -> Int {
        requestLog.withLock { log in
            log.append(request)
            return log.count
        }
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: LoopbackServer
        private let respond: @Sendable (Request, Int) -> [Step]
        private var received: [UInt8] = []

        init(server: LoopbackServer, respond: @escaping @Sendable (Request, Int) -> [Step]) {
            self.server = server
            self.respond = respond
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += Array(unwrapInboundIn(data).readableBytesView)
            while let request = LoopbackServer.takeRequest(from: &received) {
                for step in respond(request, server.note(request)) {
                    switch step {
                    case .send(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                    case .close: context.close(promise: nil)
                    case .hold: break
                    }
                }
            }
        }
    }

    private static func takeRequest(from bytes: inout [UInt8]) -> Request? {
        guard let headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ")
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        let end = headEnd.upperBound + length
        guard bytes.count >= end else { return nil }
        defer { bytes.removeFirst(end) }
        return Request(
            method: String(first[0]),
            target: String(first[1]),
            headers: headers,
            body: Array(bytes[headEnd.upperBound..<end])
        )
    }
}

extension LoopbackServer.Step {
    /// A whole response.
    static func response(
        _ status: Int = 200,
        _ body: String,
        type: String? = "application/json",
        headers: [String] = []
    ) -> LoopbackServer.Step {
        var head = ["HTTP/1.1 \(status) Status"]
        if let type { head.append("Content-Type: \(type)") }
        head += headers + ["Content-Length: \(body.utf8.count)"]
        return .send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// The head of a stream whose end is the end of the connection.
    static var streamHead: LoopbackServer.Step {
        .send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n")
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
