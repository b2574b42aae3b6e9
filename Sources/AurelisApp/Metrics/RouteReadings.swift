internal import Aurelis
internal import AurelisPrometheus

/// Circuits and health of the routes.
struct RouteReadings {
    let all: [MetricReading]

    /// Beyond the models of a configuration only those are told that something is known of, and not without end.
    private static let maximumRoutes = 1_000

    init(_ orchestrator: ModelOrchestrator, _ health: RouteHealth) {
        let statuses = Dictionary(health.statuses().map { ($0.route, $0) }) { first, _ in first }
        var routes = orchestrator.models.map { Route(provider: $0.provider, model: $0.model.id) }
        var known = Set(routes)
        // What callers made up and nobody serves has no status; what has one and is not listed was answered or failed.
        for (route, status) in statuses.sorted(by: { "\($0.key)" < "\($1.key)" })
        where status.answerTime != nil || status.firstContentTime != nil {
            if known.count < Self.maximumRoutes, known.insert(route).inserted { routes.append(route) }
        }
        var (circuits, paused, success): ([MetricReading.Sample], [MetricReading.Sample], [MetricReading.Sample]) =
            ([], [], [])
        var best: [(model: String, value: Double)] = []
        var places: [String: Int] = [:]
        // Of a model that nobody has asked nothing is known: it neither is well nor keeps the others from being all of them.
        var tried: Set<String> = []
        for route in routes.prefix(Self.maximumRoutes) {
            guard let labels = RouteLabels(route) else { continue }
            let status = statuses[route]
            circuits.append(.init(labels.pairs, status?.circuit.number ?? 0))
            if let pause = status?.pausedFor { paused.append(.init(labels.pairs, pause.seconds)) }
            if let rate = status?.successRate { success.append(.init(labels.pairs, rate)) }
            if status != nil { tried.insert(labels.model) }
            let value = status?.health ?? 1
            if let place = places[labels.model] {
                best[place].value = max(best[place].value, value)
            } else {
                places[labels.model] = best.count
                best.append((labels.model, value))
            }
        }
        all = [
            .init(
                "aurelis_model_health",
                .gauge,
                "Whether a model can be asked at one of its providers: 1 yes, 0.5 with care, 0 no; "
                    + "none of a model that was not asked yet.",
                best.filter { tried.contains($0.model) }.map { .init(["model": $0.model], $0.value) }
            ),
            .init("aurelis_circuit_state", .gauge, "The circuit of a route: 0 closed, 1 half open, 2 open.", circuits),
            .init("aurelis_route_paused_seconds", .gauge, "For how long a provider wants no request.", paused),
            .init("aurelis_route_success_ratio", .gauge, "The share of recent attempts that were answered.", success),
        ]
    }
}

/// A route as labels; none for a name that holds a credential.
private struct RouteLabels {
    let provider: String
    let model: String

    init?(_ route: Route) {
        provider = route.provider.rawValue
        model = route.model.canonical
        guard model.utf8.count <= 128, Redaction.standard.text(model) == model else { return nil }
    }

    var pairs: KeyValuePairs<String, String> { ["model": model, "provider": provider] }
}

extension RouteStatus {
    /// Nobody is asked to find out: what requests have taught decides.
    fileprivate var health: Double {
        switch circuit {
        case .open: 0
        case _ where isKeyRefused: 0
        case .halfOpen: 0.5
        case .closed: pausedFor == nil ? 1 : 0.5
        }
    }
}

extension RouteStatus.Circuit {
    fileprivate var number: Int {
        switch self {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        }
    }
}
