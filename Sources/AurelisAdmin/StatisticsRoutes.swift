internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// What is under way, and how it went.
struct StatisticsRoutes {
    let statistics: RequestStatistics

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("statistics") { [statistics] request, _ in
            _ = try QueryParameters(request, knowing: [])
            var json = JSONWriter(capacity: 1 << 16)
            statistics.snapshot().write(to: &json)
            return Response(json: json)
        }
    }
}
