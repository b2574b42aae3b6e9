internal import AurelisTLS
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// The control plane's connections behind TLS whose certificates can be exchanged, which Hummingbird's own cannot.
struct SecureChannel: ServerChildChannel {
    let security: TLSListener
    let base: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            try security.secure(channel)
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1, behind TLS if there is any.
    static func http1(behind security: TLSListener?) -> HTTPServerBuilder {
        guard let security else { return .http1() }
        return HTTPServerBuilder { responder in
            SecureChannel(security: security, base: HTTP1Channel(responder: responder))
        }
    }
}
