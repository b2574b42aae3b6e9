internal import Aurelis
internal import AurelisGateway
internal import AurelisPrometheus
internal import AurelisTransport

/// Queues, connections, memory of bodies.
struct LoadReadings {
    let all: [MetricReading]

    private static let maximumOrigins = 200

    init(_ load: OrchestratorLoad, _ gateway: GatewayLoad, _ pool: ConnectionPoolStatistics, underWay: Int) {
        var waiting: [MetricReading.Sample] = [.init(["queue": "quota"], load.waitingForQuota)]
        for (provider, count) in load.waitingForPlace.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            waiting.append(.init(["queue": "concurrency", "provider": provider.rawValue], count))
        }
        var connections: [MetricReading.Sample] = []
        var waiters: [MetricReading.Sample] = []
        for (origin, counts) in pool.origins.map({ ("\($0)", $1) }).sorted(by: { $0.0 < $1.0 })
            .prefix(Self.maximumOrigins)
        {
            let origin = Redaction.standard.text(origin)
            connections += [
                .init(["origin": origin, "state": "connecting"], counts.connecting),
                .init(["origin": origin, "state": "leased"], counts.leased),
                .init(["origin": origin, "state": "idle"], counts.idle),
            ]
            waiters.append(.init(["origin": origin], counts.waiting))
        }
        all = [
            .init(MetricNames.inFlight, .gauge, "Requests under way.", [.init([:], underWay)]),
            .init("aurelis_queue_waiting", .gauge, "Requests that wait their turn, and for what.", waiting),
            .init("aurelis_flights", .gauge, "Calls under way that equal ones may share.", [.init([:], load.flights)]),
            .init(
                "aurelis_flight_passengers",
                .gauge,
                "Requests that wait for those calls.",
                [.init([:], load.passengers)]
            ),
            .init("aurelis_pool_connections", .gauge, "Connections to providers.", connections),
            .init("aurelis_pool_waiting", .gauge, "Requests that wait for a connection.", waiters),
            .init(
                "aurelis_gateway_connections",
                .gauge,
                "Open connections of clients.",
                [.init([:], gateway.connections)]
            ),
            .init(
                "aurelis_gateway_connections_limit",
                .gauge,
                "How many there may be.",
                [.init([:], gateway.maximumConnections)]
            ),
            .init("aurelis_gateway_body_bytes", .gauge, "Requests in memory.", [.init([:], gateway.bodyBytes)]),
            .init(
                "aurelis_gateway_draining",
                .gauge,
                "1 while the gateway lets go of its clients.",
                [.init([:], gateway.isDraining ? 1 : 0)]
            ),
        ]
    }
}
