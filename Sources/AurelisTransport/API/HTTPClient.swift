import AurelisTLS
package import NIOCore
import NIOPosix

/// An HTTP/1.1 client with one connection pool, meant to be shared by a whole process.
///
///     let client = HTTPClient(eventLoopGroup: group)
///     let response = try await client.send(request)
///     let answer = try await response.body.collect(upTo: 1 << 20)
///     await client.shutdown()
///
/// A task that runs on one of the group's event loops (through a task executor) is served by connections of that
/// loop, without a hop to another thread. Redirects are not followed.
///
/// **Repetition.** A request is sent again, once and by itself, only when that cannot do harm: on a kept connection
/// that turned out to be closed before the request could be written, or, for idempotent methods (RFC 9110,
/// 9.2.2), that the server closed without a byte of a response. A POST that a server may have seen fails instead,
/// with `requestMayHaveBeenProcessed`.
package final class HTTPClient: Sendable {
    private let group: any EventLoopGroup
    private let configuration: HTTPClientConfiguration
    private let pool: ConnectionPool
    private let environment: ConnectionEnvironment

    /// A client that makes its connections on the event loops of `eventLoopGroup`, without any yet.
    package init(eventLoopGroup: any EventLoopGroup, configuration: HTTPClientConfiguration = .init()) {
        var limits = ConnectionPool.Machine.Limits()
        limits.connections = configuration.maximumConnections
        limits.connectionsPerOrigin = configuration.maximumConnectionsPerOrigin
        limits.waiters = configuration.maximumWaiters
        let pool = ConnectionPool(limits: limits)
        self.group = eventLoopGroup
        self.configuration = configuration
        self.pool = pool
        self.environment = ConnectionEnvironment(configuration: configuration, owner: pool)
    }

    /// Sends a request; returns when the response head has arrived.
    ///
    /// Cancelling the task, at any time, closes the connection: also while the server is silent. Once the response
    /// is there, its body's `next` takes over that part.
    package func send(_ request: HTTPClientRequest) async throws(TransportError) -> HTTPClientResponse {
        let proxy = request.origin.scheme == .http ? configuration.proxies.proxy(for: request.origin) : nil
        let encoded = try EncodedRequest(request, userAgent: configuration.userAgent, through: proxy)
        let end = request.timeouts.total.map { TransportInstant(.now()).advanced(by: $0) }
        let terms = HTTPConnectionStateMachine.Terms(
            firstByte: request.timeouts.firstByte,
            betweenBytes: request.timeouts.betweenBytes,
            end: end
        )
        var mayRepeat = true
        while true {
            let loop = MultiThreadedEventLoopGroup.currentEventLoop
            let connection: HTTPConnection
            var isReused = true
            switch try pool.acquire(from: request.origin, on: loop.map(ObjectIdentifier.init), reusing: mayRepeat) {
            case .lease(let idle):
                connection = idle
            case .connect:
                isReused = false
                connection = try await connect(for: request, end: end, on: loop ?? group.next())
            case .wait(let waiter):
                (connection, isReused) = try await wait(waiter, for: request, end: end, on: loop ?? group.next())
            }
            request.onSending?()
            let exchange = HTTPExchange(request: encoded, terms: terms, connection: connection)
            switch await exchange.run() {
            case .success(let head):
                let body = HTTPResponseBody(exchange: exchange)
                if let proxy, head.status == 407 {
                    body.cancel()
                    throw TransportError.refused(by: proxy)
                }
                return HTTPClientResponse(status: head.status, headers: head.headers, body: body)
            case .failure(let failure):
                if failure.isConnectionUnusable { pool.connectionClosed(connection) }
                guard isReused, failure.isPeerGone else { throw failure.error }
                if failure.error.requestMayHaveBeenProcessed {
                    guard encoded.isIdempotent, mayRepeat else { throw failure.error }
                }
                mayRepeat = false
            }
        }
    }

    /// The keys of a server's chain, its own first: what pins for it are made from. Nothing is sent but a handshake.
    ///
    /// - Throws: also when the server is not trusted.
    package func keys(of origin: HTTPOrigin, within limit: Duration) async throws(TransportError) -> [ValidatedKey] {
        guard origin.scheme == .https else { throw TransportError(.invalidURL, "Without TLS a server has no keys.") }
        let seen = OneShot<[ValidatedKey]>()
        var origin = origin
        var settings = origin.security?.settings ?? configuration.tls
        // None is pinned, so each server is one to report.
        settings.pins = PublicKeyPins([], mode: .report)
        origin.security = TLSProfile(settings) { seen.resolve($0.seen) }
        let attempt = ConnectionAttempt(origin: origin, eventLoop: group.next(), environment: environment)
        try await attempt.run(within: limit).close()
        return await seen.value()
    }

    /// Connects to a server as requests to it would, with name lookup, proxy, TLS and pins, and sends nothing.
    ///
    /// - Throws: why there is no connection, or why the server is not trusted.
    package func reach(_ origin: HTTPOrigin, within limit: Duration) async throws(TransportError) -> ServerGreeting {
        let attempt = ConnectionAttempt(origin: origin, eventLoop: group.next(), environment: environment)
        let connection = try await attempt.run(within: limit)
        let greeting = await connection.greeting()
        connection.close()
        return greeting
    }

    /// What the connections are doing now.
    package var statistics: ConnectionPoolStatistics { pool.statistics }

    /// Ends the client: waiting requests fail, unused connections are closed, running exchanges may finish within
    /// the configured grace and are cut then. Returns when no connection is left; one that is just being made has
    /// until its own time limit.
    package func shutdown() async {
        pool.shutDown()
        let grace = configuration.shutdownGrace
        let cut = group.next().scheduleTask(in: .nanoseconds(Int64(clamping: grace.clampedNanoseconds))) { [pool] in
            pool.cutLeased()
        }
        await pool.drained()
        cut.cancel()
    }
}

