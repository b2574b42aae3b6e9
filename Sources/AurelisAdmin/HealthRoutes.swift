internal import Aurelis
internal import AurelisJSON
internal import HTTPTypes
internal import Hummingbird

/// How the process is: to everybody in a word, to whoever may see more in full.
///
/// - `GET /health`: 200 when it is healthy or degraded, 503 when it is unhealthy. `?verbose` adds what has changed.
/// - `GET /health/history`: what has changed, the newest first; `?limit=`.
struct HealthRoutes {
    let board: HealthBoard
    let access: AdminAccess?

    private static let verboseHistory = 20

    func add(to router: Router<BasicRequestContext>) {
        router.getAndHead("health") { [self] request, _ in
            let parameters = try QueryParameters(request, knowing: ["verbose"])
            let report = board.report()
            let isWhole = maySee(request)
            var json = JSONWriter()
            json.beginObject()
            report.writeMembers(to: &json, isWhole: isWhole)
            if isWhole {
                json.field("version", board.version)
                json.field("instance", board.instance)
                if let text = parameters["verbose"], !["0", "false"].contains(text) {
                    Self.write(board.history(Self.verboseHistory), to: &json)
                }
            }
            json.endObject()
            return Response(status: report.state == .unhealthy ? .serviceUnavailable : .ok, json: json)
        }
        router.get("health/history") { [self] request, _ in
            let parameters = try QueryParameters(request, knowing: ["limit"])
            let limit = try parameters.number("limit", in: 1...500) ?? 100
            guard maySee(request) else {
                var fields = HTTPFields()
                fields[.wwwAuthenticate] = #"Bearer realm="aurelis""#
                throw HTTPError(.unauthorized, headers: fields, message: "what has changed is told to operators only")
            }
            var json = JSONWriter()
            json.beginObject()
            Self.write(board.history(limit), to: &json)
            json.endObject()
            return Response(json: json)
        }
    }

    /// Where other machines reach the control plane, whoever has an admin key; else who is on this machine, but no page
    /// of somebody else's in a browser on it.
    private func maySee(_ request: Request) -> Bool {
        if let access, access.isExposed { return access.refusal(of: request.headers[.authorization]) == nil }
        guard LoopbackName.isAuthority(request.head.authority ?? "") else { return false }
        return request.headers[.origin].map { LoopbackName.isOrigin($0) } ?? true
    }

    private static func write(_ transitions: [HealthTransition], to json: inout JSONWriter) {
        json.key("history")
        json.beginArray()
        for transition in transitions {
            json.beginObject()
            transition.writeMembers(to: &json)
            json.endObject()
        }
        json.endArray()
    }
}
