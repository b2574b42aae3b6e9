import Testing

@testable import AurelisApp

@Suite("What takes a restart")
struct RestartRulesTests {
    private func settings(_ values: KeyValuePairs<String, String>) -> [Configuration.Setting] {
        values.map { .init(path: $0.key, value: $0.value, origin: nil) }
    }

    @Test(
        "who listens, what is opened once and what outlives requests does",
        arguments: [
            ("gateway.port", true), ("admin.host", true), ("gateway.keys", true), ("data_dir", true),
            ("log.level", true),
            ("transport.proxy.url", true), ("audit.sync", true), ("cache.redis.url", true), ("cache.memory.size", true),
            ("cache.ttl", false), ("cache.redis.ttl", false), ("cache.memory.ttl", false), ("routing.strategy", false),
            ("providers[0].api_key.env", false), ("safety.secrets", false), ("retry.rate_limit.attempts", false),
            ("gateway.tls.certificate", false), ("admin.client.ca", false), ("gateway.signatures.required", false),
            ("gatewayish", false),
        ]
    )
    func paths(path: String, restarts: Bool) {
        #expect(RestartRules(from: [], to: []).applies(to: path) == restarts)
    }

    @Test("that a listener has TLS at all does, another certificate does not")
    func certificates() {
        let (plain, one, other) = (
            settings([:]), settings(["gateway.tls.key": "a"]), settings(["gateway.tls.key": "b"])
        )
        #expect(RestartRules(from: plain, to: one).changes == ["gateway.tls.key"])
        #expect(RestartRules(from: one, to: plain).changes == ["gateway.tls.key"])
        #expect(RestartRules(from: one, to: other).changes == [])
        #expect(RestartRules(from: one, to: other).effective.map(\.value) == ["b"])
    }

    @Test("in effect is what was read last, and of what takes a restart what the process began with")
    func effective() {
        let beginning = settings(["gateway.port": "1", "gateway.threads": "4", "routing.strategy": "cost"])
        let latest = settings(["gateway.port": "2", "admin.port": "3", "routing.strategy": "quota", "cache.ttl": "1h"])
        let rules = RestartRules(from: beginning, to: latest)
        #expect(rules.changes == ["admin.port", "gateway.port", "gateway.threads"])
        let effective = Dictionary(uniqueKeysWithValues: rules.effective.map { ($0.path, $0.value) })
        #expect(
            effective == ["gateway.port": "1", "gateway.threads": "4", "routing.strategy": "quota", "cache.ttl": "1h"]
        )
    }
}
