/// The life of one connection: what may happen when, what follows, and which timer runs.
///
/// It decides and keeps deadlines; `HTTPConnectionHandler` carries the decisions out. The parts of a response are
/// gathered by the handler and handed over when a burst of reads is complete, so the machine sees only that there
/// are some.
struct HTTPConnectionStateMachine: Sendable {
    private var state = State.connecting

    /// What an exchange brings along.
    struct Terms: Sendable, Hashable {
        var firstByte: Duration
        var betweenBytes: Duration
        /// When the whole exchange must be over.
        var end: TransportInstant?
    }

    private enum State: Sendable {
        case connecting
        /// Without an exchange; unused from `expiry` on it is to be closed.
        case idle(expiry: TransportInstant)
        case exchanging(Exchange)
        case closed
    }

    private struct Exchange: Sendable {
        enum Response: Sendable {
            case awaitingHead
            case receivingBody
            case ended
        }

        var terms: Terms
        var response = Response.awaitingHead
        /// When the server must have made progress; nil while the caller leaves the buffer full.
        var progressDeadline: TransportInstant?
        var isOnItsWay = false
        var isUploading = true
        var keepsConnection = true
        var hasNewParts = false
        var isPaused = false
    }
}

// MARK: - Beginning

extension HTTPConnectionStateMachine {
    /// Connected, and past the TLS handshake.
    mutating func connected(idleUntil expiry: TransportInstant) {
        guard case .connecting = state else { return }
        state = .idle(expiry: expiry)
    }

    /// Starts an exchange; false when the connection is closed.
    mutating func begin(_ terms: Terms, now: TransportInstant) -> Bool {
        guard case .idle = state else { return false }
        state = .exchanging(Exchange(terms: terms, progressDeadline: now.advanced(by: terms.firstByte)))
        return true
    }

    /// The request is out of our hands: from now on the server may act on it.
    mutating func requestReachedConnection() {
        mutateExchange { $0.isOnItsWay = true }
    }

    /// The connection accepted more of the request.
    mutating func uploadProgressed(now: TransportInstant) {
        mutateExchange { exchange in
            guard exchange.response == .awaitingHead else { return }
            exchange.progressDeadline = now.advanced(by: exchange.terms.firstByte)
        }
    }

    /// The connection accepted the last of the request.
    mutating func uploadFinished(now: TransportInstant) {
        uploadProgressed(now: now)
        mutateExchange { $0.isUploading = false }
    }
}

// MARK: - The response

extension HTTPConnectionStateMachine {
    /// What to do with a part of a response.
    enum PartAction: Sendable, Hashable {
        case keep
        case drop
        case failAndClose(ExchangeFailure)
    }

    /// A final response head. `keepsConnection` is the server's word on the time after this response.
    mutating func receivedHead(status: Int, keepsConnection: Bool) -> PartAction {
        guard case .exchanging(var exchange) = state, exchange.response == .awaitingHead else { return .drop }
        guard status >= 200 else {
            state = .closed
            return .failAndClose(
                failure(of: exchange, .invalidResponse, "The server switched protocols without being asked.")
            )
        }
        exchange.response = .receivingBody
        exchange.keepsConnection = keepsConnection
        exchange.hasNewParts = true
        state = .exchanging(exchange)
        return .keep
    }

    mutating func receivedBody() -> PartAction {
        guard case .exchanging(var exchange) = state, exchange.response == .receivingBody else { return .drop }
        exchange.hasNewParts = true
        state = .exchanging(exchange)
        return .keep
    }

    mutating func receivedEnd() -> PartAction {
        guard case .exchanging(var exchange) = state, exchange.response == .receivingBody else { return .drop }
        exchange.response = .ended
        exchange.hasNewParts = true
        state = .exchanging(exchange)
        return .keep
    }

    /// What to do when a burst of reads is over.
    enum ReadCompleteAction: Sendable, Hashable {
        /// Ask for more; there is nothing to hand over.
        case read
        /// Hand the parts over and report how full the caller's buffer is, with `delivered`.
        case deliver
        /// Hand the parts over: the exchange is finished. The connection is idle again.
        case finishAndRelease
        /// Hand the parts over: the exchange is finished, and so is the connection.
        case finishAndClose
        case nothing
    }

    /// - Parameter idleUntil: when the connection expires if the exchange is over.
    mutating func readComplete(idleUntil expiry: TransportInstant, now: TransportInstant) -> ReadCompleteAction {
        switch state {
        case .connecting, .idle:
            return .read
        case .closed:
            return .nothing
        case .exchanging(var exchange):
            guard exchange.response != .ended else {
                // A server may answer before it has taken the whole request; what follows would be misread.
                guard exchange.keepsConnection, !exchange.isUploading else {
                    state = .closed
                    return .finishAndClose
                }
                state = .idle(expiry: expiry)
                return .finishAndRelease
            }
            guard exchange.hasNewParts else { return exchange.isPaused ? .nothing : .read }
            exchange.hasNewParts = false
            if !exchange.isPaused {
                exchange.progressDeadline = now.advanced(by: exchange.terms.betweenBytes)
            }
            state = .exchanging(exchange)
            return .deliver
        }
    }

    /// The caller has been handed what there was; true when more may be read.
    mutating func delivered(bufferIsFull: Bool) -> Bool {
        guard case .exchanging(var exchange) = state else { return false }
        if bufferIsFull {
            exchange.isPaused = true
            exchange.progressDeadline = nil
            state = .exchanging(exchange)
        }
        return !exchange.isPaused
    }

