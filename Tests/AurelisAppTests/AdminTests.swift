import Aurelis
import AurelisApp
import AurelisJSON
import AurelisTransport
import Foundation
import Testing

@Suite("The control plane")
struct AdminTests {
    private var simulating: ConfigurationOverrides {
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        return overrides
    }

    private static let question = #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#

    @Test("a request is explained by its name, with every candidate and attempt")
    func requests() async throws {
        try await RunningApp.run(simulating) { app async throws in
            let answer = try await app.send("POST", "/v1/chat/completions", body: Self.question)
            let id = try #require(answer.headers["x-aurelis-request-id"])
            let one = try await app.send("GET", "/admin/requests/\(id)", to: app.addresses.admin)
            #expect(one.status == 200)
            let record = try #require(RequestRecord(reading: JSONDocument(Array(one.body.utf8)).root))
            #expect(record.outcome == .answered)
            #expect(record.modelRequested == "gpt-4o")
            #expect(record.trace.attempts.count == 1)
            let list = try await app.send("GET", "/admin/requests?limit=1", to: app.addresses.admin)
            #expect(try JSONDocument(Array(list.body.utf8))["requests"]?[0]?["id"]?.string == id)
        }
    }

    @Test("HEAD is answered like GET, with nothing after the head", arguments: ["live", "ready", "", "/metrics"])
    func heads(name: String) async throws {
        try await RunningApp.run(simulating) { app async throws in
            let path = name.hasPrefix("/") ? name : name.isEmpty ? "/health" : "/health/\(name)"
            let head = try await app.send("HEAD", path, to: app.addresses.admin)
            let whole = try await app.send("GET", path, to: app.addresses.admin)
            #expect(head.status == 200 && whole.status == 200)
            #expect(head.headers["content-type"] == whole.headers["content-type"])
            #expect(head.body.isEmpty && !whole.body.isEmpty)
            // What is refused has no body either: the connection is good for the next request.
            #expect(try await app.send("HEAD", "/nothing/here", to: app.addresses.admin).status == 404)
            #expect(try await app.send("GET", "/health/live", to: app.addresses.admin).status == 200)
        }
    }

    @Test("requests outlive the process")
    func history() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("history-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        var overrides = simulating
        overrides.dataDirectory = directory.path
        let id = Box<String>()
        try await RunningApp.run(overrides) { app async throws in
            id.value = try await app.send("POST", "/v1/chat/completions", body: Self.question)
                .headers["x-aurelis-request-id"]
        }
        try await RunningApp.run(overrides) { app async throws in
            let path = "/admin/requests/\(id.value ?? "")"
            #expect(try await app.send("GET", path, to: app.addresses.admin).status == 200)
        }
    }

    @Test(
        "what cannot be answered says why",
        arguments: [
            ("GET", "/admin/requests/req_0000000000000000", 404, "unknown"), ("GET", "/admin/requests/x", 400, "req_"),
            ("GET", "/admin/requests?limit=0", 400, "1 to 1000"), ("GET", "/admin/circuits/reset", 404, "nothing"),
        ]
    )
    func refusals(method: String, path: String, status: Int, text: String) async throws {
        try await RunningApp.run(simulating) { app async throws in
            let answer = try await app.send(method, path, to: app.addresses.admin)
            #expect(answer.status == status)
            #expect(try JSONDocument(Array(answer.body.utf8))["error"]?["message"]?.string?.contains(text) == true)
        }
    }

    @Test(
        "a page in somebody's browser can neither read nor steer",
        arguments: [
            ("Host: 127.0.0.1\r\nOrigin: https://evil.example", 403), ("Host: evil.example:8788", 403),
            ("Host: 127.0.0.1.evil.example", 403), ("Host: localhost:1\r\nOrigin: http://127.0.0.1:1", 200),
            ("Host: [::1]:8788", 200),
        ]
    )
    func foreignPages(fields: String, status: Int) async throws {
        try await RunningApp.run(simulating) { app async throws in
            let request = "POST /admin/circuits/reset HTTP/1.1\r\n\(fields)\r\nContent-Length: 0\r\n\r\n"
            let answer = try await app.exchange(request, with: app.addresses.admin)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        }
    }

    @Test("circuits are read and reset")
    func circuits() async throws {
        let faults = #""openai/gpt-4o":[{"kind":"status","status":503,"times":"always"}]"#
        try await FaultyProvider.run(faults) { provider async throws in
            let (app, admin) = (provider.app, provider.app.addresses.admin)
            for _ in 0..<2 { #expect(try await provider.ask("gpt-4o").status == 503) }
            let list = try await app.send("GET", "/admin/circuits", to: admin)
            let circuit = try JSONDocument(Array(list.body.utf8))["circuits"]?[0]
            #expect(circuit?["model"]?.string == "gpt-4o")
            #expect(circuit?["state"]?.string == "open")
            #expect((circuit?["open_for_ms"]?.int).map { (1...60_000).contains($0) } == true)
            #expect(
                try await app.send("POST", "/admin/circuits/reset?model=gpt-4o-mini", to: admin).body == #"{"reset":0}"#
            )
            #expect(
                try await app.send("POST", "/admin/circuits/reset?provider=github-models", to: admin).body
                    == #"{"reset":1}"#
            )
            #expect(app.engine.health.statuses().allSatisfy { $0.circuit == .closed })
        }
    }
}
