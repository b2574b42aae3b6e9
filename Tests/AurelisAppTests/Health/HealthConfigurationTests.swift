import AurelisProviders
import Testing

@testable import AurelisApp

private func decode(_ yaml: String) throws -> (configuration: Configuration, shown: String) {
    let log = SettingsLog()
    var warnings: [String] = []
    let tree = try ConfigurationTree.parsing(yaml, file: "a.yaml")
    let configuration = try Configuration(decoding: tree, log: log, warnings: &warnings)
    return (configuration, log.entries.rendered())
}

@Suite("Configuration: health and alerts")
struct HealthConfigurationTests {
    @Test("nobody is probed and nobody is told unless it is said")
    func defaults() throws {
        let (configuration, _) = try decode("simulate: true")
        #expect(configuration.health == Configuration.Health())
        #expect(configuration.health.probes == nil && configuration.alerts.isEmpty)
        #expect(configuration.health.interval == .seconds(10))
    }

    @Test("probes and receivers are read; addresses and secrets are shown nowhere")
    func read() throws {
        let (configuration, shown) = try decode(
            """
            health: { interval: 5s, probes: { interval: 1m, models: [gpt-4o-mini, gpt-4o@work], leave: 30% } }
            alerts:
              - log: true
              - webhook: https://hooks.example/T0/hunter2
                secret: { env: HOOK_SECRET }
                timeout: 3s
                repeat: 1h
              - { webhook: { env: HOOK_URL }, repeat: never }
              - command: [/usr/bin/notify, "ops team"]
            """
        )
        var probes = Configuration.Probes(models: ["gpt-4o-mini", "gpt-4o@work"])
        probes.interval = .seconds(60)
        probes.leave = 30
        #expect(configuration.health.interval == .seconds(5) && configuration.health.probes == probes)
        #expect(configuration.alerts.map(\.reminds) == [nil, .seconds(3_600), nil, nil])
        #expect(configuration.alerts[0].target == .log && configuration.alerts[1].timeout == .seconds(3))
        guard case .webhook(.literal(let address), secret: .environment("HOOK_SECRET")) = configuration.alerts[1].target
        else { return #expect(Bool(false)) }
        #expect(address.withText { $0 } == "https://hooks.example/T0/hunter2")
        #expect(configuration.alerts[2].target == .webhook(.environment("HOOK_URL"), secret: nil))
        #expect(configuration.alerts[3].target == .command(["/usr/bin/notify", "ops team"]))
        // An argument may be a password.
        #expect(shown.contains("command: [\"/usr/bin/notify\", ••••••••]") && !shown.contains("ops team"))
        #expect(!shown.contains("hunter2"))
    }

    @Test(
        "what cannot be meant is refused, with the setting's name",
        arguments: [
            ("health: { interval: 10ms }", "health.interval"), ("health: { probes: {} }", "health.probes.models"),
            ("health: { probes: { models: [] } }", "health.probes.models"),
            ("health: { probes: { models: [a], leave: 100% } }", "0% to 99%"),
            ("health: { probes: { models: [a], interval: 1s } }", "health.probes.interval"),
            ("alerts: [{}]", "one of log, webhook and command"),
            ("alerts: [{ log: true, command: [/x] }]", "alone"), ("alerts: [{ log: false }]", "alerts[0].log"),
            ("alerts: [{ command: [notify] }]", "whole path"), ("alerts: [{ command: [] }]", "alerts[0].command"),
            ("alerts: [{ log: true, secret: { env: X } }]", "alerts[0].secret"),
            ("alerts: [{ log: true, repeat: 5s }]", "alerts[0].repeat"),
            ("alerts: [{ webhok: x }]", "webhook"),
        ]
    )
    func refusals(yaml: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) { try decode(yaml) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}
