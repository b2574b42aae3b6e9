/// How an exchange failed, and whether the connection's own state allows a repetition.
struct ExchangeFailure: Error, Sendable, Hashable {
    var error: TransportError
    /// The server closed the connection, or had closed it before, without a byte of an answer.
    var isPeerGone = false
    /// The connection was closed before the exchange could begin, perhaps before the pool knew it.
    var isConnectionUnusable = false

    /// The connection was closed before the exchange could begin.
    static let connectionGone = ExchangeFailure(
        error: TransportError(.closedBeforeHead, "The connection was closed before the request was sent."),
        isPeerGone: true,
        isConnectionUnusable: true
    )

    /// Given up by the caller, when the request may already be on its way.
    static let cancelled = ExchangeFailure(
        error: TransportError(.cancelled, "The exchange was cancelled.", requestMayHaveBeenProcessed: true)
    )
}
