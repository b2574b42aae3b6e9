import NIOCore
import NIOPosix

/// A provider that refuses every request and repeats all of it in its error, head and body.
struct EchoingProvider {
    let port: Int

    /// Serves while the body works with it.
    static func run(_ body: (EchoingProvider) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do { try await body(EchoingProvider(port: channel.localAddress?.port ?? 0)) } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var received = ""

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: Self.unwrapInboundIn(data))
            guard let end = received.firstRange(of: "\r\n\r\n") else { return }
            let head = received[..<end.lowerBound]
            let field = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            let length = field.flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) } ?? 0
            guard received[end.upperBound...].utf8.count >= length else { return }
            let escaped = received.unicodeScalars.map { scalar in
                switch scalar {
                case "\"", "\\": "\\\(scalar)"
                case _ where scalar.value < 0x20: " "
                default: String(scalar)
                }
            }.joined()
            let body = #"{"error":{"message":"cannot serve: \#(escaped)","code":"bad_request"}}"#
            let response =
                "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
            received = ""
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: response + body)), promise: nil)
        }
    }
}