// MARK: - Connections

extension HTTPClient {
    private func connect(
        for request: HTTPClientRequest,
        end: TransportInstant?,
        on loop: any EventLoop
    ) async throws(TransportError) -> HTTPConnection {
        let (limit, isTotal) = HTTPClient.shorter(request.timeouts.connect, until: end)
        let attempt = ConnectionAttempt(origin: request.origin, eventLoop: loop, environment: environment)
        let connection: HTTPConnection
        do throws(TransportError) {
            connection = try await attempt.run(within: limit)
        } catch {
            pool.connectFailed(to: request.origin)
            guard isTotal, error.code == .connectTimeout || error.code == .proxyTimeout else { throw error }
            throw TransportError(.totalTimeout, "The exchange took too long.")
        }
        guard pool.connected(connection) else { throw TransportError(.shutdown, "The client is shut down.") }
        return connection
    }

    private func wait(
        _ waiter: ConnectionPool.Waiter,
        for request: HTTPClientRequest,
        end: TransportInstant?,
        on loop: any EventLoop
    ) async throws(TransportError) -> (HTTPConnection, isReused: Bool) {
        let (limit, isTotal) = HTTPClient.shorter(request.timeouts.acquire, until: end)
        let origin = request.origin
        let timer = loop.scheduleTask(in: .nanoseconds(Int64(clamping: limit.clampedNanoseconds))) { [pool] in
            let error =
                isTotal
                ? TransportError(.totalTimeout, "The exchange took too long.")
                : TransportError(.poolTimeout, "No connection became free in time: \(origin)")
            pool.abandon(waiter, origin: origin, error: error)
        }
        let turn = await withTaskCancellationHandler {
            await waiter.turn.value()
        } onCancel: {
            let error = TransportError(.cancelled, "The request was cancelled while it waited for a connection.")
            pool.abandon(waiter, origin: origin, error: error)
        }
        timer.cancel()
        switch turn {
        case .lease(let connection): return (connection, true)
        case .connect: return (try await connect(for: request, end: end, on: loop), false)
        case .refused(let error): throw error
        }
    }

    /// The time limit of a step, and whether it is the end of the whole exchange that sets it.
    private static func shorter(_ limit: Duration, until end: TransportInstant?) -> (Duration, isTotal: Bool) {
        guard let end else { return (limit, false) }
        let now = TransportInstant(.now())
        let left = Duration.nanoseconds(Int64(clamping: end.nanoseconds - min(now.nanoseconds, end.nanoseconds)))
        return left < limit ? (left, true) : (limit, false)
    }
}
