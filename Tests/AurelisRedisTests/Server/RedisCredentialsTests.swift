import Testing

@testable import AurelisRedis

@Suite("Credentials", .timeLimit(.minutes(1)))
struct RedisCredentialsTests {
    @Test(
        "the right password opens, a wrong or missing one does not, and is never repeated",
        arguments: [
            ("hunter2", nil), ("wrong-hunter3", .authenticationFailed), (nil, .authenticationFailed),
        ] as [(String?, RedisError.Code?)]
    )
    func password(password: String?, code: RedisError.Code?) async throws {
        try await RedisServer.run(
            ["--requirepass", "hunter2"],
            configure: { configuration, _ in
                configuration.password = password.map { RedisPassword($0) }
            }
        ) { _, redis async throws in
            let error = await failure { () throws(RedisError) in try await redis.set("key", to: [1]) }
            #expect(error?.code == code)
            if let error { #expect(!"\(error)".contains("hunter")) }
        }
    }

    @Test("an ACL user does what it may, and no more")
    func user() async throws {
        let acl = ["--user", "app", "on", ">secret", "~cache:*", "+get", "+set"]
        try await RedisServer.run(
            acl,
            configure: { configuration, _ in
                configuration.username = "app"
                configuration.password = RedisPassword("secret")
            }
        ) { _, redis async throws in
            try await redis.set("cache:1", to: [1])
            #expect(try await redis.get("cache:1") == [1])
            let error = await failure { () throws(RedisError) in try await redis.get("private") }
            #expect(error?.serverErrorKind == "NOPERM")
        }
    }
}
