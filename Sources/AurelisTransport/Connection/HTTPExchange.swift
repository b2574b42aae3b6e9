import Synchronization

/// One request on one connection, and its response: what the event loop and the caller's task share.
final class HTTPExchange: Sendable {
    typealias Waiter = UnsafeContinuation<Void, Never>
    typealias Response = ResponseStateMachine<Waiter>

    let request: EncodedRequest
    let terms: HTTPConnectionStateMachine.Terms
    let connection: HTTPConnection
    private let response = Mutex(Response())

    init(request: EncodedRequest, terms: HTTPConnectionStateMachine.Terms, connection: HTTPConnection) {
        self.request = request
        self.terms = terms
        self.connection = connection
    }
}

// MARK: - The caller's side

extension HTTPExchange {
    /// Sends the request and waits for the response head. Cancelling the task gives the exchange up.
    func run() async -> Result<Response.Head, ExchangeFailure> {
        await withTaskCancellationHandler {
            connection.begin(self)
            while true {
                // An answer is hardly ever there at once: so wait first, then look.
                await withUnsafeContinuation { waiter in
                    if park(waiter, forHead: true) != .parked { waiter.resume() }
                }
                switch response.withLock({ $0.takeHead() }) {
                case .head(let head): return .success(head)
                case .failed(let failure): return .failure(failure)
                case .wait: continue
                }
            }
        } onCancel: {
            cancel()
        }
    }

    /// The next bytes of the body, or nil at its end.
    func nextBytes() async throws(TransportError) -> [UInt8]? {
        while true {
            switch response.withLock({ $0.takeBody() }) {
            case .bytes(let bytes, let resumesReading):
                if resumesReading { connection.resumeReading(self) }
                return bytes
            case .end:
                return nil
            case .failed(let error):
                throw error
            case .wait:
                guard await bodyChanged() else {
                    throw TransportError(.invalidRequest, "Two tasks read one response body.")
                }
            }
        }
    }

    /// Waits until there is something to take; false when another task waits already.
    private func bodyChanged() async -> Bool {
        await withTaskCancellationHandler {
            var parking = Response.Parking.ready
            await withUnsafeContinuation { waiter in
                parking = park(waiter, forHead: false)
                if parking != .parked { waiter.resume() }
            }
            return parking != .occupied
        } onCancel: {
            cancel()
        }
    }

    /// Shortens how long the server may be silent from now on.
    func limitSilence(to limit: Duration) {
        connection.limitSilence(of: self, to: limit)
    }

    /// Ends the limit on the whole exchange.
    func liftTotalLimit() {
        guard terms.end != nil else { return }
        connection.liftTotalLimit(of: self)
    }

    /// Gives the exchange up: what has arrived is dropped, and the connection closed if more was to come.
    func cancel() {
        let cancellation = response.withLock { $0.cancel() }
        cancellation.waiter?.resume()
        if cancellation.closesConnection { connection.abandon(self) }
    }

    private func park(_ waiter: Waiter, forHead: Bool) -> Response.Parking {
        response.withLock { $0.park(waiter, forHead: forHead) }
    }
}

// MARK: - The event loop's side

extension HTTPExchange {
    var isOpen: Bool { response.withLock { $0.isOpen } }

    var bufferedBytes: Int { response.withLock { $0.bufferedBytes } }

    /// Hands over what a burst of reads brought; true when reading is to pause.
    func deliver(head: Response.Head?, body: [UInt8], isComplete: Bool, pauseAt limit: Int) -> Bool {
        let delivery = response.withLock {
            $0.deliver(head: head, body: body, isComplete: isComplete, pauseAt: limit)
        }
        delivery.waiter?.resume()
        return delivery.isFull
    }

    func fail(_ failure: ExchangeFailure) {
        response.withLock { $0.fail(failure) }?.resume()
    }
}
