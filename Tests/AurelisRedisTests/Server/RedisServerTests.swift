import NIOCore
import Testing

@testable import AurelisRedis

@Suite("Against a server", .timeLimit(.minutes(1)))
struct RedisServerTests {
    @Test("values are set, read, expire and are removed, binary safe")
    func values() async throws {
        try await RedisServer.run { _, redis async throws in
            try await redis.ping()
            #expect(try await redis.get("nothing") == nil)
            let binary = (0...255).map { UInt8($0) }
            try await redis.set("binary", to: binary)
            #expect(try await redis.get("binary") == binary)
            try await redis.set("empty", to: [])
            #expect(try await redis.mget(["empty", "nothing", "binary"]) == [[], nil, binary])
            #expect(try await redis.mget([]).isEmpty)
            try await redis.set("later", to: [1], expiringAfter: .seconds(100))
            let left = try await redis.send(RedisCommand("PTTL", key: "later"))
            guard case .integer(90_000...100_000) = left else { Issue.record("\(left)"); return }
            try await redis.set("soon", to: [1], expiringAfter: .nanoseconds(1))
            while try await redis.get("soon") != nil {}
            #expect(try await redis.del(["empty", "nothing", "binary"]) == 2)
            #expect(try await redis.get("binary") == nil)
        }
    }

    @Test("a value of several megabytes comes back")
    func large() async throws {
        try await RedisServer.run { _, redis async throws in
            let value = [UInt8](repeating: 42, count: 20 << 20)
            try await redis.set("large", to: value)
            #expect(try await redis.get("large") == value)
            let error = await failure { () throws(RedisError) in
                try await redis.set("huge", to: [UInt8](repeating: 0, count: 64 << 20))
            }
            #expect(error?.code == .invalidCommand)
        }
    }

