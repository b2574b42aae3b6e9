/// The bounds and habits of an `HTTPClient`.
package struct HTTPClientConfiguration: Sendable {
    /// Connections to all origins together.
    package var maximumConnections = 100
    /// Connections to one origin.
    package var maximumConnectionsPerOrigin = 20
    /// Requests that may wait for a connection; the next one fails at once.
    package var maximumWaiters = 1000
    /// How long an unused connection is kept. A server's own `Keep-Alive: timeout` shortens it.
    package var idleTimeout: Duration = .seconds(60)
    /// How long `shutdown` lets running exchanges finish.
    package var shutdownGrace: Duration = .seconds(10)
    /// The `User-Agent` of requests that bring none.
    package var userAgent = "Aurelis"
    /// Reading pauses while this many bytes of a body wait for the caller.
    package var responseBufferBytes = 128 * 1024
    /// All names and values of a response head together, in bytes.
    package var maximumHeaderBytes = 64 * 1024
    /// The number of fields in a response head.
    package var maximumHeaderCount = 256
    /// The largest body that compressed bytes may expand to.
    package var maximumDecompressedBytes = 64 * 1024 * 1024
    /// How long the addresses of a name are remembered; failures are not.
    package var addressLifetime: Duration = .seconds(300)
    /// How many names are remembered.
    package var maximumCachedNames = 256
    /// How servers are authenticated whose origin does not say otherwise.
    package var tls = TLSClientSettings()
    /// Which requests go by way of a proxy.
    package var proxies = ProxyRules()

    /// The defaults.
    package init() {}
}
