import Aurelis
import AurelisGateway
import AurelisSigning
import NIOPosix
import Synchronization
import Testing

@Suite("Requests that must be signed", .timeLimit(.minutes(1)))
struct SignatureTests {
    private static let secret =
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    private static let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
    private static let now: Int64 = 1_800_000_000

    private static func signatures(isRequired: Bool = true) throws -> RequestSignatures {
        RequestSignatures(
            verifier: MessageVerifier(keys: ["ci": try VerificationKey(parsing: secret, for: .hmacSHA256)]),
            isRequired: isRequired,
            now: { now }
        )
    }

    /// The lines that sign a request.
    private func signing(
        _ body: String = body,
        method: String = "POST",
        target: String = "/v1/chat/completions",
        at time: Int64 = now,
        nonce: String = "n1",
        keyID: String = "ci",
        port: Int
    ) throws -> String {
        let signer = MessageSigner(
            key: try SigningKey(parsing: Self.secret, for: .hmacSHA256),
            keyID: keyID,
            components: try ["@method", "@target-uri", "content-digest"].map { try SignatureComponent(parsing: $0) }
        )
        let message = SignableMessage(
            method: method,
            scheme: "http",
            authority: "127.0.0.1:\(port)",
            target: target,
            fields: []
        )
        return try signer.fields(for: message, body: Array(body.utf8), at: time, nonce: nonce)
            .map { "\($0.name): \($0.value)\r\n" }.joined()
    }

    private func post(_ gateway: TestGateway, _ headers: String, body: String = body) async throws -> RawAnswer {
        try await gateway.send(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:\(gateway.port)\r\ncontent-type: application/json\r\n"
                + "content-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
        )
    }

    private func run(
        isRequired: Bool = true,
        _ body: @Sendable @escaping (TestGateway, TestProvider) async throws -> Void
    ) async throws {
        let provider = TestProvider()
        let signatures = try Self.signatures(isRequired: isRequired)
        try await TestGateway.run(
            ModelOrchestrator(providers: [provider], configuration: .withoutRetries),
            signatures: { signatures }
        ) { gateway in try await body(gateway, provider) }
    }

    @Test("a signed request is answered; the same one again, or none, or a wrong one, is 401 with the reason")
    func refusals() async throws {
        try await run { gateway, provider in
            let good = try signing(port: gateway.port)
            #expect(try await post(gateway, good).status == 200)
            let cases: [(String, String, String)] = [
                (good, Self.body, "signature_replayed"),
                ("", Self.body, "signature_missing"),
                (try signing(nonce: "n2", port: gateway.port), Self.body + " ", "digest_mismatch"),
                (try signing(at: Self.now - 61, nonce: "n3", port: gateway.port), Self.body, "signature_expired"),
                (try signing(nonce: "n4", keyID: "other", port: gateway.port), Self.body, "signature_key_unknown"),
                (try signing(nonce: "n5", port: gateway.port + 1), Self.body, "signature_invalid"),
                ("signature: x\r\n", Self.body, "signature_malformed"),
            ]
            for (headers, body, code) in cases {
                let answer = try await post(gateway, headers, body: body)
                #expect(answer.status == 401, "\(code)")
                #expect(answer.body.contains("\"code\":\"\(code)\""), "\(answer.body)")
                #expect(answer.body.contains("\"message\""))
            }
            #expect(provider.attempts.count == 1)
        }
    }

    @Test("requests without a body are signed too, and whether the gateway lives is told to everybody")
    func withoutBody() async throws {
        try await run { gateway, _ in
            let host = "Host: 127.0.0.1:\(gateway.port)\r\n"
            #expect(try await gateway.send("GET /health/live HTTP/1.1\r\n\(host)\r\n").status == 200)
            #expect(try await gateway.send("GET /v1/models HTTP/1.1\r\n\(host)\r\n").status == 401)
            let signed = try signing("", method: "GET", target: "/v1/models?a=b", port: gateway.port)
            #expect(try await gateway.send("GET /v1/models?a=b HTTP/1.1\r\n\(host)\(signed)\r\n").status == 200)
            let absolute = try signing("", method: "GET", target: "/v1/models", nonce: "n2", port: gateway.port)
            let target = "http://127.0.0.1:\(gateway.port)/v1/models"
            #expect(try await gateway.send("GET \(target) HTTP/1.1\r\n\(host)\(absolute)\r\n").status == 200)
        }
    }

    @Test("where signatures are not required none is needed, but one that is there must be good")
    func optional() async throws {
        try await run(isRequired: false) { gateway, _ in
            let signed = try signing(port: gateway.port)
            #expect(try await post(gateway, "").status == 200)
            #expect(try await post(gateway, signed).status == 200)
            #expect(try await post(gateway, signed).status == 401)
        }
    }

    @Test("a chunked body is verified as a whole, before anybody is asked")
    func chunked() async throws {
        try await run { gateway, provider in
            let signed = try signing(port: gateway.port)
            let half = Self.body.utf8.count / 2
            let chunks = [Self.body.prefix(half), Self.body.dropFirst(half)].map {
                "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n"
            }.joined()
            let answer = try await gateway.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:\(gateway.port)\r\n"
                    + "content-type: application/json\r\ntransfer-encoding: chunked\r\n\(signed)\r\n\(chunks)0\r\n\r\n"
            )
            #expect(answer.status == 200)
            #expect(provider.attempts.count == 1)
        }
    }
}
