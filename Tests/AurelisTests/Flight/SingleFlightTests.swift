import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

@Suite("Single flight")
struct SingleFlightTests {
    private func aboard(_ count: Int, in setting: CachedSetting) async {
        while setting.cache.contents.flights.passengers < count, !Task.isCancelled { await Task.yield() }
    }

    @Test("a hundred equal calls at once, half of them streamed, cost one upstream request", arguments: [false, true])
    func hundred(firstStreams: Bool) async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("one two three")))
        let responses = try await withThrowingTaskGroup(of: ModelResponse.self) { group in
            for index in 0..<100 {
                group.addTask {
                    (index % 2 == 0) == firstStreams
                        ? try await setting.orchestrator.streamed(.asking())
                        : try await setting.orchestrator.respond(to: .asking())
                }
                if index == 0 { await setting.provider.attempts(atLeast: 1) }
            }
            await aboard(100, in: setting)
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(responses.map(\.content) == Array(repeating: "one two three", count: 100))
        #expect(Set(responses.map(\.finishReason)) == [.stop])
        #expect(Set(responses.map(\.usage)) == [TokenUsage(prompt: 7, completion: 3)])
        #expect(setting.provider.attempts.count == 1)
        #expect(setting.cache.statistics.shared == 99)
        #expect(responses.count { if case .shared? = $0.cache { true } else { false } } == 99)
        #expect(responses.reduce(0) { $0 + $1.attempts } == 1)
        #expect(setting.cache.contents.flights.count == 0)
    }

    @Test("tenants share no flight")
    func tenants() async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("a's")), .gated(gate, .text("b's")))
        async let first = setting.orchestrator.respond(to: .asking { $0.tenant = "a" })
        await setting.provider.attempts(atLeast: 1)
        async let second = setting.orchestrator.respond(to: .asking { $0.tenant = "b" })
        await setting.provider.attempts(atLeast: 2)
        gate.open()
        #expect(try await first.content == "a's")
        #expect(try await second.content == "b's")
    }

    @Test("the first caller's leaving does not hurt the others", arguments: [false, true])
    func leaderLeaves(streamed: Bool) async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("for those who stay")))
        let leader = Task { try await setting.orchestrator.respond(to: .asking()) }
        await setting.provider.attempts(atLeast: 1)
        async let follower =
            streamed ? setting.orchestrator.streamed(.asking()) : setting.orchestrator.respond(to: .asking())
        await aboard(2, in: setting)
        leader.cancel()
        await #expect(throws: ModelError.self) { () async throws in _ = try await leader.value }
        gate.open()
        #expect(try await follower.content == "for those who stay")
        #expect(setting.provider.attempts.count == 1)
        #expect(setting.provider.cancellations == 0)
    }

    @Test("a caller who leaves in the middle of a stream does not hurt the others")
    func leavesMidStream() async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        let events = try ScriptedAnswer.events("one two three")
        setting.provider.script(
            .gpt4o,
            .paused(gate, after: Array(events.prefix(2)), then: Array(events.dropFirst(2)))
        )
        let leader = try await setting.orchestrator.stream(.asking())
        #expect(try await leader.next()?.content == "one")
        let follower = try await setting.orchestrator.stream(.asking())
        #expect(try await follower.next()?.content == "one")
        leader.cancel()
        gate.open()
        #expect(try await follower.next()?.content == " two")
        #expect(try await follower.next()?.content == " three")
        #expect(try await follower.next() == nil)
        #expect(setting.provider.attempts.count == 1)
        #expect(try await setting.orchestrator.respond(to: .asking()).content == "one two three")
        #expect(setting.provider.attempts.count == 1)
    }

    @Test("when nobody waits any more the upstream call ends, and the next caller begins anew")
    func everybodyLeaves() async throws {
        let setting = CachedSetting()
        setting.provider.script(.gpt4o, .silence, .text("fresh"))
        let calls = (0..<3).map { _ in Task { try await setting.orchestrator.respond(to: .asking()) } }
        await aboard(3, in: setting)
        await setting.provider.attempts(atLeast: 1)
        for call in calls { call.cancel() }
        for call in calls {
            let failure = await #expect(throws: ModelError.self) { () async throws in _ = try await call.value }
            #expect(failure?.category == .cancelled)
        }
        #expect(try await setting.orchestrator.respond(to: .asking()).content == "fresh")
        #expect(setting.provider.cancellations == 1)
    }

    @Test("a late joiner gets a stream from its beginning")
    func lateJoiner() async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        let events = try ScriptedAnswer.events("one two three")
        setting.provider.script(
            .gpt4o,
            .paused(gate, after: Array(events.prefix(3)), then: Array(events.dropFirst(3)))
        )
        let first = try await setting.orchestrator.stream(.asking())
        #expect(try await first.next()?.content == "one")
        #expect(try await first.next()?.content == " two")
        async let late = setting.orchestrator.streamed(.asking())
        async let whole = setting.orchestrator.respond(to: .asking())
        await aboard(3, in: setting)
        gate.open()
        #expect(try await first.next()?.content == " three")
        #expect(try await first.next() == nil)
        #expect(try await late.content == "one two three")
        #expect(try await whole.content == "one two three")
        #expect(setting.provider.attempts.count == 1)
    }

    @Test(
        "a failed flight leaves each to its own rules: who allows a fallback gets one, together, who does not the error"
    )
    func failure() async throws {
        let setting = CachedSetting(orchestrator: { $0.retry = RetryPolicy(rules: [:]) })
        let gates = [ScriptedGate(), ScriptedGate()]
        let boom = ModelError(.upstream, "boom", code: "boom")
        setting.provider.script(.gpt4o, .gated(gates[0], .failure(boom)), .gated(gates[1], .failure(boom)))
        func call(_ fallback: FallbackRule) -> Task<ModelResponse, any Error> {
            Task { try await setting.orchestrator.respond(to: .asking { $0.fallback = fallback }) }
        }
        let strict = [call(.never), call(.never)]
        await aboard(2, in: setting)
        await setting.provider.attempts(atLeast: 1)
        let lenient = [call(.models([.gpt4oMini])), call(.models([.gpt4oMini]))]
        await aboard(4, in: setting)
        for gate in gates { gate.open() }
        for call in strict {
            let failure = await #expect(throws: ModelError.self) { () async throws in _ = try await call.value }
            #expect(failure?.code == "boom")
        }
        for call in lenient { #expect(try await call.value.modelUsed == .gpt4oMini) }
        #expect(setting.provider.attempts.map(\.model.id).filter { $0 == .gpt4o }.count == 2)
    }

    @Test("a stream that begins again is kept as it was told the second time, and told whole only so")
    func restarted() async throws {
        let setting = CachedSetting(orchestrator: { $0.restartsStreams = true })
        let cut = Array(try ScriptedAnswer.events("one two three").prefix(3))
        let gate = ScriptedGate()
        setting.provider.script(
            .gpt4o,
            .paused(gate, after: cut, then: []),
            .text("another answer"),
            .text("another answer")
        )
        let first = try await setting.orchestrator.stream(.asking())
        async let whole = setting.orchestrator.respond(to: .asking())
        await aboard(2, in: setting)
        gate.open()
        var restarts = 0
        while let delta = try await first.next() { restarts += delta.restarts ? 1 : 0 }
        #expect(restarts == 1 && first.response.content == "another answer")
        #expect(try await whole.content == "another answer")
        #expect(try await setting.orchestrator.respond(to: .asking()).content == "another answer")
        #expect(try await setting.orchestrator.streamed(.asking()).content == "another answer")
    }

    @Test("a flight that failed is joined by nobody who tries again")
    func failedFlight() async throws {
        let time = ManualTimeSource()
        for _ in 0..<20 {
            let setting = CachedSetting(
                time: time,
                orchestrator: {
                    $0.retry = RetryPolicy(rules: [:]); $0.maximumAttempts = 2
                }
            )
            let gate = ScriptedGate()
            setting.provider.script(.gpt4o, .gated(gate, .failure(ModelError(.timeout, "too slow"))), .text("in time"))
            let hasty = Task { try await setting.orchestrator.respond(to: .asking { $0.timeout = .seconds(1) }) }
            await setting.provider.attempts(atLeast: 1)
            async let patient = setting.orchestrator.respond(to: .asking { $0.timeout = .seconds(500) })
            await aboard(2, in: setting)
            time.advance(by: .seconds(1))
            gate.open()
            #expect(try await patient.content == "in time")
            _ = try? await hasty.value
        }
    }

    @Test("a stream that breaks for good fails everybody, and is not kept")
    func brokenStream() async throws {
        let setting = CachedSetting(orchestrator: { $0.resumesStreams = false })
        let events = Array(try ScriptedAnswer.events("one two three").prefix(3))
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .paused(gate, after: events, then: []))
        let first = try await setting.orchestrator.stream(.asking())
        let second = try await setting.orchestrator.stream(.asking())
        gate.open()
        for stream in [first, second] {
            let failure = await #expect(throws: ModelError.self) { () async throws in
                while try await stream.next() != nil {}
            }
            #expect(failure?.category == .connection)
            #expect(stream.response.content == "one two")
        }
        #expect(setting.cache.statistics.kept == 0)
    }

    @Test("what ended the first caller's patience does not end that of one who has more")
    func patience() async throws {
        let time = ManualTimeSource()
        let setting = CachedSetting(time: time)
        let gate = ScriptedGate()
        // As a provider does whose attempt may take no longer.
        setting.provider.script(
            .gpt4o,
            .gated(gate, .failure(ModelError(.timeout, "too slow"))),
            .text("in time")
        )
        let hasty = Task { try await setting.orchestrator.respond(to: .asking { $0.timeout = .seconds(1) }) }
        await setting.provider.attempts(atLeast: 1)
        async let patient = setting.orchestrator.respond(to: .asking { $0.timeout = .seconds(50) })
        await aboard(2, in: setting)
        time.advance(by: .seconds(1))
        gate.open()
        let failure = await #expect(throws: ModelError.self) { () async throws in _ = try await hasty.value }
        #expect(failure?.category == .timeout)
        #expect(try await patient.content == "in time")
    }

    @Test("who has less time than the first caller leaves earlier")
    func impatience() async throws {
        let time = ManualTimeSource()
        let setting = CachedSetting(time: time)
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("late")))
        async let patient = setting.orchestrator.respond(to: .asking())
        await setting.provider.attempts(atLeast: 1)
        let hasty = Task { try await setting.orchestrator.respond(to: .asking { $0.timeout = .seconds(1) }) }
        await time.sleepers(atLeast: 1)
        time.advance(by: .seconds(1))
        let failure = await #expect(throws: ModelError.self) { () async throws in _ = try await hasty.value }
        #expect(failure?.category == .timeout)
        gate.open()
        #expect(try await patient.content == "late")
    }

    @Test("a refresh joins no call that may bring an old answer")
    func refresh() async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("first")), .text("second"))
        async let first = setting.orchestrator.respond(to: .asking())
        await setting.provider.attempts(atLeast: 1)
        #expect(try await setting.orchestrator.respond(to: .asking { $0.cache = .refresh }).content == "second")
        gate.open()
        #expect(try await first.content == "first")
    }

    @Test("sampled requests do not share")
    func sampled() async throws {
        let setting = CachedSetting()
        let gate = ScriptedGate()
        setting.provider.script(.gpt4o, .gated(gate, .text("heads")), .text("tails"))
        async let first = setting.orchestrator.respond(to: .asking { $0.temperature = 1 })
        await setting.provider.attempts(atLeast: 1)
        #expect(try await setting.orchestrator.respond(to: .asking { $0.temperature = 1 }).content == "tails")
        gate.open()
        #expect(try await first.content == "heads")
    }
}
