internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// What became of the latest requests, and why.
struct RequestRoutes {
    let resources: AdminResources

    private static let longestList = 1_000

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("requests") { [resources] request, _ in
            let parameters = try QueryParameters(request, knowing: ["limit"])
            let limit = try parameters.number("limit", in: 1...Self.longestList) ?? 50
            var json = JSONWriter()
            json.beginObject()
            json.key("requests")
            json.beginArray()
            for record in try await resources.latestRequests(limit) { record.write(to: &json) }
            json.endArray()
            json.endObject()
            return Response(json: json)
        }
        router.get("requests/{id}") { [resources] _, context in
            let text = try context.parameters.require("id")
            guard let id = RequestID(parsing: text) else {
                throw HTTPError(.badRequest, message: "a request's name is req_ and sixteen hexadecimal digits")
            }
            guard let record = try await resources.request(id) else {
                throw HTTPError(.notFound, message: "this request is unknown, or too long ago")
            }
            var json = JSONWriter()
            record.write(to: &json)
            return Response(json: json)
        }
    }
}
