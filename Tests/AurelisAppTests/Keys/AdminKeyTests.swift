import Aurelis
import AurelisApp
import AurelisStorage
import AurelisTransport
import Foundation
import Logging
import Testing

@Suite("Keys at the control plane")
struct AdminKeyTests {
    @Test("once there is an admin key, nobody steers without one; whoever watches over the process needs none")
    func required() async throws {
        try await KeyedApp.run { keyed async throws in
            #expect(try await keyed.admin("/admin/quota").status == 200)
            let key = try keyed.create("ops", .admin)
            let refused = try await keyed.admin("/admin/quota")
            #expect(refused.status == 401 && refused.message.contains("aurelis keys create NAME --admin"))
            #expect(refused.headers["www-authenticate"] == #"Bearer realm="aurelis""#)
            for other in ["unused", key + "x", String(key.dropLast())] {
                #expect(try await keyed.admin("/admin/quota", other).status == 401)
            }
            #expect(try await keyed.admin("/admin/quota", key).status == 200)
            for path in ["/health/live", "/health/ready"] { #expect(try await keyed.admin(path).status == 200) }
        }
    }

    @Test("a key for models steers nothing, and an admin key asks nothing")
    func kinds() async throws {
        try await KeyedApp.run { keyed async throws in
            let (gateway, admin) = (try keyed.create("ci"), try keyed.create("ops", .admin))
            let steering = try await keyed.admin("/admin/quota", gateway)
            #expect(steering.status == 401 && steering.message.contains("wants an admin key"))
            let asking = try await keyed.ask(admin)
            #expect(asking.status == 401 && asking.code == "wrong_kind_of_key")
        }
    }

    @Test("an admin key that was revoked or has expired opens nothing, and leaves nothing open")
    func ends() async throws {
        try await KeyedApp.run { keyed async throws in
            let key = try keyed.create("ops", .admin)
            try keyed.revoke("ops")
            #expect(try await keyed.admin("/admin/quota", key).message.contains("was revoked"))
            #expect(try await keyed.admin("/admin/quota").status == 401)
            #expect(try await keyed.admin("/admin/quota", keyed.create("ops", .admin)).status == 200)
        }
    }

    @Test("while the keys cannot be read, a key that is not known is not told to be wrong")
    func trouble() async throws {
        try await KeyedApp.run { keyed async throws in
            let known = try keyed.create("ops", .admin)
            let unknown = try keyed.file.create("new", .admin)
            try FileManager.default.removeItem(atPath: keyed.file.path)
            keyed.app.refreshKeys()
            #expect(try await keyed.admin("/admin/quota", known).status == 200)
            #expect(try await keyed.admin("/admin/quota", unknown).status == 503)
            #expect(try await keyed.admin("/admin/quota").status == 401)
        }
    }

    enum Missing: String, CaseIterable, Sendable { case gateway, admin }

    @Test("an address that others can reach is not listened on without a key for it", arguments: Missing.allCases)
    func exposed(missing: Missing) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("exposed-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var configuration = Configuration()
        configuration.simulates = true
        configuration.dataDirectory = path
        configuration.gateway.listener.host = "0.0.0.0"
        configuration.gateway.keys = .required
        configuration.admin.host = "0.0.0.0"
        let file = AccessKeyFile(directory: path)
        // One that is no longer good is none.
        for kind in AccessKeyKind.allCases { try file.create("old \(kind.rawValue)", kind) }
        _ = try file.update { book in for key in book.keys { try book.revoke(key.id, at: 1) } }
        if missing != .gateway { try file.create("ci") }
        if missing != .admin { try file.create("ops", .admin) }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let error = await #expect(throws: ConfigurationError.self) { () async throws in
            _ = try await buildApp(configuration, environment: [:], logger: logger)
        }
        #expect(error?.path == (missing == .gateway ? "gateway.host" : "admin.host"))
        #expect(error?.suggestion?.contains("aurelis keys create NAME") == true)
        #expect(error?.suggestion?.contains("--admin") == (missing == .admin))
    }

    @Test("an address that others can reach is listened on once there are keys, under whatever name")
    func exposedWithKeys() async throws {
        let key = Box<String>()
        try await KeyedApp.run(
            "gateway: { host: 0.0.0.0 }",
            prepare: { key.value = try $0.create("ci") },
            { keyed async throws in
                let port = try #require(keyed.app.addresses.gateway.split(separator: ":").last)
                for (field, status) in [("", 401), ("Api-Key: \(key.value ?? "")\r\n", 200)] {
                    let request = "GET /v1/models HTTP/1.1\r\nHost: gateway.example\r\n\(field)\r\n"
                    let answer = try await keyed.app.exchange(request, with: "http://127.0.0.1:\(port)")
                    #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
                }
            }
        )
    }

    @Test("keys that cannot be read are a reason not to start, in words")
    func damaged() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("damaged-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data("{".utf8).write(to: URL(fileURLWithPath: path + "/keys.json"))
        var configuration = Configuration()
        configuration.simulates = true
        configuration.dataDirectory = path
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let error = await #expect(throws: ConfigurationError.self) { () async throws in
            _ = try await buildApp(configuration, environment: [:], logger: logger)
        }
        #expect(error?.message.contains("keys.json") == true)
    }

    @Test(
        "reached from other machines, it is called by any name, and is still closed to other sites' pages",
        arguments: [
            ("Host: gw.example:8788", 200), ("Host: gw.example\r\nOrigin: http://gw.example", 200),
            ("Host: gw.example\r\nOrigin: https://evil.example", 403), ("Host: gw.example\r\nOrigin: null", 403),
            ("Host: gw.example\r\nOrigin: http://localhost:3000", 200),
        ]
    )
    func foreignPages(fields: String, status: Int) async throws {
        let key = Box<String>()
        try await KeyedApp.run(
            "admin: { host: 0.0.0.0 }",
            prepare: { key.value = try $0.create("ops", .admin) },
            { keyed async throws in
                let port = try #require(keyed.app.addresses.admin.split(separator: ":").last)
                let fields = "\(fields)\r\nAuthorization: Bearer \(key.value ?? "")"
                let request = "POST /admin/circuits/reset HTTP/1.1\r\n\(fields)\r\nContent-Length: 0\r\n\r\n"
                let answer = try await keyed.app.exchange(request, with: "http://127.0.0.1:\(port)")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            }
        )
    }
}
