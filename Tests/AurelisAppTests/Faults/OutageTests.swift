import Aurelis
import AurelisApp
import AurelisSimulator
import AurelisTesting
import AurelisTransport
import Testing

@Suite("Faults: outages")
struct OutageTests {
    private static let outage =
        #""mistral-ai/codestral-2501":[{"kind":"outage","from_seconds":0,"to_seconds":60,"status":503}]"#

    @Test(
        "a primary that is down for a minute: every request is answered, few are probes, and the primary is back soon"
    )
    func minute() async throws {
        let time = ManualTimeSource(autoAdvancing: true)
        try await FaultyProvider.run(Self.outage, time: time, clock: .stopped) { provider async throws in
            let start = time.now
            func pass(_ duration: Duration) {
                time.advance(by: duration)
                provider.simulator.advance(by: duration)
            }
            var answeredBy: [(at: Double, model: String)] = []
            for _ in 0..<20 {
                let before = time.now
                let answer = try await provider.ask("auto/codeGeneration")
                // Retries wait by the app's clock; the provider's follows.
                provider.simulator.advance(by: before.duration(to: time.now))
                #expect(answer.status == 200)
                answeredBy.append((start.duration(to: time.now).seconds, answer.model ?? "-"))
                pass(.seconds(5))
            }
            let failed = provider.seen.count { $0.model == .codestral2501 && $0.status == 503 }
            // Five failures open the circuit; whatever else is spent on the outage is a probe.
            #expect((5...6).contains(failed))
            let back = try #require(answeredBy.first { $0.model == "codestral-2501" })
            #expect(back.at <= 90)
            #expect(answeredBy.last?.model == "codestral-2501")
        }
    }

    @Test("once the circuit is open, fifteen requests cost the primary nothing until its probe is due")
    func openCircuit() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"status","status":503,"times":"always"}]"#
        let time = ManualTimeSource(autoAdvancing: true)
        try await FaultyProvider.run(faults, time: time) { provider async throws in
            for _ in 0..<2 { #expect(try await provider.ask("auto/codeGeneration").status == 200) }
            #expect(provider.attempts(on: .codestral2501) == 5)
            for _ in 0..<15 { #expect(try await provider.ask("auto/codeGeneration").model == "gpt-4o") }
            #expect(provider.attempts(on: .codestral2501) == 5)
            time.advance(by: .seconds(60))
            for _ in 0..<15 { #expect(try await provider.ask("auto/codeGeneration").model == "gpt-4o") }
            #expect(provider.attempts(on: .codestral2501) == 6)
        }
    }

    @Test("many at once during an outage: all are answered, and the primary sees no more than the circuit lets through")
    func concurrent() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"status","status":503,"times":"always"}]"#
        try await FaultyProvider.run(
            faults,
            configuration: "retry: { upstream: { base: 1ms } }",
            time: SystemTimeSource()
        ) { provider async throws in
            let models = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<40 { group.addTask { try await provider.ask("auto/codeGeneration").model } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(models.count == 40)
            #expect(models.allSatisfy { $0 == "gpt-4o" })
            // At worst every connection has its first attempt under way when the circuit opens.
            #expect(provider.attempts(on: .codestral2501) <= 40)
        }
    }

    @Test("a reset brings a route back at once")
    func reset() async throws {
        let faults = #""mistral-ai/codestral-2501":[{"kind":"status","status":503,"times":5}]"#
        try await FaultyProvider.run(faults) { provider async throws in
            for _ in 0..<3 { #expect(try await provider.ask("auto/codeGeneration").model == "gpt-4o") }
            let reset = try await provider.app.send("POST", "/admin/circuits/reset", to: provider.app.addresses.admin)
            #expect(reset.body == #"{"reset":1}"#)
            #expect(try await provider.ask("auto/codeGeneration").model == "codestral-2501")
        }
    }
}
