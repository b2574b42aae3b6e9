internal import AurelisServing
internal import AurelisTLS
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// The control plane's connections: counted, with bounded waits and whole requests (`RequestGate`), and behind TLS whose
/// certificates can be exchanged, of all of which Hummingbird's own have nothing.
struct AdminChannel: ServerChildChannel {
    let security: TLSListener?
    let connections: ConnectionCount
    let base: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
        channel.eventLoop.makeCompletedFuture {
            try security?.secure(channel)
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }.map { value in
            // Before anything can fail.
            AcceptedConnection(value)
        }.flatMapThrowing { connection in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(RequestGate(connections), position: .after(decoder))
            return connection
        }
    }

    func handle(value: AcceptedConnection, logger: Logger) async {
        await base.handle(value: value.take(), logger: logger)
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 with bounds, behind TLS if there is any.
    static func http1(behind security: TLSListener?, _ connections: ConnectionCount) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            // As much as the gateway takes.
            let decoding = HTTP1Channel.Configuration.DecoderConfiguration(
                maxHeaderFieldSize: 64 << 10,
                maxHeaderListSize: 64 << 10,
                maxHeaderFieldCount: 128
            )
            return AdminChannel(
                security: security,
                connections: connections,
                base: HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: decoding))
            )
        }
    }
}
