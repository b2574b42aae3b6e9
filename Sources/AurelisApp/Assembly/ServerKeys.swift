internal import AurelisTLS
internal import AurelisTransport
package import NIOCore

/// The keys of a server, as pins are made from them.
package enum ServerKeys {
    /// A key and whose it is.
    package struct Key: Sendable, Hashable {
        /// `sha256/…`.
        package var pin: String
        /// The subject of its certificate.
        package var subject: String
    }

    /// Shakes hands with a server, by the way that requests to it would take, and sends nothing.
    ///
    /// - Returns: the keys of its chain, its own first, its root's last.
    /// - Throws: `ConfigurationError` for an address or settings that cannot be used; else why there is no connection, or
    ///   why the server is not trusted.
    package static func keys(
        of address: String,
        _ configuration: Configuration,
        environment: [String: String],
        eventLoopGroup: any EventLoopGroup
    ) async throws -> [Key] {
        let origin: HTTPOrigin
        do { origin = try HTTPOrigin.split(address).origin } catch { throw ConfigurationError(error.message) }
        guard origin.scheme == .https else { throw ConfigurationError("\(origin) is not encrypted: it has no keys") }
        let client = HTTPClient(
            eventLoopGroup: eventLoopGroup,
            configuration: try HTTPClientConfiguration(configuration, environment: environment)
        )
        let result: Result<[ValidatedKey], TransportError>
        do throws(TransportError) {
            result = .success(try await client.keys(of: origin, within: .seconds(10)))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        return try result.get().map { Key(pin: "\($0.pin)", subject: $0.subject) }
    }

    /// What kept a server's keys from being seen, for a person; nil for an error of another kind.
    package static func reason(_ error: any Error) -> String? {
        (error as? TransportError)?.readable
    }
}
