internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// What is used and what is left of the quotas.
struct QuotaRoutes {
    let report: @Sendable () async -> QuotaReport

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("quota") { [report] request, _ in
            try QueryParameters.none(in: request)
            var json = JSONWriter()
            json.beginObject()
            await report().writeMembers(to: &json)
            json.endObject()
            return Response(json: json)
        }
    }
}
