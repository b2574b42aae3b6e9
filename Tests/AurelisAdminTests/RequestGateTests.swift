import AurelisServing
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import AurelisAdmin

@Suite("Requests before they reach the control plane's routes")
struct RequestGateTests {
    private static let post = "POST /admin/circuits/reset HTTP/1.1\r\nHost: localhost\r\n"

    @Test(
        "what two readers could understand differently is refused, and no route sees anything of it",
        arguments: [
            ("Transfer-Encoding: identity\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "501"),
            ("Transfer-Encoding: xchunked\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "501"),
            ("Transfer-Encoding: \r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "501"),
            ("Transfer-Encoding: chunked x\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "501"),
            ("Transfer-Encoding: chunked;q=1\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "501"),
            ("Transfer-Encoding: gzip, chunked\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "501"),
            ("Transfer-Encoding: chunked\r\n\r\n", "zz\r\n", "400"),
            ("Transfer-Encoding: chunked\r\n\r\n", "2\r\n{}zz\r\n0\r\n\r\n", "400"),
            ("Host: evil.example\r\nContent-Length: 2\r\n\r\n", "{}", "400"),
            ("Content-Length: 2\r\nContent-Length: 3\r\n\r\n", "{}", "400"),
            ("Content-Length: 70000\r\n\r\n", "", "413"),
            ("Transfer-Encoding: chunked\r\n\r\n", "11170\r\n" + String(repeating: "x", count: 70_000), "413"),
            ("Expect: miracles\r\nContent-Length: 2\r\n\r\n", "{}", "417"),
        ]
    )
    func framing(fields: String, body: String, status: String) throws {
        let bench = try GateBench()
        try bench.send(Self.post + fields)
        try bench.send(body)
        #expect(bench.routes.requests == [])
        let answer = try bench.answer()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains("connection: close"))
        #expect(answer.contains(#"{"error":{"message":""#))
        try bench.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(bench.routes.requests == [])
        #expect(try bench.answer() == "")
        #expect(bench.isOpen)
        bench.advance(.seconds(2))
        #expect(!bench.isOpen && bench.count.open == 0)
    }

    @Test("a request is passed on when it is whole, and not before")
    func whole() throws {
        let bench = try GateBench()
        try bench.send(Self.post + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(try bench.answer().hasPrefix("HTTP/1.1 100 "))
        try bench.send("1\r\n{\r\n1\r\n}\r\n")
        #expect(bench.routes.requests == [])
        try bench.send("0\r\n\r\n")
        #expect(bench.routes.requests == ["POST /admin/circuits/reset {}"])
        try bench.routes.finish()
        #expect(try bench.answer().hasPrefix("HTTP/1.1 200 "))
        try bench.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(bench.routes.requests.last == "GET /health ")
        try bench.routes.finish()
        try bench.send(Self.post + "Transfer-Encoding: chunked  \r\n\r\n2\r\n[]\r\n0\r\n\r\n")
        #expect(bench.routes.requests.last == "POST /admin/circuits/reset []")
    }

    @Test("a refusal waits until what was asked before it is answered")
    func pipelined() throws {
        let bench = try GateBench()
        try bench.send("GET /first HTTP/1.1\r\nHost: localhost\r\n\r\nGET /second HTTP/1.1\r\n\r\n")
        #expect(bench.routes.requests == ["GET /first "])
        #expect(try bench.answer() == "")
        try bench.routes.finish()
        let answers = try bench.answer()
        #expect(answers.hasPrefix("HTTP/1.1 200 ") && answers.contains("HTTP/1.1 400 "))
    }

    @Test("a connection on which nothing comes is closed after 10 s")
    func idle() throws {
        let bench = try GateBench()
        bench.advance(.milliseconds(9_999))
        #expect(bench.isOpen)
        bench.advance(.milliseconds(1))
        #expect(!bench.isOpen)
        #expect(try bench.answer() == "")
    }

    @Test("a head that drips is 408 after 10 s, however steadily")
    func drippedHead() throws {
        let bench = try GateBench()
        for byte in "GET /" {
            #expect(bench.isOpen)
            try bench.send(String(byte))
            bench.advance(.seconds(2))
        }
        #expect(try bench.answer().hasPrefix("HTTP/1.1 408 "))
        bench.advance(.seconds(2))
        #expect(!bench.isOpen)
    }

    @Test("a body that drips is 408 after 30 s, however steadily", arguments: [true, false])
    func drippedBody(isChunked: Bool) throws {
        let bench = try GateBench()
        try bench.send(Self.post + (isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 99\r\n\r\n"))
        for _ in 0..<15 {
            #expect(try bench.answer() == "")
            try bench.send(isChunked ? "1\r\nx\r\n" : "x")
            bench.advance(.seconds(2))
        }
        #expect(try bench.answer().hasPrefix("HTTP/1.1 408 "))
        #expect(bench.routes.requests == [])
    }

    @Test("an answer that goes on stays open, and the next request has 75 s to come and 10 s to be there")
    func stream() throws {
        let bench = try GateBench()
        try bench.send("GET /admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try bench.routes.begin()
        bench.advance(.hours(24))
        #expect(bench.isOpen)
        try bench.routes.end()
        #expect(try bench.answer().hasPrefix("HTTP/1.1 200 "))
        bench.advance(.seconds(70))
        #expect(bench.isOpen)
        try bench.send("GET ")
        bench.advance(.seconds(9))
        #expect(bench.isOpen)
        #expect(try bench.answer() == "")
        bench.advance(.seconds(1))
        #expect(try bench.answer().hasPrefix("HTTP/1.1 408 "))

        let other = try GateBench()
        try other.send("GET /admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try other.routes.finish()
        other.advance(.seconds(75))
        #expect(!other.isOpen)
    }

    @Test("one connection too many is 503, far too many are closed, and each that ends makes room")
    func tooMany() throws {
        let count = ConnectionCount(limit: 1)
        let first = try GateBench(count)
        let second = try GateBench(count)
        #expect(try second.answer().hasPrefix("HTTP/1.1 503 "))
        let third = try GateBench(count)
        #expect(!third.isOpen)
        #expect(try third.answer() == "")
        second.advance(.seconds(2))
        #expect(!second.isOpen && first.isOpen && count.open == 1)
        first.close()
        #expect(count.open == 0)
        let fourth = try GateBench(count)
        #expect(fourth.isOpen)
        #expect(try fourth.answer() == "")
    }
}

/// A connection of the control plane without socket, clock and routes.
private struct GateBench {
    let channel = EmbeddedChannel()
    let routes = Routes()
    let count: ConnectionCount

    init(_ count: ConnectionCount = ConnectionCount(limit: 8)) throws {
        self.count = count
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HalfClosing())
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try pipeline.addHandler(RequestGate(count))
        try pipeline.addHandler(routes)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    var isOpen: Bool { channel.isActive }

    func send(_ text: String) throws {
        guard channel.isActive else { return }
        // What the decoder has refused it refuses again.
        do { try channel.writeInbound(ByteBuffer(string: text)) } catch is ByteToMessageDecoderError {}
    }

    /// What was sent since the last call.
    func answer() throws -> String {
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    func advance(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

    func close() {
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
    }

    /// An embedded channel knows no half of a connection, and would close it all.
    private final class HalfClosing: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
        }
    }

    /// What stands behind the gate.
    final class Routes: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private(set) var requests: [String] = []
        private var context: ChannelHandlerContext?

        func handlerAdded(context: ChannelHandlerContext) { self.context = context }
        func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch Self.unwrapInboundIn(data) {
            case .head(let head): requests.append("\(head.method) \(head.uri) ")
            case .body(let bytes): requests[requests.count - 1] += String(buffer: bytes)
            case .end: break
            }
        }

        func begin() throws {
            let context = try #require(context)
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "0"])
            context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
        }

        func end() throws { try #require(context).writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil) }

        func finish() throws {
            try begin()
            try end()
        }
    }
}
