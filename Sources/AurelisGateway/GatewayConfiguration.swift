/// How the gateway listens and what it tolerates.
///
///     var configuration = GatewayConfiguration()
///     configuration.port = 0                        // any free port
///     configuration.limits.body = 5 * 1024 * 1024
package struct GatewayConfiguration: Sendable {
    /// The address to bind.
    package var host = "127.0.0.1"
    /// The TCP port to bind; 0 takes a free one.
    package var port = 8787
    /// Connections the kernel keeps while none is accepted.
    package var backlog = 1_024
    /// Sizes and counts.
    package var limits = Limits()
    /// Times.
    package var timeLimits = TimeLimits()

    /// The defaults.
    package init() {}
}

extension GatewayConfiguration {
    /// Bounds on what one client, and all of them together, may make the process hold.
    package struct Limits: Sendable {
        /// Bytes of a request's body, also of a chunked one.
        package var body = 20 * 1_024 * 1_024
        /// Bytes of a body that is passed on as it comes: of a file's upload, with the form around it.
        package var upload = 201 * 1_024 * 1_024
        /// Bytes of a file, as whoever sends too many is told.
        package var file = 200 * 1_024 * 1_024
        /// Bytes of request bodies in memory, over all connections.
        package var bodiesInMemory = 256 * 1_024 * 1_024
        /// Bytes of all header fields of a request; also what the framing of a chunked body may have whatever its data.
        package var headerBytes = 64 * 1_024
        /// Header fields of a request, trailers included.
        package var headerFields = 128
        /// Bytes of the request target.
        package var target = 8 * 1_024
        /// Open connections; the next ones are answered with 503 and closed.
        package var connections = 10_000
        /// Decoded bytes of pipelined requests held back behind the one that is being answered.
        package var pipelined = 512 * 1_024
        /// Bytes of a streamed answer gathered before they are written out.
        package var gatheredEvents = 32 * 1_024

        /// The defaults.
        package init() {}
    }

    /// Bounds on every wait for a client.
    package struct TimeLimits: Sendable {
        /// For a request's head, from its first byte; for a new connection, from its start.
        package var head: Duration = .seconds(10)
        /// Between two pieces of a body.
        package var bodyInactivity: Duration = .seconds(30)
        /// For a whole body.
        package var body: Duration = .seconds(300)
        /// For the whole body of an upload.
        package var upload: Duration = .seconds(3_600)
        /// For a body that comes more slowly than `bodyRate`.
        package var bodyGrace: Duration = .seconds(30)
        /// The bytes in a second, on the average, that buy a body time beyond `bodyGrace`.
        package var bodyRate = 4 * 1_024
        /// Between two requests of a connection.
        package var keepAlive: Duration = .seconds(75)
        /// For a client that takes nothing of its answer.
        package var write: Duration = .seconds(60)
        /// For room in memory for a body, before the request is refused as overload.
        package var memory: Duration = .seconds(5)
        /// For a refused client to read its answer, before the connection is cut.
        package var linger: Duration = .seconds(2)
        /// For requests in flight after a graceful shutdown has begun.
        package var drain: Duration = .seconds(30)

        /// The defaults.
        package init() {}
    }
}

extension GatewayConfiguration.TimeLimits {
    /// How long a body may be on its way, from its beginning, once so many bytes of it have come.
    func body(received count: Int, isUpload: Bool = false) -> Duration {
        min(isUpload ? upload : body, bodyGrace + .seconds(Double(count) / Double(bodyRate)))
    }
}
