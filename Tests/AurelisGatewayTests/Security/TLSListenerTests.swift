import Aurelis
import AurelisGateway
import Foundation
import NIOCore
import NIOEmbedded
import NIOPosix
import NIOSSL
import NIOTLS
import Testing

@testable import AurelisTLS

@Suite("The gateway behind TLS", .timeLimit(.minutes(1)))
struct TLSListenerTests {
    private let certificates: TestCertificates

    init() throws { certificates = try TestCertificates.shared.get() }

    private func listener(
        _ name: String = "first",
        _ change: (inout TLSServerSettings) -> Void = { _ in }
    ) throws -> TLSListener {
        TLSListener(try TLSListener.Prepared(settings(name, change)))
    }

    private func settings(
        _ name: String = "first",
        _ change: (inout TLSServerSettings) -> Void = { _ in }
    ) -> TLSServerSettings {
        var settings = TLSServerSettings(
            certificateFile: certificates.path("\(name).pem"),
            keyFile: certificates.path("\(name).key")
        )
        change(&settings)
        return settings
    }

    private func run(
        _ listener: TLSListener,
        _ configuration: GatewayConfiguration = GatewayConfiguration(),
        provider: TestProvider = TestProvider(),
        _ body: @Sendable @escaping (TestGateway) async throws -> Void
    ) async throws {
        let orchestrator = ModelOrchestrator(providers: [provider], configuration: .withoutRetries)
        try await TestGateway.run(orchestrator, configuration, security: listener, body)
    }

