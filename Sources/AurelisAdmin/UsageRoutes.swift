internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// What was used, day by day.
struct UsageRoutes {
    let report: @Sendable (UsageReport.Selection, UsageReport.Grouping) async throws -> UsageReport

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("usage") { [report] request, _ in
            let parameters = try QueryParameters(request, knowing: ["days", "by", "model", "key"])
            let selection = UsageReport.Selection(
                days: try parameters.number("days", in: UsageReport.Selection.possibleDays)
                    ?? UsageReport.Selection().days,
                model: parameters["model"],
                key: parameters["key"]
            )
            let grouping = try parameters.word("by", of: UsageReport.Grouping.allCases) ?? .day
            var json = JSONWriter()
            try await report(selection, grouping).write(to: &json)
            return Response(json: json)
        }
    }
}
