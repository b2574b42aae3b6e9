internal import Aurelis
internal import AurelisApp
internal import AurelisJSON
internal import AurelisTransport
internal import NIOPosix

/// Where past requests are looked up: at a running gateway, and in the data directory.
struct RequestArchive: Sendable {
    /// The control plane that the command line names; nil: that of the configuration, if it runs.
    let admin: String?
    let configuration: Configuration
    let history: RequestHistory
    let console: Console

    /// What became of a request; nil when nobody knows it.
    func find(_ id: RequestID) async throws -> RequestRecord? {
        if let document = try await ask("/admin/requests/\(id)"), let record = RequestRecord(reading: document.root) {
            return record
        }
        return try await stored { try await history.find(id) }
    }

    /// The latest requests, the newest first.
    func latest(_ limit: Int) async throws -> [RequestRecord] {
        if let document = try await ask("/admin/requests?limit=\(limit)"), let list = document["requests"] {
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

    /// What the control plane answers; nil when there is none, or it does not know.
    private func ask(_ target: String) async throws -> JSONDocument? {
        let address = admin ?? "http://\(ServerAddress(host: configuration.admin.host, port: configuration.admin.port))"
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        do {
            let answer = try await Self.get(target, at: address, with: client)
            await client.shutdown()
            return answer
        } catch {
            await client.shutdown()
            if error.code == .cancelled { throw CancellationError() }
            // Nobody has to run; but whoever names a gateway wants that one.
            guard admin != nil else { return nil }
            throw CommandFailure(.failure, "the control plane at \(address) does not answer: \(error.message)")
        }
    }

    private static func get(
        _ target: String,
        at address: String,
        with client: HTTPClient
    ) async throws(TransportError) -> JSONDocument? {
        var request = HTTPClientRequest(method: "GET", origin: try HTTPOrigin(parsing: address), target: target)
        request.timeouts.connect = .seconds(2)
        request.timeouts.firstByte = .seconds(5)
        let response = try await client.send(request)
        let body = try await response.body.collect(upTo: 64 << 20)
        guard response.status == 200 else { return nil }
        return try? JSONDocument(body, limits: .response)
    }
}
