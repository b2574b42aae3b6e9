import Aurelis
import AurelisApp
import AurelisTransport
import Testing

@Suite("The control plane: the page for people")
struct DashboardTests {
    private static func get(
        _ app: RunningApp,
        _ path: String,
        headers: [(String, String)] = []
    ) async throws -> (status: Int, headers: HTTPHeaderList, body: String) {
        try await app.send("GET", path, to: app.addresses.admin, headers: headers)
    }

    @Test("it is served whole, and locked down", arguments: ["/", "/assets/main.js", "/assets/dashboard.css"])
    func served(path: String) async throws {
        try await KeyedApp.run { keyed async throws in
            // It has no data of its own, so it opens without the key that its data wants.
            _ = try keyed.create("ops", .admin)
            let part = try await Self.get(keyed.app, path)
            #expect(part.status == 200 && !part.body.isEmpty)
            let policy = try #require(part.headers["content-security-policy"])
            for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'none'"] {
                #expect(policy.contains(rule))
            }
            #expect(part.headers["x-content-type-options"] == "nosniff")
            #expect(part.headers["referrer-policy"] == "no-referrer")
            for data in ["/admin/events", "/admin/statistics"] {
                #expect(try await Self.get(keyed.app, data).status == 401)
            }
        }
    }

    @Test("a browser that has a part is not sent it again")
    func revalidation() async throws {
        try await KeyedApp.run { keyed async throws in
            let tag = try #require(try await Self.get(keyed.app, "/").headers["etag"])
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await Self.get(keyed.app, "/", headers: [("if-none-match", known)])
                #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == tag)
            }
            #expect(try await Self.get(keyed.app, "/", headers: [("if-none-match", "\"other\"")]).status == 200)
        }
    }

    @Test("under another host's name there is no page, and beside its parts there is nothing")
    func refusals() async throws {
        try await KeyedApp.run { keyed async throws in
            let admin = keyed.app.addresses.admin
            let foreign = try await keyed.app.exchange("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", with: admin)
            #expect(foreign.hasPrefix("HTTP/1.1 403 "))
            for path in ["/assets/", "/assets/nothing.js", "/assets/..%2f..%2fetc%2fpasswd", "/index.html"] {
                #expect(try await Self.get(keyed.app, path).status == 404)
            }
        }
    }
}
