internal import Aurelis
internal import AurelisJSON
internal import Hummingbird

/// The circuits and pauses of the routes: read, and reset.
struct CircuitRoutes {
    let health: RouteHealth

    func add(to router: RouterGroup<BasicRequestContext>) {
        router.get("circuits") { [health] request, _ in
            try QueryParameters.none(in: request)
            var json = JSONWriter()
            json.beginObject()
            json.key("circuits")
            json.beginArray()
            for status in health.statuses() { status.write(to: &json) }
            json.endArray()
            json.endObject()
            return Response(json: json)
        }
        router.post("circuits/reset") { [health] request, _ in
            let parameters = try QueryParameters(request, knowing: ["provider", "model"])
            let provider = try parameters.text("provider")
            let model = try parameters.text("model").map { ModelID($0) }
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
}

extension RouteStatus {
    /// Writes the state as a value.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.field("provider", route.provider.rawValue)
        json.field("model", route.model.canonical)
        json.field("state", circuit.rawValue)
        json.field("failures", failures)
        if let time = opensIn { json.field("open_for_ms", Int(time.milliseconds)) }
        if let time = pausedFor { json.field("paused_for_ms", Int(time.milliseconds)) }
        if isKeyRefused { json.field("key_refused", true) }
        if let rate = successRate { json.field("success_rate", rate) }
        if let time = answerTime { json.field("answer_ms", Int(time.milliseconds)) }
        if let time = firstContentTime { json.field("first_content_ms", Int(time.milliseconds)) }
        json.endObject()
    }
}
