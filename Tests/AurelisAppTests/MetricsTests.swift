import Aurelis
import AurelisApp
import AurelisTransport
import Testing

@Suite("The app's metrics")
struct MetricsTests {
    private static let question = #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#

    private var simulating: ConfigurationOverrides {
        var overrides = ConfigurationOverrides()
        overrides.simulate = true
        return overrides
    }

    private func scrape(_ app: RunningApp, accept: String? = nil) async throws -> (
        headers: HTTPHeaderList, text: String
    ) {
        let headers = accept.map { [("accept", $0)] } ?? []
        let answer = try await app.send("GET", "/metrics", to: app.addresses.admin, headers: headers)
        #expect(answer.status == 200)
        return (answer.headers, answer.body)
    }

    @Test("requests, their parts and the state of the process are told")
    func all() async throws {
        try await RunningApp.run(simulating) { app async throws in
            for _ in 0..<2 { _ = try await app.send("POST", "/v1/chat/completions", body: Self.question) }
            let page = try await scrape(app)
            #expect(page.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            for line in [
                #"aurelis_requests_total{cached="no",model="gpt-4o",outcome="answered",task="general"} 1"#,
                #"aurelis_requests_total{cached="hit",model="gpt-4o",outcome="answered",task="general"} 1"#,
                #"aurelis_attempts_total{model="gpt-4o",outcome="answered",provider="simulator"} 1"#,
                #"aurelis_model_health{model="gpt-4o"} 1"#,
                #"aurelis_requests_total{cached="no",model="codestral-2501",outcome="answered",task="testing"} 0"#,
                #"aurelis_circuit_state{model="gpt-4o",provider="simulator"} 0"#,
                #"aurelis_cache_lookups_total{layer="memory",result="hit"} 1"#,
                #"aurelis_quota_used{model="gpt-4o",period="day",provider="simulator",unit="requests"} 1"#,
                "aurelis_requests_in_flight 0", "aurelis_gateway_draining 0",
                "# TYPE process_cpu_seconds_total counter",
            ] {
                #expect(page.text.contains(line + "\n"), "\(line) is missing")
            }
            // Nobody knows how a model is that nobody has asked.
            #expect(!page.text.contains(#"aurelis_model_health{model="codestral-2501"}"#))
            // One of what follows: a series that is told twice makes Prometheus refuse all of them.
            let series = page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
                .map { $0.prefix(upTo: $0.lastIndex(of: " ") ?? $0.endIndex) }
            #expect(Set(series).count == series.count)
        }
    }

    @Test("whoever asks for OpenMetrics gets it")
    func openMetrics() async throws {
        try await RunningApp.run(simulating) { app async throws in
            let page = try await scrape(app, accept: "application/openmetrics-text; version=1.0.0")
            #expect(page.headers["content-type"]?.hasPrefix("application/openmetrics-text") == true)
            #expect(page.text.hasSuffix("# EOF\n"))
        }
    }

    @Test("every series is described")
    func described() async throws {
        try await RunningApp.run(simulating) { app async throws in
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question)
            let lines = try await scrape(app).text.split(separator: "\n").map { $0.split(separator: " ") }
            let types = Set(lines.filter { $0.starts(with: ["#", "TYPE"]) }.map { $0[2] })
            let described = Set(lines.filter { $0.starts(with: ["#", "HELP"]) && $0.count > 4 }.map { $0[2] })
            #expect(types.count > 30)
            #expect(types.subtracting(described).isEmpty)
        }
    }

    @Test("an open circuit is told, and that its model cannot be asked")
    func health() async throws {
        let faults = #""openai/gpt-4o":[{"kind":"status","status":503,"times":"always"}]"#
        try await FaultyProvider.run(faults) { provider async throws in
            for _ in 0..<2 { #expect(try await provider.ask("gpt-4o").status == 503) }
            let text = try await scrape(provider.app).text
            #expect(text.contains(#"aurelis_circuit_state{model="gpt-4o",provider="github-models"} 2"#))
            #expect(text.contains("aurelis_model_health{model=\"gpt-4o\"} 0\n"))
            let attempts = #"aurelis_attempts_total{model="gpt-4o",outcome="upstream",provider="github-models"} 5"#
            #expect(text.contains(attempts))
            // Not asked now is something else than not known.
            let lost = #"aurelis_errors_total{category="model_unavailable",model="gpt-4o"} "#
            #expect(try await provider.ask("gpt-4o").errorCode == "circuit_open")
            #expect(try await provider.ask("gtp-4o").status == 404)
            let after = try await scrape(provider.app).text
            #expect(after.contains(lost) && !after.contains(lost + "0\n"))
            #expect(after.contains(#"aurelis_errors_total{category="unknown_model",model="other"} 1"#))
        }
    }

    @Test("a provider that refuses the key cannot be asked, though no circuit opens")
    func refusedKey() async throws {
        let faults = #""openai/gpt-4o":[{"kind":"status","status":401,"times":"always"}]"#
        try await FaultyProvider.run(faults) { provider async throws in
            #expect(try await provider.ask("gpt-4o").status == 401)
            let text = try await scrape(provider.app).text
            #expect(text.contains(#"aurelis_circuit_state{model="gpt-4o",provider="github-models"} 0"#))
            #expect(text.contains("aurelis_model_health{model=\"gpt-4o\"} 0\n"))
            let admin = provider.app.addresses.admin
            let circuits = try await provider.app.send("GET", "/admin/circuits", to: admin)
            #expect(circuits.body.contains(#""key_refused":true"#))
        }
    }

    @Test("a reload keeps what was counted, and gives new models their labels")
    func reload() async throws {
        try await RunningApp.run(simulating) { app async throws in
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question)
            var configuration = Configuration()
            configuration.simulates = true
            try app.engine.reload(configuration)
            _ = try await app.send("POST", "/v1/chat/completions", body: Self.question.replacing("hi", with: "ho"))
            let line = #"aurelis_requests_total{cached="no",model="gpt-4o",outcome="answered",task="general"} 2"#
            #expect(try await scrape(app).text.contains(line))
        }
    }

    @Test("names that clients make up do not become series")
    func cardinality() async throws {
        try await RunningApp.run(simulating) { app async throws in
            for index in 0..<20 {
                let question = Self.question.replacing("gpt-4o", with: "invented-\(index)")
                _ = try await app.send("POST", "/v1/chat/completions", body: question)
            }
            let text = try await scrape(app).text
            #expect(!text.contains("invented"))
            let requests = text.split(separator: "\n")
                .filter { $0.hasPrefix("aurelis_requests_total{") && !$0.hasSuffix(" 0") }
            #expect(requests.count == 1)
            #expect(requests.first?.hasSuffix(" 20") == true)
        }
    }
}
