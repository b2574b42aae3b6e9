import AurelisJSON
import AurelisTesting
import Testing

@testable import Aurelis

/// Whatever providers do, in whatever order: the rules that hold for every request.
@Suite("Orchestrator: generated sequences")
struct OrchestratorSequenceTests {
    private let models: [ModelID] = ["a", "b", "c"]

    private func failure(_ random: inout SplitMix64) -> ModelError {
        let categories: [ModelError.Category] = [
            .rateLimit, .rateLimit, .upstream, .upstream, .connection, .timeout, .contextLength, .modelUnavailable,
            .retired, .authentication, .contentFilter, .invalidRequest,
        ]
        var error = ModelError(categories.randomElement(using: &random) ?? .upstream, "generated")
        if error.category == .rateLimit, Bool.random(using: &random) {
            error.retryAfter = .seconds(Int.random(in: 1...120, using: &random))
        }
        return error
    }

    private func script(_ provider: ScriptedProvider, _ random: inout SplitMix64) {
        for model in models {
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                provider.script(
                    model,
                    Int.random(in: 0..<4, using: &random) == 0 ? .text("fine") : .failure(failure(&random))
                )
            }
        }
    }

    private func configuration(_ random: inout SplitMix64) -> OrchestratorConfiguration {
        var configuration = OrchestratorConfiguration()
        configuration.routing = RoutingTable(replacing: [.general: models], globalFallback: nil)
        configuration.maximumAttempts = Int.random(in: 1...10, using: &random)
        configuration.requestTimeout = .seconds(Int.random(in: 1...90, using: &random))
        configuration.strategy = RoutingStrategy.allCases.randomElement(using: &random) ?? .preference
        return configuration
    }

    @Test(
        "budget, deadline, Retry-After, terminal failures, trace and record hold for every request",
        arguments: 0..<300
    )
    func whole(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let time = ManualTimeSource(autoAdvancing: true)
        let provider = ScriptedProvider(models: models)
        script(provider, &random)
        let recent = RecentRequests()
        let configuration = configuration(&random)
        let orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            recorder: recent,
            time: time,
            random: FixedRandomSource(Double.random(in: 0..<1, using: &random))
        )
        for round in 1...4 {
            let before = provider.attempts.count
            let start = time.now
            let trace: RouteTrace
            var failure: ModelError?
            do throws(ModelError) {
                let response = try await orchestrator.respond(to: ModelRequest("x"))
                trace = response.trace
                #expect(trace.attempts.last?.failure == nil)
            } catch {
                trace = try #require(error.trace)
                failure = error
                #expect(trace.attempts.allSatisfy { $0.failure != nil })
            }
            let sent = provider.attempts[before...].map(\.model.id)
            #expect(sent == trace.attempts.map(\.model))
            #expect(sent.count <= configuration.maximumAttempts)
            #expect(start.duration(to: time.now) <= configuration.requestTimeout)
            check(trace, failure)
            #expect(recent.latest(100).count == round)
            #expect(recent.latest(1).first?.trace == trace)
        }
        // Every permit has been given back: a minute later each circuit lets a request through.
        time.advance(by: .seconds(90_000))
        for model in models {
            guard case .admitted = orchestrator.health.admit(Route(provider: "scripted", model: model), at: time.now)
            else {
                Issue.record("\(model) stayed shut")
                continue
            }
        }
    }

    private func check(_ trace: RouteTrace, _ failure: ModelError?) {
        let terminal: Set<ModelError.Category> = [.authentication, .contentFilter, .invalidRequest]
        for (index, attempt) in trace.attempts.enumerated() {
            let isLast = index == trace.attempts.count - 1
            if let category = attempt.failure, terminal.contains(category) { #expect(isLast) }
            guard !isLast, trace.attempts[index + 1].model == attempt.model else { continue }
            // The same model again: only after a wait, and never after a silence.
            #expect(attempt.waitAfter.map { $0 > .zero } == true)
            #expect([.rateLimit, .upstream, .connection].contains(attempt.failure))
        }
        let named = Set(trace.candidates.map(\.model))
        #expect(trace.attempts.allSatisfy { named.contains($0.model) })
        if failure == nil { #expect(!trace.attempts.isEmpty) }
    }

    @Test(
        "however often streams break, the caller sees the answer once or its beginning and an error",
        arguments: 0..<300
    )
    func streams(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let provider = ScriptedProvider(
            serving: models.map { id in
                ProviderModel(
                    id: id,
                    wireName: id.canonical,
                    prefill: Bool.random(using: &random) ? .repeats : nil
                )
            }
        )
        let text = (1...12).map { "word\($0)" }.joined(separator: " ")
        for model in models {
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let events = try ScriptedAnswer.events(
                    Bool.random(using: &random) ? text : text.replacing("word7", with: "other")
                )
                let count = Int.random(in: 0...events.count, using: &random)
                provider.script(model, .events(Array(events.prefix(count)), ending: self.failure(&random)))
            }
            provider.script(model, .text(text))
        }
        let recent = RecentRequests()
        var configuration = configuration(&random)
        configuration.requestTimeout = .seconds(60)
        // Waits of nothing, on a clock that stands still.
        configuration.retry = .none
        let orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            recorder: recent,
            time: ManualTimeSource(),
            random: FixedRandomSource()
        )
        do throws(ModelError) {
            let stream = try await orchestrator.stream(ModelRequest("x"))
            do throws(ModelError) {
                while try await stream.next() != nil {}
                #expect(stream.response.finishReason != nil)
                // Whoever began it, each word is there once: what was repeated is swallowed, what is new is shown.
                let words = stream.response.content.split(separator: " ")
                #expect(words.count == Set(words).count)
                #expect(words.count == 12 || provider.attempts.contains { $0.prefill != nil })
            } catch {
                #expect(stream.response.finishReason == nil)
                #expect(text.hasPrefix(stream.response.content) || stream.response.content.contains("other"))
                #expect(recent.latest(1).first?.outcome == .interrupted)
            }
        } catch {
            #expect(recent.latest(1).first?.outcome == .failed(error.category))
        }
        #expect(provider.attempts.count <= configuration.maximumAttempts)
        #expect(recent.latest(10).count == 1)
    }

    @Test("a caller who leaves at any moment leaves nothing behind", arguments: 0..<200)
    func cancellation(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let provider = ScriptedProvider(models: models)
        for model in models {
            let steps: [ScriptedProvider.Step] = [
                .failure(ModelError(.upstream, "503")), .silence, .failure(failure(&random)),
                .stall(after: Array(try ScriptedAnswer.events("one two three").prefix(3))),
            ]
            for _ in 0..<3 { if let step = steps.randomElement(using: &random) { provider.script(model, step) } }
        }
        let time = ManualTimeSource()
        var configuration = configuration(&random)
        configuration.concurrency = 1
        let recent = RecentRequests()
        let orchestrator = ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            recorder: recent,
            time: time
        )
        let isStream = Bool.random(using: &random)
        let patience = Int.random(in: 0..<30, using: &random)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                if isStream {
                    guard let stream = try? await orchestrator.stream(ModelRequest("x")) else { return }
                    while (try? await stream.next()) != nil {}
                } else {
                    _ = try? await orchestrator.respond(to: ModelRequest("x"))
                }
            }
            for _ in 0..<patience { await Task.yield() }
            group.cancelAll()
        }
        #expect(recent.latest(10).count == 1)
        // Slot and probes are free again.
        let other = ScriptedProvider("scripted", models: models)
        time.advance(by: .seconds(90_000))
        let next = ModelOrchestrator(
            providers: [other],
            configuration: configuration,
            health: orchestrator.health,
            time: time
        )
        #expect(try await next.respond(to: ModelRequest("x", model: "a")).modelUsed == "a")
    }
}
