internal import Aurelis
internal import AurelisAdmin
internal import AurelisGateway
internal import AurelisPrometheus
internal import AurelisStorage
internal import AurelisTracing
internal import AurelisTransport

/// Answers a scrape: what was counted, and what the parts of the process say of themselves at this moment.
///
/// What has a state of its own (circuits, quotas, caches, pools, queues) is asked here and nowhere else, so that no request pays
/// for it. Whoever may be slow is asked within a time limit of its own, which its part keeps.
struct MetricsScrape: Sendable {
    let engine: Engine
    let gateway: @Sendable () -> GatewayLoad
    /// The keys whose use is told.
    let metered: @Sendable () -> [AccessGrant]
    let process: ProcessReadings

    /// All metrics, in the format that is wanted.
    func page(accepting field: String?) async -> MetricsPage? {
        guard let metrics = engine.metrics else { return nil }
        let format = ExpositionFormat(accepting: field)
        let body = metrics.registry.exposition(as: format, with: await readings(metrics))
        return MetricsPage(contentType: format.contentType, body: body)
    }

    private func readings(_ metrics: EngineMetrics) async -> [MetricReading] {
        let orchestrator = engine.orchestrator
        async let quota = orchestrator.quotaReport(keys: Array(metered().prefix(Self.maximumKeys)))
        async let database = try? engine.cache.usage(of: .database)
        var readings = RouteReadings(orchestrator, engine.health).all
        let underWay = engine.history.statistics.underWay
        readings += LoadReadings(orchestrator.load, gateway(), engine.client.statistics, underWay: underWay).all
        readings += CacheReadings(engine.cache.statistics, database: await database ?? nil).all
        readings += QuotaReadings(await quota).all
        readings += process.all
        readings += [
            .init("aurelis_build_info", .gauge, "Which version this is.", [.init(["version": Version.current], 1)]),
            .init(
                "aurelis_metrics_overflow_total",
                .counter,
                "Series that were not made because there were too many.",
                [.init([:], metrics.registry.overflows)]
            ),
        ]
        if let lost = engine.trail.log?.condition.lost {
            let help = "Entries of the audit log that could not be kept."
            readings.append(.init("aurelis_audit_lost_total", .counter, help, [.init([:], lost)]))
        }
        if let counts = engine.tracing?.exporter.counts { readings += TracingReadings(counts).all }
        return readings
    }

    /// Keys are made by operators, but nobody bounds how many.
    private static let maximumKeys = 200
}
