import NIOCore

/// A connection as the pool and the callers' tasks see it, from any thread.
final class HTTPConnection: Sendable {
    let origin: HTTPOrigin
    let eventLoop: any EventLoop
    let channel: any Channel
    private let handler: NIOLoopBound<HTTPConnectionHandler>

    /// To be called on the channel's event loop.
    init(origin: HTTPOrigin, channel: any Channel, handler: HTTPConnectionHandler) {
        self.origin = origin
        self.eventLoop = channel.eventLoop
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
    }

    /// Which event loop it lives on, as an identity that can be compared.
    var loop: ObjectIdentifier { ObjectIdentifier(eventLoop) }

    /// Sends an exchange's request, at once when the caller runs on the event loop.
    func begin(_ exchange: HTTPExchange) {
        onLoop { $0.begin(exchange) }
    }

    /// Goes on reading after the caller has emptied the buffer.
    func resumeReading(_ exchange: HTTPExchange) {
        onLoop { $0.resumeReading(exchange) }
    }

    /// Shortens how long the server may be silent.
    func limitSilence(of exchange: HTTPExchange, to limit: Duration) {
        onLoop { $0.limitSilence(of: exchange, to: limit) }
    }

    /// Ends the limit on the whole exchange.
    func liftTotalLimit(of exchange: HTTPExchange) {
        onLoop { $0.liftTotalLimit(of: exchange) }
    }

    /// Closes the connection, unless the exchange is over.
    func abandon(_ exchange: HTTPExchange) {
        onLoop { $0.abandon(exchange) }
    }

    /// Closes an unused connection in good order.
    func close() {
        channel.close(promise: nil)
    }

    /// Fails what is going on and closes.
    func cut(_ failure: ExchangeFailure) {
        onLoop { $0.cut(failure) }
    }

    private func onLoop(_ body: @escaping @Sendable (HTTPConnectionHandler) -> Void) {
        if eventLoop.inEventLoop {
            body(handler.value)
        } else {
            eventLoop.execute { body(self.handler.value) }
        }
    }
}

extension HTTPConnection: Hashable {
    static func == (lhs: HTTPConnection, rhs: HTTPConnection) -> Bool { lhs === rhs }

    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// What a connection tells the pool it belongs to.
protocol HTTPConnectionOwner: AnyObject, Sendable {
    /// The exchange is over; another may begin.
    func connectionBecameIdle(_ connection: HTTPConnection)
    /// Unused for too long; true when the pool let go of it, so that it is to be closed.
    func connectionExpired(_ connection: HTTPConnection) -> Bool
    /// It is closed.
    func connectionClosed(_ connection: HTTPConnection)
}
