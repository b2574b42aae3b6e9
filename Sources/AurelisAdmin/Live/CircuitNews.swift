internal import Aurelis
internal import AurelisJSON

/// The routes whose circuit or pause has changed since somebody looked last.
struct CircuitNews {
    private var known: [Route: Condition] = [:]

    /// What makes a difference; how fast a route is changes with every request.
    private struct Condition: Hashable {
        let circuit: RouteStatus.Circuit
        let failures: Int
        let isPaused: Bool
        let isKeyRefused: Bool
    }

    /// Those that have changed as JSON; nil: none.
    mutating func next(_ statuses: [RouteStatus]) -> [UInt8]? {
        var next: [Route: Condition] = [:]
        var changed: [RouteStatus] = []
        for status in statuses {
            let condition = Condition(
                circuit: status.circuit,
                failures: status.failures,
                isPaused: status.pausedFor != nil,
                isKeyRefused: status.isKeyRefused
            )
            if known[status.route] != condition { changed.append(status) }
            next[status.route] = condition
        }
        known = next
        guard !changed.isEmpty else { return nil }
        var json = JSONWriter()
        json.beginObject()
        json.key("circuits")
        json.beginArray()
        for status in changed { status.write(to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }
}
