import AurelisApp
import AurelisJSON
import Testing

@testable import Aurelis
@testable import AurelisCommand

@Suite("health and doctor: what is printed")
struct HealthViewTests {
    private static func found() -> HealthSource.Found {
        var monitor = HealthMonitor(time: 0)
        let start = ContinuousClock.now
        var facts = HealthFacts()
        facts.successRate = 0.25
        let looks = [
            HealthObservation(HealthSubject(.models, "gpt-4o@p"), .unhealthy, "503\u{1B}[2J", facts: facts),
            HealthObservation(HealthSubject(.models, "gpt-4o-mini@p"), .healthy),
            HealthObservation(HealthSubject(.network, "p"), .healthy),
        ]
        var history: [HealthTransition] = []
        for look in 0..<3 {
            let now = start.advanced(by: .seconds(10 * look))
            history += monitor.evaluate(looks, at: now, time: Int64(look) * 10_000)
        }
        return HealthSource.Found(report: monitor.report, history: history, version: "1.2", instance: "here:8788")
    }

    private func written(_ text: (TextOutput) -> String) throws -> String {
        let captured = CapturedConsole()
        try captured.console.output.write(text(captured.console.output))
        return try captured.finish().output
    }

    @Test(
        "the whole in a line, a row for each component, models with their share of answers, nothing that steers a terminal"
    )
    func view() throws {
        let text = try written(HealthView(Self.found()).text)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("degraded since ") && lines[0].hasSuffix("aurelis 1.2 at here:8788"))
        let rows = lines.dropFirst(3).map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(
            rows == [
                "models degraded", "gpt-4o-mini@p healthy", "gpt-4o@p unhealthy", "authentication unknown",
                "network healthy", "cache unknown", "audit unknown", "storage unknown", "quota unknown",
            ]
        )
        #expect(text.contains("25 %") && text.contains("503") && !text.contains("\u{1B}"))
    }

    @Test("a gateway that tells no more than a word is shown as far as it goes")
    func brief() throws {
        let report = HealthReport(time: 0, state: .unhealthy, since: 0, components: [])
        let text = try written(HealthView(.init(report: report)).text)
        #expect(text.hasPrefix("unhealthy since ") && text.split(separator: "\n").count == 1)
    }

    @Test("what has changed is a row each")
    func history() throws {
        let text = try written(HealthView(Self.found()).history)
        #expect(text.contains("models") && text.contains("healthy") && text.contains("degraded"))
        var nothing = Self.found()
        nothing.history = []
        #expect(try written(HealthView(nothing).history) == "nothing has changed\n")
    }

    @Test("as JSON it is read again; the time alone makes no news")
    func json() throws {
        var found = Self.found()
        let document = try JSONDocument(found.json())
        #expect(HealthReport(reading: document.root) == found.report)
        #expect(document["source"]?.string == "gateway" && document["history"]?[0]?["component"]?.string == "models")
        let still = found.withoutTime
        found.report.time += 5_000
        #expect(found.withoutTime == still)
    }

    @Test("a finding is a line, what to do about it the next; JSON says the same")
    func doctor() throws {
        let findings = [
            DoctorFinding("configuration", .ok, "valid"),
            DoctorFinding("redis", .fail, "refused\u{1B}[2J", advice: "start it"),
            DoctorFinding("redis", .warn, "slow"), DoctorFinding("ports", .skipped, "offline"),
        ]
        let report = DoctorReport(findings)
        #expect(
            try written(report.text) == """
                ok    configuration  valid
                fail  redis          refused␛[2J
                                     → start it
                warn                 slow
                –     ports          offline

                1 failed, 1 warning

                """
        )
        let document = try JSONDocument(report.json)
        #expect(document["ok"]?.bool == false && document["checks"]?[1]?["advice"]?.string == "start it")
        #expect(try written(DoctorReport([findings[0]]).text).hasSuffix("\nall is well\n"))
    }
}
