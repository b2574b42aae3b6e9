import AurelisTestSupport

/// `openssl s_server`, which answers every request with what it knows of the connection.
enum OpenSSLServer {
    static func run(
        _ authority: TestAuthority,
        _ arguments: [String] = [],
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        let identity = ["-cert", authority.path("good.pem"), "-key", authority.path("good.key")]
        try await LocalProgram.run(
            { port in ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-www"] + identity + arguments },
            body
        )
    }
}
