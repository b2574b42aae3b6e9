import Aurelis
import AurelisTesting
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import AurelisAdmin

@Suite("The stream of events on the wire")
struct EventStreamTests {
    /// The route alone, served as the control plane serves it.
    private static func run(
        _ hub: EventHub,
        _ body: @escaping @Sendable (_ port: Int, _ end: @escaping @Sendable () async -> Void) async throws -> Void
    ) async throws {
        let router = Router()
        EventRoutes(hub: hub, time: SystemTimeSource()).add(to: router.group("admin"))
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: quiet
        )
        let group = ServiceGroup(services: [application], logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            for await number in ports {
                do { try await body(number) { await group.triggerGracefulShutdown() } } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
                break
            }
            try await tasks.waitForAll()
        }
    }

    /// A connection on which the stream has been asked for.
    private static func connect(
        _ port: Int,
        _ body: @escaping @Sendable (NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: 4_096)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 1))
                    )
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET /admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            try await body(inbound)
        }
    }

    @Test("a reader that takes nothing is let go, and its connection with it", .timeLimit(.minutes(1)))
    func slow() async throws {
        let hub = EventHub(time: SystemTimeSource(), ring: EventRing(epoch: "e", capacity: 8))
        try await Self.run(hub) { port, _ in
            try await Self.connect(port) { inbound in
                var bytes = inbound.makeAsyncIterator()
                let head = try #require(try await bytes.next())
                #expect(String(buffer: head).hasPrefix("HTTP/1.1 200"))
                // More than both sockets hold, in less than the ring holds; then more, which it has no room for.
                let data = Array(repeating: UInt8(ascii: "1"), count: 1 << 20)
                while hub.readers > 0 {
                    hub.publish("x", data)
                    await Task.yield()
                }
                var end = ""
                while let more = try? await bytes.next() { end = String((end + String(buffer: more)).suffix(5)) }
                #expect(end != "0\r\n\r\n")
            }
        }
    }

    @Test("a graceful end is told to whoever watches", .timeLimit(.minutes(1)))
    func shutdown() async throws {
        let hub = EventHub(time: SystemTimeSource())
        try await Self.run(hub) { port, end in
            try await Self.connect(port) { inbound in
                var text = ""
                for try await bytes in inbound {
                    text += String(buffer: bytes)
                    if text.contains("event: hello"), !text.contains("event: last") {
                        hub.publish("last", Array("1".utf8))
                        await end()
                    }
                    if text.hasSuffix("\r\n0\r\n\r\n") { break }
                }
                #expect(text.contains("event: last\ndata: 1\n\n"))
                #expect(text.hasSuffix("\r\n0\r\n\r\n"))
            }
        }
    }

    @Test("who watches while nothing happens sees that somebody is there", .timeLimit(.minutes(1)))
    func heartbeat() async throws {
        let hub = EventHub(time: SystemTimeSource())
        try await Self.run(hub) { port, _ in
            try await Self.connect(port) { inbound in
                var text = ""
                for try await bytes in inbound {
                    text += String(buffer: bytes)
                    if text.contains(": still here\n\n") { break }
                    if text.contains("event: hello") { hub.beat() }
                }
                #expect(
                    text.contains("content-type: text/event-stream") || text.contains("Content-Type: text/event-stream")
                )
                #expect(text.contains(": still here\n\n"))
            }
        }
    }
}
