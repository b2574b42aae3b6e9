internal import Aurelis
internal import AurelisJSON
internal import AurelisTLS
internal import AurelisTransport
internal import Foundation
internal import NIOCore
internal import NIOPosix

extension Doctor {
    /// Whether the ports are free, or have a gateway of ours.
    func portFindings() async -> [DoctorFinding] {
        await Self.each(listeners) { entry in
            [await finding(of: entry.listener, entry.section)]
        }
    }

    private func finding(of listener: Configuration.Listener, _ section: String) async -> DoctorFinding {
        let name = "ports"
        guard listener.port != 0 else { return .init(name, .ok, "\(section): any free one") }
        let place = "\(section): \(listener.host) port \(listener.port)"
        let problem = await bindingProblem(listener)
        guard let problem else { return .init(name, .ok, "\(place) is free") }
        let number = (problem as? IOError)?.errnoCode
        guard number == EADDRINUSE else {
            let advice =
                number == EACCES
                ? "choose one above 1023 with --port or --admin-port" : "correct \(section).host"
            let reason = ConnectionFault.words(problem) ?? "it is no address of this machine"
            return .init(name, .fail, "\(place) cannot be listened on: \(reason)", advice: advice)
        }
        if let version = await version(at: listener) {
            return .init(name, .ok, "\(place) has a gateway\(version.isEmpty ? "" : " of version \(version)")")
        }
        let advice = "`ss -ltnp 'sport = :\(listener.port)'` tells whose it is; stop it, or choose another port"
        return .init(name, .fail, "\(place) has another program", advice: advice)
    }

    private func bindingProblem(_ listener: Configuration.Listener) async -> (any Error)? {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: listener.host, port: listener.port).get()
            try? await channel.close()
            return nil
        } catch {
            return error
        }
    }

    /// The version of the gateway that listens there, empty when it does not tell; nil: it is none.
    private func version(at listener: Configuration.Listener) async -> String? {
        let host = ["0.0.0.0", "::"].contains(listener.host) ? "127.0.0.1" : listener.host
        var transport = HTTPClientConfiguration()
        transport.shutdownGrace = .zero
        transport.tls.minimumVersion = listener.tls?.minimumVersion ?? .tls13
        transport.tls.additionalRootsFile = listener.tls?.certificateFile
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: transport)
        let origin = HTTPOrigin(scheme: listener.tls == nil ? .http : .https, host: host, port: listener.port)
        let live = await answer("/health/live", at: origin, client)
        // The control plane says the one, the data plane the other.
        let isOurs = ["live", "ok"].contains(live?["status"]?.string)
        let version = isOurs ? await answer("/health", at: origin, client)?["version"]?.string ?? "" : nil
        await client.shutdown()
        return version
    }

    private func answer(_ path: String, at origin: HTTPOrigin, _ client: HTTPClient) async -> JSONDocument? {
        var request = HTTPClientRequest(method: "GET", origin: origin, target: path)
        request.timeouts = HTTPTimeouts(connect: patience / 2, firstByte: patience / 2, total: patience / 2)
        guard let response = try? await client.send(request),
            let bytes = try? await response.body.collect(upTo: 1 << 20)
        else { return nil }
        return try? JSONDocument(bytes)
    }
}
