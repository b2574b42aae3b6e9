import AurelisApp
import AurelisJSON
import AurelisTransport
import Testing

@Suite("The control plane: its document")
struct AdminDescriptionTests {
    /// Pages and their parts: for people and browsers, not for programs.
    private static func isPage(_ route: String) -> Bool { route == "GET /" || route.hasPrefix("GET /assets/") }

    @Test("every route is described, and nothing else is")
    func complete() async throws {
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        try await RunningApp.run(overrides) { app async throws in
            let answer = try await app.send("GET", "/openapi.json", to: app.addresses.admin)
            #expect(answer.status == 200 && answer.headers["content-type"] == "application/json")
            let document = try JSONDocument(Array(answer.body.utf8))
            #expect(document["info"]?["version"]?.string == Version.current)
            var described: Set<String> = []
            for (path, methods) in document["paths"]?.members ?? .empty {
                for (method, _) in methods.members where method != "parameters" {
                    described.insert("\(method.uppercased()) \(path)")
                }
            }
            let routes = Set(app.adminRoutes.filter { !Self.isPage($0) })
            #expect(routes.subtracting(described).sorted() == [])
            #expect(described.subtracting(routes).sorted() == [])
        }
    }
}
