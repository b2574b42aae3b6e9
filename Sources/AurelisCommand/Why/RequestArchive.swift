internal import Aurelis
internal import AurelisApp
internal import AurelisJSON

/// Where past requests are looked up: at a running gateway, and in the data directory.
struct RequestArchive: Sendable {
    let gateway: ControlPlane
    let configuration: Configuration
    let history: RequestHistory
    let console: Console

    /// What became of a request; nil when nobody knows it.
    func find(_ id: RequestID) async throws -> RequestRecord? {
        if let document = try await gateway.get("/admin/requests/\(id)"),
            let record = RequestRecord(reading: document.root)
        {
            return record
        }
        return try await stored { try await history.find(id) }
    }

    /// The latest requests, the newest first.
    func latest(_ limit: Int) async throws -> [RequestRecord] {
        if let document = try await gateway.get("/admin/requests?limit=\(limit)"), let list = document["requests"] {
            return list.elements.compactMap(RequestRecord.init(reading:))
        }
        return try await stored { try await history.latest(limit) }
    }

    private func stored<Value>(_ read: () async throws -> Value) async throws -> Value {
        do {
            return try await read()
        } catch let error where !(error is CancellationError) {
            throw CommandFailure(
                .failure,
                "the requests of \(configuration.dataDirectory) cannot be read: \(error)",
                hint: "name another directory with --data-dir, or a running gateway with --admin URL"
            )
        }
    }
}