    /// A client of the gateway's, and whom it saw there.
    private func connect(
        _ port: Int,
        identity: String? = nil,
        maximum: TLSVersion? = nil
    ) async throws -> (RawClient, subject: String?) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(certificates.path("ca.pem"))
        configuration.maximumTLSVersion = maximum
        if let identity {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificates.path("\(identity).pem"))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: certificates.path("\(identity).key"), format: .pem)
            )
        }
        let context = try NIOSSLContext(configuration: configuration)
        return try await RawClient.connect(port, secure: context)
    }

    private static let request = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test(
        "requests are answered over TLS 1.3; TLS 1.2 only where it is allowed",
        arguments: [TLSMinimum.tls13, .tls12]
    )
    func versions(minimum: TLSMinimum) async throws {
        try await run(listener { $0.minimumVersion = minimum }) { gateway in
            let (client, subject) = try await connect(gateway.port)
            #expect(subject?.contains("first") == true)
            for _ in 0..<2 {
                try await client.send(Self.request)
                #expect(try await client.readAnswer().status == 200)
            }
            await client.close()
            let old = try? await connect(gateway.port, maximum: .tlsv12)
            #expect((old != nil) == (minimum == .tls12))
            await old?.0.close()
        }
    }

    @Test("plain HTTP towards the TLS port is closed without an answer, and the port goes on serving")
    func plainHTTP() async throws {
        try await run(listener()) { gateway in
            let client = try await gateway.connect()
            try await client.send(Self.request)
            #expect(try await !client.readToEnd().contains("HTTP/"))
            await client.close()
            let (good, _) = try await connect(gateway.port)
            try await good.send(Self.request)
            #expect(try await good.readAnswer().status == 200)
            await good.close()
        }
    }

    @Test("a client that says nothing does not keep its place")
    func silent() async throws {
        var configuration = GatewayConfiguration()
        configuration.timeLimits.head = .milliseconds(1)
        try await run(listener(), configuration) { gateway in
            let client = try await gateway.connect()
            _ = try await client.readToEnd()
            await client.close()
        }
    }

    @Test("a new certificate is for new connections; a stream that is under way goes on with the old one")
    func rotation() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let provider = TestProvider { _ throws(ModelError) in
            .stream(
                TestStream { pull throws(ModelError) in
                    if pull == 1 { for await _ in gate { break } }
                    return [Samples.delta("one"), Samples.delta("two"), Samples.finish, nil][min(pull, 3)]
                }
            )
        }
        let listener = try listener()
        let next = try TLSListener.Prepared(settings("second"))
        try await run(listener, provider: provider) { gateway in
            let (client, _) = try await connect(gateway.port)
            try await client.send(Samples.post("/v1/chat/completions", Samples.streamedChat))
            _ = try await client.read(through: "\r\n\r\n")
            listener.use(next)
            let (fresh, subject) = try await connect(gateway.port)
            #expect(subject?.contains("second") == true)
            try await fresh.send(Self.request)
            #expect(try await fresh.readAnswer().status == 200)
            await fresh.close()
            open.finish()
            _ = try await client.read(through: "[DONE]")
            await client.close()
        }
    }

    @Test("clients show a certificate where they must, and are told apart by it", arguments: [true, false])
    func clientCertificates(isRequired: Bool) async throws {
        let roots = certificates.path("ca.pem")
        let listener = try listener {
            $0.clients = isRequired ? .required(rootsFile: roots) : .optional(rootsFile: roots)
        }
        try await run(listener) { gateway in
            let (known, _) = try await connect(gateway.port, identity: "client")
            try await known.send(Self.request)
            #expect(try await known.readAnswer().status == 200)
            await known.close()
            for identity in [nil, "stranger"] {
                let (client, _) = try await connect(gateway.port, identity: identity)
                try? await client.send(Self.request)
                let answer = try? await client.readAnswer()
                #expect(answer?.status == (isRequired || identity != nil ? nil : 200))
                await client.close()
            }
        }
    }

    @Test("a client without the certificate that it must have is told of, with the reason and where it came from")
    func refusals() async throws {
        let (refusals, told) = AsyncStream.makeStream(of: ClientRefusal.self)
        let settings = settings { $0.clients = .required(rootsFile: certificates.path("ca.pem")) }
        let listener = TLSListener(try TLSListener.Prepared(settings)) { told.yield($0) }
        try await run(listener) { gateway in
            for identity in [nil, "stranger", "client"] {
                let (client, _) = try await connect(gateway.port, identity: identity)
                try? await client.send(Self.request)
                _ = try? await client.readAnswer()
                await client.close()
            }
            told.finish()
        }
        var seen: [ClientRefusal] = []
        for await refusal in refusals { seen.append(refusal) }
        #expect(seen.map(\.rule) == ["client_certificate_missing", "client_certificate_untrusted"])
        #expect(seen.allSatisfy { $0.address == "127.0.0.1" })
    }

    @Test("who a client is comes out of its certificate, with the pin that openssl computes")
    func identity() async throws {
        let certificate = try #require(NIOSSLCertificate.fromPEMFile(certificates.path("client.pem")).first)
        let peer = try PeerCertificate(certificate)
        #expect(peer.subject.contains("CN=client"))
        #expect(peer.names == ["ci.example", "ci@example.com", "spiffe://example/ci"])
        #expect(try "\(peer.key)" == certificates.pin("client"))
    }

    @Test(
        "files that cannot be used say why",
        arguments: [
            ("none.pem", "first.key", "cannot be read"), ("first.key", "first.key", "certificates in PEM"),
            ("first.pem", "second.key", "is not the key of"), ("first.pem", "first.pem", "private key"),
        ]
    )
    func badFiles(certificate: String, key: String, reason: String) throws {
        let settings = TLSServerSettings(
            certificateFile: certificates.path(certificate),
            keyFile: certificates.path(key)
        )
        let error = #expect(throws: TLSFileError.self) { try TLSListener.Prepared(settings) }
        #expect(error.map { "\($0)".contains(reason) } == true, "\(String(describing: error))")
    }

    @Test("a handshake has its time, and a connection that is through it has all it wants")
    func handshakeDeadline() throws {
        for completes in [false, true] {
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandler(HandshakeDeadline(.seconds(10)))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            channel.embeddedEventLoop.advanceTime(by: .seconds(9))
            if completes {
                channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
            }
            #expect(channel.isActive)
            channel.embeddedEventLoop.advanceTime(by: .seconds(2))
            #expect(channel.isActive == completes)
            _ = try? channel.finish()
        }
    }
}
