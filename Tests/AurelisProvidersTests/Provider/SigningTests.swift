import Aurelis
import AurelisJSON
import AurelisProviders
import AurelisSigning
import AurelisTLS
import AurelisTransport
import NIOPosix
import Testing

@Suite("Signed and pinned providers", .timeLimit(.minutes(1)))
struct SigningTests {
    private static let secret =
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    private static let answer = #"{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}"#

    private static func signer() throws -> MessageSigner {
        MessageSigner(
            key: try SigningKey(parsing: secret, for: .hmacSHA256),
            keyID: "aurelis",
            components: try (MessageSigner.defaultComponents + ["authorization", "content-length"]).map {
                try SignatureComponent(parsing: $0)
            }
        )
    }

    /// What the server makes of a request.
    private static func verify(_ request: LoopbackServer.Request, by verifier: MessageVerifier) throws {
        let message = SignableMessage(
            method: request.method,
            scheme: "http",
            authority: request.header("host") ?? "",
            target: request.target,
            fields: request.headers
        )
        _ = try verifier.verify(message, body: request.body, at: WallClock.system.secondsSinceEpoch)
    }

    @Test("every attempt is signed anew, over what arrives, and requests without a body too")
    func signed() async throws {
        let signer = try Self.signer()
        let key = try VerificationKey(parsing: Self.secret, for: .hmacSHA256)
        let verifier = MessageVerifier(keys: ["aurelis": key])
        try await ProviderHarness.run(
            path: "/v1",
            configure: {
                $0.signer = signer
                $0.credential = .literal(Secret("sk-test"))
            },
            respond: { request, _ in
                let body = request.method == "GET" ? #"{"data":[{"id":"m"}]}"# : Self.answer
                return [
                    .send(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
                    )
                ]
            },
            test: { harness in
                _ = try await harness.send()
                _ = try await harness.send()
                _ = try await harness.provider.fetchCatalog()
                let requests = harness.server.requests
                #expect(requests.count == 3)
                // The same verifier for all: one signature used twice would be a replay.
                for request in requests { try Self.verify(request, by: verifier) }
                let covered = requests.map { $0.header("signature-input")?.contains("content-digest") }
                #expect(covered == [true, true, false])
                #expect(requests[0].header("signature-input")?.contains(#""authorization""#) == true)
            }
        )
    }

    @Test("a request that was changed on its way is found out")
    func changed() async throws {
        let signer = try Self.signer()
        try await ProviderHarness.run(
            configure: {
                $0.signer = signer
                $0.credential = .literal(Secret("sk-test"))
            },
            respond: { _, _ in [.close] },
            test: { harness in
                _ = await harness.failure()
                var request = try #require(harness.server.requests.first)
                request.body.append(UInt8(ascii: " "))
                let key = try VerificationKey(parsing: Self.secret, for: .hmacSHA256)
                #expect(throws: SignatureRefusal.self) {
                    try Self.verify(request, by: MessageVerifier(keys: ["aurelis": key]))
                }
            }
        )
    }

    @Test("pins for a server that is not encrypted are refused: they would promise what cannot be")
    func pinsWithoutTLS() throws {
        var settings = ProviderSettings(id: "test", preset: try .named("custom"))
        settings.baseURL = "http://127.0.0.1:1/v1"
        var tls = TLSClientSettings()
        tls.pins = PublicKeyPins([try PublicKeyPin(parsing: "sha256/X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")])
        settings.tls = tls
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton)
        let error = #expect(throws: ProviderSettingsError.self) {
            try OpenAICompatibleProvider(
                settings: settings,
                client: client,
                credentials: Credentials(settings: settings, environment: [:])
            )
        }
        #expect(error?.setting == "pins")
    }
}
