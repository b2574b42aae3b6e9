/// How long each step of an exchange may take.
///
/// Every wait counts in `total`, the one for a free connection included.
package struct HTTPTimeouts: Sendable, Hashable {
    /// Waiting for a free connection when the pool's limits are reached.
    package var acquire: Duration = .seconds(30)
    /// From the start of connecting to the end of the TLS handshake, name lookup included.
    package var connect: Duration = .seconds(10)
    /// From the moment the request's last byte is handed to the connection to the response head. While a large
    /// body is sent it also bounds each pause in which the server accepts nothing.
    package var firstByte: Duration = .seconds(15)
    /// The longest silence inside a body. It does not run while the caller leaves the buffer full.
    package var betweenBytes: Duration = .seconds(45)
    /// The whole exchange, until the last byte of the body has arrived; nil for streams.
    package var total: Duration? = .seconds(60)

    /// The defaults, changed where needed.
    package init(
        acquire: Duration = .seconds(30),
        connect: Duration = .seconds(10),
        firstByte: Duration = .seconds(15),
        betweenBytes: Duration = .seconds(45),
        total: Duration? = .seconds(60)
    ) {
        self.acquire = acquire
        self.connect = connect
        self.firstByte = firstByte
        self.betweenBytes = betweenBytes
        self.total = total
    }

    /// For answers that are read as a whole.
    package static let `default` = HTTPTimeouts()
    /// For streams, which may run for as long as they make progress.
    package static let streaming = HTTPTimeouts(total: nil)
}
