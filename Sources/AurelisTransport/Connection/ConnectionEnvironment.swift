import NIOSSL

/// What every connection of a client is made with.
struct ConnectionEnvironment: Sendable {
    let configuration: HTTPClientConfiguration
    let addresses: AddressCache
    let tls: TLSContextSource
    let owner: any HTTPConnectionOwner

    init(configuration: HTTPClientConfiguration, owner: any HTTPConnectionOwner) {
        self.configuration = configuration
        self.addresses = AddressCache(
            lifetime: configuration.addressLifetime,
            capacity: configuration.maximumCachedNames
        )
        self.tls = TLSContextSource(settings: configuration.tls)
        self.owner = owner
    }

    func handlerSettings(isSecure: Bool) -> HTTPConnectionHandler.Settings {
        HTTPConnectionHandler.Settings(
            isSecure: isSecure,
            idleTimeout: configuration.idleTimeout,
            responseBufferBytes: configuration.responseBufferBytes,
            maximumDecompressedBytes: configuration.maximumDecompressedBytes
        )
    }

    /// The handler that encrypts a connection and decides whether its server is the right one. A server named by
    /// address is checked against the addresses in its certificate.
    func makeSecurityHandler(context: NIOSSLContext, origin: HTTPOrigin) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: origin.isAddress ? nil : origin.host)
    }
}
