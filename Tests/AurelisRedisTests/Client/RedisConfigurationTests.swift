import Testing

@testable import AurelisRedis

@Suite("Configuration")
struct RedisConfigurationTests {
    @Test(
        "a URL names host, port and database",
        arguments: [
            ("redis://localhost", "localhost:6379", 0, false),
            ("redis://10.0.0.1:7000/3", "10.0.0.1:7000", 3, false),
            ("rediss://cache.example:6380/", "cache.example:6380", 0, true),
            ("REDIS://[::1]:6381/15", "[::1]:6381", 15, false),
            ("redis://[fe80::1]", "[fe80::1]:6379", 0, false),
            ("unix:///run/redis/redis.sock", "unix:/run/redis/redis.sock", 0, false),
        ]
    )
    func endpoints(url: String, endpoint: String, database: Int, usesTLS: Bool) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.endpoint.description == endpoint)
        #expect(configuration.database == database)
        #expect(configuration.usesTLS == usesTLS)
        #expect(configuration.password == nil)
    }

    @Test(
        "a URL carries credentials, percent-encoded where needed",
        arguments: [
            ("redis://app:secret@h/1", "app", "secret"),
            ("redis://:secret@h", nil, "secret"),
            ("redis://a%40b:p%3A%2f%25@h", "a@b", "p:/%"),
            ("redis://u:a:b@c@h", "u", "a:b@c"),
            ("unix://u:pw@/s.sock", "u", "pw"),
        ]
    )
    func credentials(url: String, username: String?, password: String) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.username == username)
        #expect(configuration.password == RedisPassword(password))
    }

    @Test(
        "a bad URL is refused, and the refusal does not repeat it",
        arguments: [
            "hunter2", "http://:hunter2@h", "redis://", "redis://:hunter2@", "redis://:hunter2@h:0", "redis://h:99999",
            "redis://:hunter2@h:x", "redis://h/db", "redis://h/-1", "redis://::1:6379", "unix://", "unix://host/path",
            "redis://:hunter2%zz@h", "redis://:hunter2%4", "redis://:%ff%fehunter2@h", "redis://hunter2@h",
            "redis://[::1]x", "redis://a b", "redis://h?x=hunter2",
        ]
    )
    func invalid(url: String) throws {
        let error = try #require(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error.code == .invalidURL)
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test("the password shows in no description")
    func redaction() throws {
        let configuration = try RedisConfiguration(url: "redis://app:hunter2@h")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("hunter2"))
    }
}
