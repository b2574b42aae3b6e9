internal import Aurelis
internal import AurelisApp
internal import AurelisJSON
internal import AurelisTLS
internal import AurelisTransport
internal import NIOPosix

/// The control plane of a gateway that runs, if one does.
struct ControlPlane: Sendable {
    /// The address that the command line names; nil: that of the configuration, if somebody listens there.
    let named: String?
    let configuration: Configuration

    /// An answer with its status.
    struct Answer {
        let status: Int
        let document: JSONDocument
    }

    /// What the control plane answers; nil when there is none, or it does not know.
    func get(_ target: String) async throws -> JSONDocument? {
        let answer = try await send("GET", target)
        return answer?.status == 200 ? answer?.document : nil
    }

    /// Where it is, if anywhere.
    var address: String {
        let admin = configuration.admin
        return named ?? "\(ServerAddress(host: admin.host, port: admin.port, isSecure: admin.tls != nil))"
    }

    /// Sends a request; nil when nobody listens, or who does speaks no JSON.
    ///
    /// - Throws: when a gateway was named and does not answer.
    func send(_ method: String, _ target: String) async throws -> Answer? {
        var transport = HTTPClientConfiguration()
        transport.tls.minimumVersion = configuration.admin.tls?.minimumVersion ?? .tls13
        // One that vouches for itself is known by the configuration that names it.
        transport.tls.additionalRootsFile = configuration.admin.tls?.certificateFile
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            configuration: transport
        )
        do {
            let answer = try await Self.exchange(method, target, at: address, with: client)
            await client.shutdown()
            return answer
        } catch {
            await client.shutdown()
            if error.code == .cancelled { throw CancellationError() }
            // Nobody has to run; but whoever names a gateway wants that one.
            guard named != nil else { return nil }
            throw CommandFailure(.failure, "the control plane at \(address) does not answer: \(error.message)")
        }
    }

    private static func exchange(
        _ method: String,
        _ target: String,
        at address: String,
        with client: HTTPClient
    ) async throws(TransportError) -> Answer? {
        var request = HTTPClientRequest(method: method, origin: try HTTPOrigin(parsing: address), target: target)
        request.timeouts.connect = .seconds(2)
        request.timeouts.firstByte = .seconds(5)
        let response = try await client.send(request)
        let body = try await response.body.collect(upTo: 64 << 20)
        guard let document = try? JSONDocument(body, limits: .response) else { return nil }
        return Answer(status: response.status, document: document)
    }
}
