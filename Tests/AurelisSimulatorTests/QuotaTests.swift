import AurelisJSON
import Testing

@testable import AurelisSimulator

@Suite("Quotas on the wire")
struct QuotaTests {
    @Test("the eleventh request of a minute is refused with the platform's body and headers")
    func minute() async throws {
        try await withSimulator(SimulatorConfiguration(), clock: .stopped) { simulator, address in
            let body = Sample.chat("openai/gpt-4o")
            for _ in 0..<10 { #expect(try await ask(address, body).status == 200) }
            simulator.advance(by: .seconds(14))
            let refused = try await ask(address, body)
            let message =
                "Rate limit of 10 per 60s exceeded for UserByModelByMinute. Please wait 46 seconds before retrying."
            #expect(refused.status == 429)
            #expect(
                refused.text
                    == #"{"error":{"code":"RateLimitReached","message":"\#(message)","details":"\#(message)"}}"#
            )
            #expect(refused.headers["retry-after"] == "46")
            #expect(refused.headers["x-ratelimit-timeremaining"] == "46")
            #expect(refused.headers["x-ratelimit-type"] == "UserByModelByMinute")
            #expect(refused.headers["x-ms-error-code"] == "RateLimitReached")
            simulator.advance(by: .seconds(46))
            #expect(try await ask(address, body).status == 200)
        }
    }

    @Test("the day's limit tells the hours to wait, through the control surface's clock")
    func day() async throws {
        try await withSimulator(SimulatorConfiguration(), clock: .stopped) { _, address in
            let body = Sample.chat("openai/gpt-4o")
            for round in 0..<5 {
                for _ in 0..<10 { #expect(try await ask(address, body).status == 200, "round \(round)") }
                let moved = try await exchange(address, "POST", "/_simulator/time", #"{"advance_seconds": 60}"#)
                #expect(try moved.json["elapsed_seconds"]?.double == Double(60 * (round + 1)))
            }
            let refused = try await ask(address, body)
            #expect(refused.headers["retry-after"] == "86100")
            #expect(refused.headers["x-ratelimit-type"] == "UserByModelByDay")
            #expect(refused.text.contains("Rate limit of 50 per 86400s exceeded for UserByModelByDay."))
            let usage = try await exchange(address, "GET", "/_simulator/quota").json
            #expect(usage["accounts"]?[0]?["model"]?.string == "openai/gpt-4o")
            #expect(usage["accounts"]?[0]?["day"]?["used"]?.int == 50)
            #expect(usage["accounts"]?[0]?["day"]?["resets_in_seconds"]?.int == 86_100)
        }
    }

    @Test("concurrent requests are bounded, and a client that leaves frees its slot")
    func concurrency() async throws {
        var configuration = SimulatorConfiguration()
        configuration.faults = FaultScript(steps: ["openai/gpt-4o": [FaultStep(.silent, times: .count(2))]])
        try await withSimulator(configuration, clock: .stopped) { simulator, address in
            let body = Sample.chat("openai/gpt-4o")
            try await withConnection(to: address) { first in
                try await first.send(Sample.request("POST", "/inference/chat/completions", body))
                try await withConnection(to: address) { second in
                    try await second.send(Sample.request("POST", "/inference/chat/completions", body))
                    await simulator.waitForLog { $0.count == 2 }
                    let refused = try await ask(address, body)
                    #expect(refused.status == 429)
                    #expect(refused.headers["retry-after"] == "0")
                    #expect(refused.headers["x-ratelimit-type"] == "UserConcurrentRequests")
                }
                await simulator.waitForLog { log in log.contains { $0.clientDisconnected } }
                #expect(try await ask(address, body).status == 200)
            }
        }
    }

    @Test("a time scale makes windows pass faster, and leaves their numbers alone")
    func timeScale() {
        var timeline = Timeline(clock: .stopped, scale: 60)
        timeline.advance(by: .seconds(60))
        #expect(timeline.now == SimulatorInstant.start.advanced(by: .seconds(60)))
        let running = Timeline(clock: .system, scale: 1_000)
        #expect(running.realDuration(of: .seconds(1)) == .milliseconds(1))
        #expect(timeline.realDuration(of: .seconds(1)) == nil)
    }

    @Test("without quotas anything goes, except too many tokens")
    func unlimitedRequests() async throws {
        try await withSimulator(unlimited()) { _, address in
            try await withConnection(to: address) { connection in
                for _ in 0..<200 {
                    try await connection.send(Sample.request("POST", "/inference/chat/completions", Sample.chat()))
                    #expect(try await connection.response().status == 200)
                }
            }
            let long = try await ask(address, Sample.chat("openai/gpt-4o", String(repeating: "word ", count: 9_000)))
            #expect(long.status == 413)
        }
    }

    @Test("an account's limit over all models")
    func overAll() async throws {
        var configuration = SimulatorConfiguration()
        configuration.requestsPerMinuteOverAllModels = 2
        try await withSimulator(configuration, clock: .stopped) { _, address in
            #expect(try await ask(address, Sample.chat("openai/gpt-4o")).status == 200)
            #expect(try await ask(address, Sample.chat("openai/gpt-4o-mini")).status == 200)
            let refused = try await ask(address, Sample.chat("mistral-ai/mistral-nemo"))
            #expect(refused.headers["x-ratelimit-type"] == "UserByMinute")
        }
    }
}
