import NIOPosix
import NIOSSL
import Testing

@testable import AurelisTLS
@testable import AurelisTransport

@Suite("Proxies", .timeLimit(.minutes(1)))
struct ProxyTests {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority.shared.get() }

    private func configuration(_ proxy: String) throws -> HTTPClientConfiguration {
        var configuration = HTTPClientConfiguration()
        configuration.tls.additionalRootsFile = authority.rootsFile
        configuration.proxies.https = try ProxyServer(parsing: proxy)
        configuration.proxies.http = configuration.proxies.https
        configuration.proxies.includesLoopback = true
        configuration.userAgent = "Aurelis/1"
        return configuration
    }

    private func request(
        _ server: ScriptedServer,
        _ scheme: HTTPOrigin.Scheme = .https,
        host: String = "localhost",
        connect: Duration = .seconds(30)
    ) -> HTTPClientRequest {
        HTTPClientRequest(
            method: "POST",
            origin: HTTPOrigin(scheme: scheme, host: host, port: server.port),
            target: "/v1",
            body: Array("hello".utf8),
            timeouts: HTTPTimeouts(connect: connect)
        )
    }

    @Test(
        "a real proxy carries https by name and by address, and http",
        arguments: [HTTPOrigin.Scheme.https, .http],
        ["localhost", "127.0.0.1"]
    )
    func realProxy(scheme: HTTPOrigin.Scheme, host: String) async throws {
        try await TinyProxy.run { port in
            let tls = scheme == .https ? try authority.server() : nil
            try await ScriptedServer.run(tls: tls, configuration: configuration("http://127.0.0.1:\(port)")) {
                server,
                client in
                async let answer = client.send(request(server, scheme, host: host))
                let connection = try await server.connection()
                let received = try await connection.request()
                #expect(received.hasPrefix("POST /v1 HTTP/1.1\r\n"))
                #expect(received.hasSuffix("hello"))
                // A proxy that forwards says so; of what is encrypted it sees nothing.
                #expect(received.lowercased().contains("via: ") == (scheme == .http))
                try await connection.respond("secret")
                #expect(try await text(answer) == "secret")
            }
        }
    }

    @Test("a server behind a proxy must have the right certificate, and the pinned key", arguments: ["other", "good"])
    func certificates(name: String) async throws {
        try await TinyProxy.run { port in
            try await ScriptedServer.run(
                tls: authority.server(name),
                configuration: configuration("http://127.0.0.1:\(port)")
            ) { server, client in
                var request = request(server)
                if name == "good" {
                    var settings = TLSClientSettings()
                    settings.additionalRootsFile = authority.rootsFile
                    settings.pins = PublicKeyPins([try PublicKeyPin(parsing: authority.pin("rotated"))])
                    request.origin.security = TLSProfile(settings)
                }
                let asked = request
                let due: TransportError.Code = name == "good" ? .pinMismatch : .certificateUntrusted
                #expect(await code { try await client.send(asked) } == due)
            }
        }
    }

    @Test(
        "user and password are what the proxy asks for, or the reason is told",
        arguments: [
            ("http://me:s%65cret@127.0.0.1:", nil), ("http://me:wrong@127.0.0.1:", .proxyAuthentication),
            ("http://127.0.0.1:", .proxyAuthentication),
        ] as [(String, TransportError.Code?)],
        [HTTPOrigin.Scheme.https, .http]
    )
    func credentials(login: (proxy: String, failure: TransportError.Code?), scheme: HTTPOrigin.Scheme) async throws {
        let (proxy, failure) = login
        try await TinyProxy.run(login: "me secret") { port in
            let address = "\(proxy)\(port)"
            let tls = scheme == .https ? try authority.server() : nil
            try await ScriptedServer.run(tls: tls, configuration: configuration(address)) { server, client in
                guard failure == nil else {
                    // tinyproxy answers wrong credentials with 401, which a server may have said to a plain request.
                    if proxy.contains("wrong"), scheme == .http {
                        #expect(try await client.send(request(server, scheme)).status == 401)
                        return
                    }
                    let error = await error { try await client.send(request(server, scheme)) }
                    #expect(error?.code == failure)
                    #expect(error.map { "\($0)".contains("wrong") } == false)
                    return
                }
                async let answer = client.send(request(server, scheme))
                let connection = try await server.connection()
                #expect(try await !connection.request().lowercased().contains("proxy-authorization"))
                try await connection.respond()
                #expect(try await text(answer) == "ok")
            }
        }
    }

    @Test(
        "what a proxy answers to CONNECT decides, each in its own way",
        arguments: [
            ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", .proxyAuthentication),
            ("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno", .proxyRefused),
            ("HTTP/1.1 302 Found\r\nlocation: http://elsewhere/\r\n\r\n", .proxyRefused),
            ("HTTP/1.1 502 Bad Gateway\r\n\r\n", .proxyUnreachableTarget),
            ("HTTP/1.1 503 Busy\r\n\r\n", .proxyUnreachableTarget),
            ("SSH-2.0-OpenSSH_9.2\r\n\r\n", .proxyInvalidAnswer),
            ("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nforged", .proxyInvalidAnswer),
            ("HTTP/1.1 200 OK\r\nx: \(String(repeating: "a", count: 20_000))", .proxyInvalidAnswer),
        ] as [(String, TransportError.Code)]
    )
    func answers(answer: String, code due: TransportError.Code) async throws {
        try await withHostileProxy { proxy, client in
            async let failure = error { try await client.send(request(proxy)) }
            let connection = try await proxy.connection()
            #expect(
                try await connection.request() == """
                    CONNECT localhost:\(proxy.port) HTTP/1.1\r
                    Host: localhost:\(proxy.port)\r
                    User-Agent: Aurelis/1\r
                    \r

                    """
            )
            try? await connection.send(answer)
            #expect(await failure?.code == due)
            #expect(await failure?.requestMayHaveBeenProcessed == false)
            #expect(await connection.rest().isEmpty)
            #expect(client.statistics.total == .init())
        }
    }

    @Test("a proxy that closes, or resets, amid its answer is told from one that is not there")
    func closing() async throws {
        try await withHostileProxy { proxy, client in
            for (part, resets) in [("", false), ("HTTP/1.1 200 O", false), ("HTTP/1.1 200 OK\r\nx: y", true)] {
                async let failure = error { try await client.send(request(proxy)) }
                let connection = try await proxy.connection()
                try await connection.request()
                if !part.isEmpty { try await connection.send(part) }
                if resets { try await connection.reset() } else { try await connection.close() }
                #expect(await failure?.code == (resets ? .proxyUnreachable : .proxyClosed))
            }
            try await proxy.stopListening()
            #expect(await code { try await client.send(request(proxy)) } == .proxyUnreachable)
        }
    }

    @Test("a proxy that is silent has as long as connecting may take, or the whole exchange")
    func silent() async throws {
        try await withHostileProxy { proxy, client in
            var hurried = request(proxy, connect: .milliseconds(1))
            #expect(await code { try await client.send(hurried) } == .proxyTimeout)
            hurried.timeouts.connect = .seconds(30)
            hurried.timeouts.total = .milliseconds(1)
            #expect(await code { try await client.send(hurried) } == .totalTimeout)
        }
    }

    @Test("an answer that comes byte by byte is read; the server that then says nothing is not the proxy's fault")
    func slow() async throws {
        try await withHostileProxy { proxy, client in
            let task = Task { await error { try await client.send(request(proxy)) } }
            let connection = try await proxy.connection()
            try await connection.request()
            for byte in "HTTP/1.0 200 Connection established\r\nProxy-Agent: slow\r\n\r\n".utf8 {
                try await connection.send([byte])
            }
            // What comes now is the handshake.
            #expect(await connection.next()?.first == 0x16)
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
    }

    /// A scripted server that a client takes for its proxy.
    private func withHostileProxy(_ body: (ScriptedServer, HTTPClient) async throws -> Void) async throws {
        try await ScriptedServer.run { proxy, _ in
            let client = HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                configuration: try configuration("http://127.0.0.1:\(proxy.port)")
            )
            let result: Result<Void, any Error>
            do { result = .success(try await body(proxy, client)) } catch { result = .failure(error) }
            await client.shutdown()
            try result.get()
        }
    }
}
