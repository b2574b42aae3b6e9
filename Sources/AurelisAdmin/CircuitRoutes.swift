internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// The circuits and pauses of the routes: read, and reset.
struct CircuitRoutes {
    let health: RouteHealth

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("circuits") { [health] _, _ in
            var json = JSONWriter()
            json.beginObject()
            json.key("circuits")
            json.beginArray()
            for status in health.statuses() { Self.write(status, to: &json) }
            json.endArray()
            json.endObject()
            return Response(json: json)
        }
        router.post("circuits/reset") { [health] request, _ in
            let parameters = try QueryParameters(request, knowing: ["provider", "model"])
            let provider = parameters["provider"]
            let model = parameters["model"].map { ModelID($0) }
            let count = health.reset { route in
                (provider == nil || route.provider.rawValue == provider) && (model == nil || route.model == model)
            }
            var json = JSONWriter()
            json.beginObject()
            json.field("reset", count)
            json.endObject()
            return Response(json: json)
        }
    }

    private static func write(_ status: RouteStatus, to json: inout JSONWriter) {
        json.beginObject()
        json.field("provider", status.route.provider.rawValue)
        json.field("model", status.route.model.canonical)
        json.field("state", status.circuit.rawValue)
        json.field("failures", status.failures)
        if let time = status.opensIn { json.field("open_for_ms", Int(time.milliseconds)) }
        if let time = status.pausedFor { json.field("paused_for_ms", Int(time.milliseconds)) }
        if let rate = status.successRate { json.field("success_rate", rate) }
        if let time = status.answerTime { json.field("answer_ms", Int(time.milliseconds)) }
        if let time = status.firstContentTime { json.field("first_content_ms", Int(time.milliseconds)) }
        json.endObject()
    }
}
