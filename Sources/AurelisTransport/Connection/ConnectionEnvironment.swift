/// What every connection of a client is made with.
struct ConnectionEnvironment: Sendable {
    let configuration: HTTPClientConfiguration
    let addresses: AddressCache
    /// For origins without one of their own.
    let security: TLSProfile
    let owner: any HTTPConnectionOwner

    init(configuration: HTTPClientConfiguration, owner: any HTTPConnectionOwner) {
        self.configuration = configuration
        self.addresses = AddressCache(
            lifetime: configuration.addressLifetime,
            capacity: configuration.maximumCachedNames
        )
        self.security = TLSProfile(configuration.tls)
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
}