    @Test("1,000 concurrent commands share one connection and get their own replies")
    func pipelining() async throws {
        try await RedisServer.run { _, redis async throws in
            await withTaskGroup { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let value = Array(String(number).utf8)
                        try? await redis.set("k\(number)", to: value)
                        #expect(await (try? redis.get("k\(number)")) == value)
                    }
                }
            }
            let clients = try await redis.send(RedisCommand("CLIENT", "LIST")).string
            #expect(clients?.split(separator: "\n").count == 1)
            #expect(clients?.contains("name=aurelis") == true)
        }
    }

    @Test("a scan finds every key once the cursor is 0 again")
    func scan() async throws {
        try await RedisServer.run { _, redis async throws in
            for number in 0..<300 { try await redis.set("scan:\(number)", to: []) }
            try await redis.set("other", to: [])
            var found = Set<String>()
            var cursor: UInt64 = 0
            repeat {
                let step = try await redis.scan(cursor: cursor, matching: "scan:*")
                found.formUnion(step.keys.map { String(decoding: $0, as: UTF8.self) })
                cursor = step.cursor
            } while cursor != 0
            #expect(found.count == 300)
        }
    }

    @Test("RESP3 types arrive as such")
    func types() async throws {
        try await RedisServer.run(["--enable-debug-command", "yes"]) { _, redis async throws in
            _ = try await redis.send(RedisCommand("HSET", key: "h", "field", "value"))
            let map = try await redis.send(RedisCommand("HGETALL", key: "h"))
            let entry = RESPMapEntry(key: .bulk(Array("field".utf8)), value: .bulk(Array("value".utf8)))
            #expect(map == .map([entry]))
            _ = try await redis.send(RedisCommand("ZADD", key: "z", "1.5", "member"))
            #expect(try await redis.send(RedisCommand("ZSCORE", key: "z", "member")) == .double(1.5))
            for (name, expected) in [
                ("null", RESPValue.null), ("true", .boolean(true)),
                (
                    "verbatim",
                    .verbatim(
                        format: "txt",
                        Array("This is a verbatim\nstring".utf8)
                    )
                ), ("bignum", .bigNumber("1234567999999999999999999999999999999")),
                ("attrib", .bulk(Array("Some real reply following the attribute".utf8))),
            ] {
                #expect(try await redis.send(RedisCommand("DEBUG", "PROTOCOL", RedisArgument(name))) == expected)
            }
        }
    }

    @Test("an error reply is thrown with its kind, and the connection goes on")
    func errorReplies() async throws {
        try await RedisServer.run { _, redis async throws in
            _ = try await redis.send(RedisCommand("LPUSH", key: "list", "x"))
            let wrongType = await failure { () throws(RedisError) in try await redis.get("list") }
            #expect(wrongType?.code == .serverError)
            #expect(wrongType?.serverErrorKind == "WRONGTYPE")
            let unknown = await failure { () throws(RedisError) in
                try await redis.send(RedisCommand("NOSUCH", "hunter2"))
            }
            #expect(unknown?.serverErrorKind == "ERR")
            #expect(unknown.map { "\($0)".contains("hunter2") } == false)
            for _ in 0..<10 { _ = await failure { () throws(RedisError) in try await redis.get("list") } }
            #expect(redis.isAvailable)
        }
    }

    @Test("a full server refuses to store and goes on reading")
    func outOfMemory() async throws {
        try await RedisServer.run(["--maxmemory", "1mb", "--maxmemory-policy", "noeviction"]) { _, redis async throws in
            let error = await failure { () throws(RedisError) in
                for number in 0..<100 { try await redis.set("k\(number)", to: [UInt8](repeating: 0, count: 50_000)) }
            }
            #expect(error?.serverErrorKind == "OOM")
            let value = try await redis.get("nothing")
            #expect(value == nil)
        }
    }

    @Test("a database of its own is selected")
    func database() async throws {
        try await RedisServer.run(configure: { configuration, _ in configuration.database = 3 }) {
            server,
            redis async throws in
            try await redis.set("key", to: [1])
            let other = RedisClient(server.configuration)
            #expect(try await other.get("key") == nil)
            await other.shutdown()
            let info = try await redis.send(RedisCommand("INFO", "keyspace")).string
            #expect(info?.contains("db3:keys=1") == true)
        }
    }

    @Test("a Unix socket serves as well")
    func unixSocket() async throws {
        try await RedisServer.run(configure: { configuration, server in
            configuration.endpoint = try RedisConfiguration(url: "unix://\(server.socketPath)").endpoint
        }) { _, redis async throws in
            try await redis.set("key", to: [1])
            #expect(try await redis.get("key") == [1])
        }
    }

    @Test("TLS with a trusted certificate works; an unknown authority is refused", arguments: [true, false])
    func tls(isTrusted: Bool) async throws {
        let certificates = try await TestCertificates.shared.value
        let arguments = [
            "--tls-cert-file", certificates.certificate, "--tls-key-file", certificates.key,
            "--tls-ca-cert-file", certificates.authority, "--tls-auth-clients", "no",
        ]
        try await RedisServer.run(
            arguments,
            isTLSOnly: true,
            configure: { configuration, _ in
                configuration.usesTLS = true
                if isTrusted { configuration.tls.additionalRootsFile = certificates.authority }
            }
        ) { _, redis async throws in
            let error = await failure { () throws(RedisError) in try await redis.set("key", to: [1]) }
            #expect(error?.code == (isTrusted ? nil : .tlsFailure))
            if isTrusted { #expect(try await redis.get("key") == [1]) }
        }
    }

    @Test("a server that asks for a client certificate gets one")
    func clientCertificate() async throws {
        let certificates = try await TestCertificates.shared.value
        let arguments = [
            "--tls-cert-file", certificates.certificate, "--tls-key-file", certificates.key,
            "--tls-ca-cert-file", certificates.authority, "--tls-auth-clients", "yes",
        ]
        try await RedisServer.run(
            arguments,
            isTLSOnly: true,
            configure: { configuration, _ in
                configuration.usesTLS = true
                configuration.tls.additionalRootsFile = certificates.authority
                configuration.tls.certificateFile = certificates.certificate
                configuration.tls.privateKeyFile = certificates.key
            }
        ) { _, redis async throws in
            try await redis.ping()
        }
    }
}