    /// The caller took what was buffered; true when reading was paused and goes on.
    mutating func demanded(now: TransportInstant) -> Bool {
        guard case .exchanging(var exchange) = state, exchange.isPaused else { return false }
        exchange.isPaused = false
        exchange.progressDeadline = now.advanced(by: exchange.terms.betweenBytes)
        state = .exchanging(exchange)
        return true
    }
}

// MARK: - Other limits on the way

extension HTTPConnectionStateMachine {
    /// From now on the server may be silent no longer than this.
    mutating func limitSilence(to limit: Duration, now: TransportInstant) {
        guard case .exchanging(var exchange) = state else { return }
        exchange.terms.betweenBytes = min(exchange.terms.betweenBytes, limit)
        let end = now.advanced(by: limit)
        exchange.progressDeadline = exchange.progressDeadline.map { min($0, end) }
        state = .exchanging(exchange)
    }

    /// The exchange may take as long as it likes.
    mutating func liftTotalLimit() {
        guard case .exchanging(var exchange) = state else { return }
        exchange.terms.end = nil
        state = .exchanging(exchange)
    }
}

// MARK: - Ending

extension HTTPConnectionStateMachine {
    /// How a connection comes to its end.
    enum Closing: Sendable, Hashable {
        case nothing
        /// No exchange is concerned.
        case close
        /// The response had arrived in full: hand it over.
        case finishAndClose
        case failAndClose(ExchangeFailure)
    }

    /// An error came up the pipeline.
    mutating func failed(_ reason: TransportError.Classification, cause: String?) -> Closing {
        switch state {
        case .connecting, .idle:
            state = .closed
            return .close
        case .closed:
            return .nothing
        case .exchanging(var exchange):
            guard exchange.response != .ended else {
                // What follows a complete response is not its fault; only the connection is lost.
                exchange.keepsConnection = false
                state = .exchanging(exchange)
                return .nothing
            }
            state = .closed
            let isBeforeHead = exchange.response == .awaitingHead
            return .failAndClose(
                failure(
                    of: exchange,
                    isBeforeHead && reason.code == .closedMidBody ? .closedBeforeHead : reason.code,
                    reason.message,
                    cause: cause,
                    isPeerGone: isBeforeHead && reason.isPeerGone
                )
            )
        }
    }

    /// The connection is closed, by whomever.
    mutating func becameInactive() -> Closing {
        defer { state = .closed }
        switch state {
        case .connecting, .idle:
            return .close
        case .closed:
            return .nothing
        case .exchanging(let exchange):
            switch exchange.response {
            case .awaitingHead:
                let message = "The server closed the connection without a response."
                return .failAndClose(failure(of: exchange, .closedBeforeHead, message, isPeerGone: true))
            case .receivingBody:
                let message = "The connection was closed inside the response body."
                return .failAndClose(failure(of: exchange, .closedMidBody, message))
            case .ended:
                return .finishAndClose
            }
        }
    }

    /// The caller gave the exchange up, or the connection is not needed any more; false when it is closed already.
    mutating func close() -> Bool {
        if case .closed = state { return false }
        state = .closed
        return true
    }

    private func failure(
        of exchange: Exchange,
        _ code: TransportError.Code,
        _ message: String,
        cause: String? = nil,
        isPeerGone: Bool = false
    ) -> ExchangeFailure {
        ExchangeFailure(
            error: TransportError(
                code,
                message,
                cause: cause,
                requestMayHaveBeenProcessed: exchange.isOnItsWay || exchange.response != .awaitingHead
            ),
            isPeerGone: isPeerGone
        )
    }

    private mutating func mutateExchange(_ change: (inout Exchange) -> Void) {
        guard case .exchanging(var exchange) = state else { return }
        change(&exchange)
        state = .exchanging(exchange)
    }
}

// MARK: - Time

extension HTTPConnectionStateMachine {
    enum TimerAction: Sendable, Hashable {
        /// Nothing is due; `nextDeadline` says when to look again.
        case nothing
        /// Unused for long enough: close it, if the pool has not just leased it.
        case expireIdle
        case failAndClose(ExchangeFailure)
    }

    /// When `timerFired` is to be called at the latest.
    var nextDeadline: TransportInstant? {
        switch state {
        case .connecting, .closed: nil
        case .idle(let expiry): expiry
        case .exchanging(let exchange) where exchange.response == .ended: nil
        case .exchanging(let exchange):
            switch (exchange.progressDeadline, exchange.terms.end) {
            case (let progress?, let end?): min(progress, end)
            case (let progress, let end): progress ?? end
            }
        }
    }

    mutating func timerFired(now: TransportInstant) -> TimerAction {
        guard let due = nextDeadline, due <= now else { return .nothing }
        switch state {
        case .connecting, .closed:
            return .nothing
        case .idle:
            // Leased a moment ago, perhaps: then the exchange that is about to begin sets the next deadline.
            state = .idle(expiry: TransportInstant(nanoseconds: .max))
            return .expireIdle
        case .exchanging(let exchange):
            state = .closed
            if let end = exchange.terms.end, end <= now {
                return .failAndClose(failure(of: exchange, .totalTimeout, "The exchange took too long."))
            }
            guard exchange.response == .awaitingHead else {
                let message = "The server stopped inside the response body."
                return .failAndClose(failure(of: exchange, .idleTimeout, message))
            }
            let message = "The server did not answer in time."
            return .failAndClose(failure(of: exchange, .firstByteTimeout, message))
        }
    }
}
