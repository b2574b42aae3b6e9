import AurelisServing
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import AurelisAdmin

@Suite("Connections between the control plane's listener and its routes")
struct AcceptedConnectionTests {
    private let admin = AdminChannel(
        security: nil,
        connections: ConnectionCount(limit: 8),
        base: HTTP1Channel(responder: { _, _, _ in })
    )
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test(
        "one that is accepted while the listener closes, and that nobody serves, is closed and ends nothing else",
        arguments: [true, false]
    )
    func dropped(isConnected: Bool) throws {
        let channel = EmbeddedChannel()
        let isClosed = NIOLoopBoundBox(false, eventLoop: channel.eventLoop)
        channel.closeFuture.whenComplete { _ in isClosed.value = true }
        var connection: AcceptedConnection? = try admin.setup(channel: channel, logger: logger).wait()
        #expect(connection?.channel === channel)
        if isConnected { try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait() }
        connection = nil
        channel.embeddedEventLoop.run()
        #expect(isClosed.value && !channel.isActive)
    }
}
