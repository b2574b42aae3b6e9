import AurelisApp
import AurelisJSON
import AurelisTransport

/// Somebody who reads the stream of events of a running app.
final class EventListener {
    struct Event {
        let id: String
        let name: String
        let data: JSONDocument
    }

    let status: Int
    private let body: HTTPResponseBody
    private var parser = ServerSentEventParser()
    private var passedOver: [Event] = []
    /// Whether the stream has ended as it should.
    private(set) var isOver = false

    init(_ app: RunningApp, after id: String? = nil, headers: [(String, String)] = []) async throws {
        var fields = HTTPHeaderList()
        if let id { fields.append("last-event-id", id) }
        for (name, value) in headers { fields.append(name, value) }
        let origin = try HTTPOrigin(parsing: app.addresses.admin)
        let response = try await app.client.send(
            HTTPClientRequest(method: "GET", origin: origin, target: "/admin/events", headers: fields)
        )
        (status, body) = (response.status, response.body)
    }

    deinit { body.cancel() }

    /// The next event; nil: there are no more.
    func next() async throws -> Event? {
        while true {
            if let event = try parser.next() {
                return Event(id: event.id ?? "", name: event.event ?? "", data: try JSONDocument(event.data))
            }
            guard let bytes = try await body.next() else {
                isOver = true
                return nil
            }
            parser.append(bytes)
        }
    }

    /// The first event of a name that was not taken yet, for which something holds; others may come before it or after.
    func next(
        _ name: String,
        where holds: (JSONDocument) -> Bool = { _ in true }
    ) async throws -> Event? {
        if let index = passedOver.firstIndex(where: { $0.name == name && holds($0.data) }) {
            return passedOver.remove(at: index)
        }
        while let event = try await next() {
            if event.name == name, holds(event.data) { return event }
            passedOver.append(event)
        }
        return nil
    }
}
