internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// What became of the latest requests, and why.
struct RequestRoutes {
    let resources: AdminResources
    /// The requests of a selection; nil: only the latest can be asked for.
    var page: (@Sendable (RequestSelection) async throws -> RequestPage)?
    var clock = WallClock.system

    private static let longestList = 1_000
    private static let filters: Set<String> = [
        "limit", "model", "provider", "outcome", "task", "key", "since", "cursor",
    ]

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("requests") { [page, resources, clock] request, _ in
            guard let page else {
                let parameters = try QueryParameters(request, knowing: ["limit"])
                let limit = try parameters.number("limit", in: 1...Self.longestList) ?? 50
                return Self.list(RequestPage(try await resources.latestRequests(limit), next: nil))
            }
            return Self.list(try await page(try Self.selection(request, now: clock.millisecondsSinceEpoch)))
        }
        router.get("requests/{id}") { [resources] request, context in
            try QueryParameters.none(in: request)
            let text = try context.parameters.require("id")
            guard let id = RequestID(parsing: text) else {
                throw HTTPError(.badRequest, message: "a request's name is req_ and sixteen hexadecimal digits")
            }
            guard let record = try await resources.request(id) else {
                throw AdminFailure(
                    .notFound,
                    code: "unknown_request",
                    "this request is unknown, or too long ago"
                )
            }
            var json = JSONWriter()
            record.write(to: &json)
            return Response(json: json)
        }
    }

    private static func list(_ page: RequestPage) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.key("requests")
        json.beginArray()
        for record in page.records { record.write(to: &json) }
        json.endArray()
        json.key("next_cursor")
        if let next = page.next { json.string(next.description) } else { json.null() }
        json.endObject()
        return Response(json: json)
    }

    /// Which requests a query asks for.
    static func selection(_ request: Request, now: Int64) throws -> RequestSelection {
        let parameters = try QueryParameters(request, knowing: filters)
        var selection = RequestSelection(limit: try parameters.number("limit", in: 1...longestList) ?? 50)
        selection.model = try parameters.text("model").map { ModelID($0) }
        selection.provider = try parameters.text("provider")
        // An empty key is that of nobody in particular.
        selection.key = parameters["key"]
        selection.task = try parameters.task("task")
        if let text = try parameters.text("outcome") {
            guard let outcome = RequestSelection.Outcome(text) else {
                let names = RequestSelection.Outcome.names.joined(separator: ", ")
                throw AdminFailure.query("outcome", "must be one of \(names)")
            }
            selection.outcome = outcome
        }
        if let text = try parameters.text("since") {
            guard let since = Moment.milliseconds(text, now: now) else {
                throw AdminFailure.query("since", "must be a moment (2026-11-29T04:00:00Z) or a time ago (15m, 2h, 7d)")
            }
            selection.since = since
        }
        if let text = try parameters.text("cursor") {
            guard let place = RequestSelection.Place(text) else {
                throw AdminFailure.query("cursor", "is none that `next_cursor` of an answer had")
            }
            selection.after = place
        }
        return selection
    }
}
