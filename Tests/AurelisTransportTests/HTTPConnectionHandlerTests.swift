import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import AurelisTransport

/// The handler in a pipeline without a socket, on an event loop whose time the test moves.
@Suite("Connection handler in virtual time", .timeLimit(.minutes(1)))
struct HTTPConnectionHandlerTests {
    private final class Owner: HTTPConnectionOwner {
        enum Event: Sendable, Hashable {
            case idle, expired, closed
        }

        private let log = Mutex<[Event]>([])
        let letsGo: Bool

        init(letsGo: Bool = true) {
            self.letsGo = letsGo
        }

        var events: [Event] { log.withLock { $0 } }

        func connectionBecameIdle(_ connection: HTTPConnection) { log.withLock { $0.append(.idle) } }

        func connectionExpired(_ connection: HTTPConnection) -> Bool {
            log.withLock { $0.append(.expired) }
            return letsGo
        }

        func connectionClosed(_ connection: HTTPConnection) { log.withLock { $0.append(.closed) } }
    }

    private struct Bench {
        let channel = NIOAsyncTestingChannel()
        let owner: Owner
        let connection: HTTPConnection
        let request: EncodedRequest

        init(owner: Owner = Owner(), writesFail: Bool = false) async throws {
            self.owner = owner
            let origin = HTTPOrigin(scheme: .http, host: "h")
            request = try EncodedRequest(HTTPClientRequest(method: "POST", origin: origin, target: "/"), userAgent: "t")
            let channel = channel
            let loop = channel.testingEventLoop
            connection = try await loop.executeInContext {
                let decoder = HTTPResponseDecoder()
                let handler = HTTPConnectionHandler(
                    settings: .init(
                        isSecure: false,
                        idleTimeout: .seconds(60),
                        responseBufferBytes: 10,
                        maximumDecompressedBytes: 1000
                    ),
                    decoder: decoder,
                    isEstablished: loop.makePromise()
                )
                if writesFail { try channel.pipeline.syncOperations.addHandler(BrokenSocket()) }
                try channel.pipeline.syncOperations.addHandlers(ByteToMessageHandler(decoder), handler)
                channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 80), promise: nil)
                let connection = HTTPConnection(origin: origin, channel: channel, handler: handler)
                handler.serve(connection, for: owner)
                return connection
            }
        }

        func exchange(total: Duration? = nil) -> HTTPExchange {
            let start = TransportInstant(nanoseconds: 0)
            return HTTPExchange(
                request: request,
                terms: .init(
                    firstByte: .seconds(15),
                    betweenBytes: .seconds(45),
                    end: total.map { start.advanced(by: $0) }
                ),
                connection: connection
            )
        }

        func advance(_ seconds: Int64) async {
            await channel.testingEventLoop.advanceTime(by: .seconds(seconds))
        }

        func receive(_ text: String) async throws {
            try await channel.writeInbound(ByteBuffer(string: text))
        }

        /// Starts an exchange and waits until its request is out.
        func sending(_ exchange: HTTPExchange) async throws -> Task<TransportError.Code?, Never> {
            let task = Task { () -> TransportError.Code? in
                if case .failure(let failure) = await exchange.run() { failure.error.code } else { nil }
            }
            _ = try await channel.waitForOutboundWrite(as: ByteBuffer.self)
            return task
        }
    }

    /// Closes the channel when something is written to it, as a socket does whose peer is gone.
    private final class BrokenSocket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            promise?.fail(ChannelError.ioOnClosedChannel)
            context.close(promise: nil)
        }
    }

    @Test("a request that the socket does not take was not processed")
    func brokenSocket() async throws {
        let bench = try await Bench(writesFail: true)
        guard case .failure(let failure) = await bench.exchange().run() else {
            Issue.record("the exchange did not fail")
            return
        }
        #expect(failure.error.code == .closedBeforeHead)
        #expect(failure.isPeerGone)
        #expect(!failure.error.requestMayHaveBeenProcessed)
        #expect(bench.owner.events == [.closed])
    }

    @Test("the head is due 15 s after the request, not earlier")
    func firstByte() async throws {
        let bench = try await Bench()
        let sent = try await bench.sending(bench.exchange())
        await bench.advance(14)
        #expect(bench.channel.isActive)
        await bench.advance(1)
        #expect(await sent.value == .firstByteTimeout)
        #expect(bench.owner.events == [.closed])
    }

    @Test("the total limit ends an exchange that makes progress all the time")
    func total() async throws {
        let bench = try await Bench()
        let exchange = bench.exchange(total: .seconds(60))
        let sent = try await bench.sending(exchange)
        try await bench.receive("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        #expect(await sent.value == nil)
        for _ in 0..<5 {
            await bench.advance(10)
            try await bench.receive("1\r\na\r\n")
        }
        await bench.advance(10)
        #expect(try await exchange.nextBytes() == Array("aaaaa".utf8))
        await #expect { try await exchange.nextBytes() } throws: { ($0 as? TransportError)?.code == .totalTimeout }
    }

    @Test("a caller that does not read never trips the time between bytes; a server that stops then does")
    func slowConsumer() async throws {
        let bench = try await Bench()
        let exchange = bench.exchange()
        let sent = try await bench.sending(exchange)
        try await bench.receive("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789")
        #expect(await sent.value == nil)
        await bench.advance(100_000)
        #expect(bench.channel.isActive)
        #expect(try await exchange.nextBytes() == Array("0123456789".utf8))
        await bench.advance(44)
        #expect(bench.channel.isActive)
        await bench.advance(1)
        await #expect { try await exchange.nextBytes() } throws: { ($0 as? TransportError)?.code == .idleTimeout }
        #expect(bench.owner.events == [.closed])
    }

    @Test("an unused connection closes after its idle time, counted from the last exchange")
    func idle() async throws {
        let bench = try await Bench()
        await bench.advance(50)
        let sent = try await bench.sending(bench.exchange())
        try await bench.receive("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        #expect(await sent.value == nil)
        await bench.advance(59)
        #expect(bench.channel.isActive)
        #expect(bench.owner.events == [.idle])
        await bench.advance(1)
        #expect(bench.owner.events == [.idle, .expired, .closed])
    }

    @Test("a connection that was leased in the moment it expired stays open")
    func leasedWhileExpiring() async throws {
        let bench = try await Bench(owner: Owner(letsGo: false))
        await bench.advance(60)
        #expect(bench.owner.events == [.expired])
        let sent = try await bench.sending(bench.exchange())
        try await bench.receive("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        #expect(await sent.value == nil)
        #expect(bench.owner.events == [.expired, .idle])
    }

    @Test("an exchange on a connection that is closed already fails as not sent")
    func closedAlready() async throws {
        let bench = try await Bench()
        try await bench.channel.close()
        guard case .failure(let failure) = await bench.exchange().run() else {
            Issue.record("the exchange did not fail")
            return
        }
        #expect(failure.isConnectionUnusable)
        #expect(!failure.error.requestMayHaveBeenProcessed)
    }

    @Test("bytes that nobody asked for close an unused connection")
    func unsolicited() async throws {
        let bench = try await Bench()
        try? await bench.receive("HTTP/1.1 408 Request Timeout\r\n\r\n")
        #expect(bench.owner.events == [.closed])
    }
}
