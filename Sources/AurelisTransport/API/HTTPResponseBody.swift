/// The body of a response, read as it arrives.
///
///     while let bytes = try await response.body.next() {
///         parser.append(bytes)
///     }
///
/// Reading stops while the caller does not take what is buffered; the server is then held back by TCP. A body that
/// is let go of before its end gives its connection up.
package final class HTTPResponseBody: Sendable {
    private let exchange: HTTPExchange

    init(exchange: HTTPExchange) {
        self.exchange = exchange
    }

    deinit {
        exchange.cancel()
    }

    /// The next bytes, never empty, or nil when the body is complete.
    ///
    /// Throws when it is cut short (`.closedMidBody`), stalls (`.idleTimeout`) or is cancelled; an error, and the
    /// end, stay: asking again gives the same. One task at a time may ask.
    package func next() async throws(TransportError) -> [UInt8]? {
        try await exchange.nextBytes()
    }

    /// All bytes that are left; throws `.bodyTooLarge` and gives the connection up when they are more than `limit`.
    package func collect(upTo limit: Int) async throws(TransportError) -> [UInt8] {
        var collected: [UInt8] = []
        while let bytes = try await next() {
            guard bytes.count <= limit - collected.count else {
                cancel()
                throw TransportError(
                    .bodyTooLarge,
                    "The response body is larger than \(limit) bytes.",
                    requestMayHaveBeenProcessed: true
                )
            }
            if collected.isEmpty {
                collected = bytes
            } else {
                collected.append(contentsOf: bytes)
            }
        }
        return collected
    }

    /// From now on the server may be silent no longer than this, if it was allowed to before: all that matters has come.
    package func limitSilence(to limit: Duration) {
        exchange.limitSilence(to: limit)
    }

    /// From now on the exchange may take as long as it likes, if only the server is not silent for too long.
    package func liftTotalLimit() {
        exchange.liftTotalLimit()
    }

    /// Gives the rest of the body up now, and the connection with it unless everything has arrived.
    package func cancel() {
        exchange.cancel()
    }
}
