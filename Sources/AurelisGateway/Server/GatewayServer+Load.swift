internal import AurelisServing

/// What a gateway has in hand.
package struct GatewayLoad: Sendable, Hashable {
    /// Open connections of clients.
    package var connections: Int
    /// How many there may be.
    package var maximumConnections: Int
    /// Bytes of requests in memory.
    package var bodyBytes: Int
    /// Whether it lets go of its clients.
    package var isDraining: Bool
}

extension GatewayServer {
    /// What it has in hand now.
    package var load: GatewayLoad {
        GatewayLoad(
            connections: context.connections.open,
            maximumConnections: context.configuration.limits.connections,
            bodyBytes: context.bodies.bytes,
            isDraining: context.isDraining
        )
    }
}
