import NIOPosix
import NIOSSL
import Testing

@testable import AurelisTLS
@testable import AurelisTransport

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    private func configuration(trusting authority: TestAuthority?) -> HTTPClientConfiguration {
        var configuration = HTTPClientConfiguration()
        configuration.tls.additionalRootsFile = authority?.rootsFile
        return configuration
    }

    private func request(_ server: ScriptedServer, host: String = "localhost") -> HTTPClientRequest {
        HTTPClientRequest(
            method: "POST",
            origin: HTTPOrigin(scheme: .https, host: host, port: server.port),
            target: "/",
            body: Array("hello".utf8),
            timeouts: HTTPTimeouts(connect: .seconds(30))
        )
    }

    private func failure(_ client: HTTPClient, _ request: HTTPClientRequest) async -> TransportError? {
        do throws(TransportError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a trusted server answers, by name and by address, on a connection that is kept",
        arguments: ["localhost", "127.0.0.1"]
    )
    func trusted(host: String) async throws {
        let authority = try TestAuthority.shared.get()
        try await ScriptedServer.run(tls: authority.server(), configuration: configuration(trusting: authority)) {
            server,
            client in
            var connection: ScriptedConnection?
            for _ in 0..<2 {
                let task = Task { try await client.send(request(server, host: host)).body.collect(upTo: 100) }
                if connection == nil { connection = try await server.connection() }
                #expect(try await connection?.request().hasSuffix("hello") == true)
                try await connection?.respond("secret")
                #expect(try await task.value == Array("secret".utf8))
            }
            #expect(client.statistics.total == .init(idle: 1))
        }
    }

    @Test("a server of an unknown authority is refused, and nothing was sent")
    func untrusted() async throws {
        let authority = try TestAuthority.shared.get()
        try await ScriptedServer.run(tls: authority.server(), configuration: configuration(trusting: nil)) {
            server,
            client in
            let failure = await failure(client, request(server))
            #expect(failure?.code == .certificateUntrusted)
            #expect(failure?.requestMayHaveBeenProcessed == false)
        }
    }

    @Test("a certificate for another host is refused", arguments: ["localhost", "127.0.0.1"])
    func wrongHost(host: String) async throws {
        let authority = try TestAuthority.shared.get()
        try await ScriptedServer.run(tls: authority.server("other"), configuration: configuration(trusting: authority))
        {
            server,
            client in
            #expect(await failure(client, request(server, host: host))?.code == .certificateUntrusted)
        }
    }

    @Test("TLS 1.2 is refused unless it is allowed", arguments: [TLSMinimum.tls13, .tls12])
    func minimumVersion(minimum: TLSMinimum) async throws {
        let authority = try TestAuthority.shared.get()
        var configuration = configuration(trusting: authority)
        configuration.tls.minimumVersion = minimum
        try await ScriptedServer.run(tls: authority.server(maximum: .tlsv12), configuration: configuration) {
            server,
            client in
            guard minimum == .tls12 else {
                #expect(await failure(client, request(server))?.code == .tlsVersion)
                return
            }
            let task = Task { try await client.send(request(server)).status }
            let connection = try await server.connection()
            try await connection.request()
            try await connection.respond()
            #expect(try await task.value == 200)
        }
    }

    @Test("a server that offers no TLS 1.3 says so in one way or another, and it is told from other failures")
    func oldServer() async throws {
        let authority = try TestAuthority.shared.get()
        try await OpenSSLServer.run(authority, ["-tls1_2"]) { port in
            let client = HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                configuration: configuration(trusting: authority)
            )
            let origin = HTTPOrigin(scheme: .https, host: "localhost", port: port)
            let request = HTTPClientRequest(method: "GET", origin: origin, target: "/")
            #expect(await failure(client, request)?.code == .tlsVersion)
            await client.shutdown()
        }
    }

    @Test("a session is never resumed: every connection verifies its server anew", arguments: [false, true])
    func resumption(pinned: Bool) async throws {
        let authority = try TestAuthority.shared.get()
        var configuration = configuration(trusting: authority)
        if pinned { configuration.tls.pins = PublicKeyPins([try PublicKeyPin(parsing: authority.pin("good"))]) }
        try await OpenSSLServer.run(authority) { port in
            let client = HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                configuration: configuration
            )
            let origin = HTTPOrigin(scheme: .https, host: "localhost", port: port)
            for _ in 0..<3 {
                let page = try await text(client.send(HTTPClientRequest(method: "GET", origin: origin, target: "/")))
                #expect(page.contains("New, TLSv1.3") && !page.contains("Reused"))
            }
            await client.shutdown()
        }
    }

    @Test("a client's certificate is presented to a server that asks for one", arguments: [true, false])
    func clientCertificate(isThere: Bool) async throws {
        let authority = try TestAuthority.shared.get()
        var configuration = configuration(trusting: authority)
        if isThere {
            configuration.tls.clientCertificate = .init(
                certificateFile: authority.path("clients.pem"),
                keyFile: authority.path("clients.key")
            )
        }
        try await ScriptedServer.run(tls: authority.server(asksClients: true), configuration: configuration) {
            server,
            client in
            let task = Task { try await client.send(request(server)).status }
            let connection = try await server.connection()
            guard isThere else {
                #expect(await code { try await task.value } != nil)
                return
            }
            try await connection.request()
            try await connection.respond()
            #expect(try await task.value == 200)
        }
    }

    @Test("files are checked before they are needed, and what is wrong with them is told")
    func files() throws {
        let authority = try TestAuthority.shared.get()
        var settings = TLSClientSettings()
        settings.rootsFile = authority.path("ca.key")
        #expect(throws: TLSFileError.self) { try settings.check() }
        settings.rootsFile = authority.rootsFile
        try settings.check()
        settings.clientCertificate = .init(
            certificateFile: authority.path("good.pem"),
            keyFile: authority.path("other.key")
        )
        let error = #expect(throws: TLSFileError.self) { try settings.check() }
        #expect(error?.message.contains("is not the key of") == true)
        settings.clientCertificate?.keyFile = authority.path("none.key")
        #expect(throws: TLSFileError.self) { try settings.check() }
        settings.clientCertificate?.keyFile = authority.path("good.key")
        try settings.check()
    }

    @Test("TLS towards a server that speaks plain HTTP fails as such")
    func plainServer() async throws {
        try await ScriptedServer.run { server, client in
            let task = Task { await failure(client, request(server)) }
            let connection = try await server.connection()
            try await connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            #expect(await task.value?.code == .tlsFailure)
        }
    }

    @Test("a roots file that cannot be read fails the connection, not the process")
    func missingRoots() async throws {
        var configuration = HTTPClientConfiguration()
        configuration.tls.additionalRootsFile = "/nonexistent/roots.pem"
        try await ScriptedServer.run(configuration: configuration) { server, client in
            #expect(await failure(client, request(server))?.code == .tlsFailure)
        }
    }

    @Test("cancelling closes the connection at once, although the server keeps silent")
    func cancel() async throws {
        let authority = try TestAuthority.shared.get()
        try await ScriptedServer.run(tls: authority.server(), configuration: configuration(trusting: authority)) {
            server,
            client in
            let task = Task { await failure(client, request(server)) }
            let connection = try await server.connection()
            try await connection.request()
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            await connection.closedByClient()
            while !client.statistics.origins.isEmpty { await Task.yield() }
        }
    }
}
