internal import Aurelis
internal import AurelisTesting
internal import AurelisTransport
internal import Logging

/// Makes an orchestrator from a configuration; what outlives a reload is kept here.
struct OrchestratorFactory: Sendable {
    let client: HTTPClient
    let simulator: EmbeddedSimulator?
    let environment: [String: String]
    /// How many requests a provider gets at once when the configuration does not say.
    let defaultConcurrency: Int?
    /// What has been learnt of the routes: a reload does not forget an outage.
    let health: RouteHealth
    /// Who is under way, and who waits: a reload changes how many may, and forgets nobody.
    let places = RequestPlaces()
    let history: RequestHistory
    /// What is counted for a scrape.
    let metrics: EngineMetrics?
    /// What makes the spans of requests.
    let tracing: EngineTracing?
    /// What can be proven of the requests.
    let trail: AuditTrail
    /// The answers: a reload changes the rules by which they are kept, not what is kept.
    let layers: CacheLayers
    /// What was used of the quotas.
    let quota: any QuotaLedger
    let cassette: CassetteMode?
    let time: any TimeSource
    let clock: WallClock
    let logger: Logger

    /// An orchestrator with this configuration's providers and rules.
    func orchestrator(_ configuration: Configuration) throws(ConfigurationError) -> ModelOrchestrator {
        let own = simulator?.environment ?? [:]
        let factory = ProviderFactory(
            client: client,
            environment: environment.merging(own) { _, new in new },
            logger: logger,
            trail: trail
        )
        let providers = try taped { () throws(ConfigurationError) -> [any ModelProvider] in
            if let simulator { return [try factory.provider(simulator.provider)] }
            return try factory.providers(configuration)
        }
        for provider in providers { metrics?.requests.know(provider.models.map(\.id)) }
        var rules = configuration.orchestrator
        rules.concurrency = configuration.concurrency ?? defaultConcurrency
        return ModelOrchestrator(
            providers: providers,
            configuration: rules,
            cache: layers.cache.with(configuration.cache.rules),
            quota: quota,
            tokenizers: try ModelTokenizers(configuration.tokenizers),
            health: health,
            places: places,
            recorder: trail.log.map { AuditedHistory(history: history, audit: $0) } ?? history,
            tracing: tracing?.tracer,
            time: time,
            wallClock: clock,
            logger: logger
        )
    }

    /// The providers as a cassette wants them: recorded, or replaced.
    private func taped(
        _ providers: () throws(ConfigurationError) -> [any ModelProvider]
    ) throws(ConfigurationError) -> [any ModelProvider] {
        switch cassette {
        case nil: try providers()
        case .play(let cassette, let options): cassette.players(options: options, time: time)
        case .record(let file):
            try providers().map { provider in
                CassetteRecorder(of: provider, time: time, redact: Redaction.standard.json) { file.append($0) }
            }
        }
    }
}
