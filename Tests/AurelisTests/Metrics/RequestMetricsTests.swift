import AurelisTesting
import CoreMetrics
import MetricsTestKit
import Testing

@testable import Aurelis

@Suite("Metrics of requests")
struct RequestMetricsTests {
    private let backend = TestMetrics()
    private let provider = ScriptedProvider()

    private func orchestrator(_ metrics: any RequestRecorder, cache: AnswerCache? = nil) -> ModelOrchestrator {
        ModelOrchestrator(
            providers: [provider],
            cache: cache,
            recorder: metrics,
            time: ManualTimeSource(autoAdvancing: true),
            random: FixedRandomSource()
        )
    }

    /// The values of all counters of a name that have counted something, by their labels.
    private func counts(_ name: String) -> [String: Int64] { series(name).filter { $0.value > 0 } }

    /// The same with those that are still at 0.
    private func series(_ name: String) -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for counter in backend.counters where counter.label == name {
            let labels = counter.dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
            counts[labels] = counter.totalValue
        }
        return counts
    }

    private func times(_ name: String) -> [TestTimer] { backend.timers.filter { $0.label == name } }

    @Test("an answer counts with model, task, source and outcome; its tokens and attempts count too")
    func answered() async throws {
        let metrics = RequestMetrics(models: [.codestral2501, .gpt4o], factory: backend)
        provider.script(.codestral2501, .failure(ModelError(.timeout, "silent")))
        provider.script(.gpt4o, .text("an answer"))
        let response = try await orchestrator(metrics).respond(to: ModelRequest("x", task: .codeGeneration))
        #expect(
            counts("aurelis_requests_total")
                == ["model=gpt-4o task=codeGeneration cached=no outcome=answered": 1]
        )
        #expect(counts("aurelis_errors_total").isEmpty)
        #expect(
            counts("aurelis_attempts_total") == [
                "provider=scripted model=codestral-2501 outcome=timeout": 1,
                "provider=scripted model=gpt-4o outcome=answered": 1,
            ]
        )
        #expect(counts("aurelis_fallbacks_total").filter { $0.value > 0 } == ["model=gpt-4o": 1])
        let usage = try #require(response.usage)
        #expect(counts("aurelis_tokens_total")["model=gpt-4o kind=prompt"] == Int64(usage.prompt))
        #expect(counts("aurelis_tokens_total")["model=gpt-4o kind=completion"] == Int64(usage.completion))
        #expect(times("aurelis_response_time_seconds").map(\.values.count) == [1])
        #expect(times("aurelis_time_to_first_token_seconds").flatMap(\.values).isEmpty)
    }

    @Test("a kept answer counts as such, and its tokens as saved")
    func cached() async throws {
        let metrics = RequestMetrics(models: [.gpt4o], factory: backend)
        provider.script(.gpt4o, .text("an answer"))
        let orchestrator = orchestrator(metrics, cache: AnswerCache())
        for _ in 0..<3 { _ = try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o)) }
        #expect(
            counts("aurelis_requests_total") == [
                "model=gpt-4o task=general cached=no outcome=answered": 1,
                "model=gpt-4o task=general cached=hit outcome=answered": 2,
            ]
        )
        let (spent, saved) = (counts("aurelis_tokens_total"), counts("aurelis_tokens_saved_total"))
        #expect((spent["model=gpt-4o kind=prompt"] ?? 0) * 2 == saved["model=gpt-4o kind=prompt"])
        #expect(counts("aurelis_attempts_total").values.reduce(0, +) == 1)
    }

    @Test("what a configured model will be asked most is there at 0, so that the first of it is seen to grow")
    func zeros() {
        let metrics = RequestMetrics(models: [.gpt4o], factory: backend)
        let requests = series("aurelis_requests_total")
        for task in TaskType.allCases {
            #expect(requests["model=gpt-4o task=\(task.rawValue) cached=no outcome=answered"] == 0)
        }
        #expect(requests["model=gpt-4o task=general cached=no outcome=upstream"] == 0)
        #expect(requests["model=other task=general cached=no outcome=unknown_model"] == 0)
        #expect(series("aurelis_errors_total")["model=gpt-4o category=timeout"] == 0)
        #expect(series("aurelis_tokens_total")["model=gpt-4o kind=prompt"] == 0)
        let count = requests.count
        metrics.record(.sample(model: "gpt-4o", outcome: .answered))
        metrics.know([.gpt4o])
        #expect(series("aurelis_requests_total").count == count)
        // However many are configured, and however often.
        for round in 0..<10 { metrics.know((0..<100).map { ModelID("m-\(round)-\($0)") }) }
        #expect(series("aurelis_requests_total").count < 64 * 30)
    }

    @Test("a name that nobody serves is told from a model that is not asked now")
    func unknownModels() async throws {
        let metrics = RequestMetrics(models: [.gpt4o], factory: backend)
        _ = try? await orchestrator(metrics).respond(to: ModelRequest("x", model: "gtp-4o"))
        #expect(counts("aurelis_errors_total") == ["model=other category=unknown_model": 1])
        var record = RequestRecord.sample(model: "gpt-4o", outcome: .failed(.modelUnavailable))
        metrics.record(record)
        record.fault = .unknownModel
        metrics.record(record)
        #expect(
            counts("aurelis_requests_total") == [
                "model=other task=general cached=no outcome=unknown_model": 1,
                "model=gpt-4o task=general cached=no outcome=model_unavailable": 1,
                "model=gpt-4o task=general cached=no outcome=unknown_model": 1,
            ]
        )
    }

    @Test("what a key's own limits refuse is told from what a provider refuses")
    func keyLimits() async throws {
        let metrics = RequestMetrics(models: [.gpt4o], factory: backend)
        let failures: [(ModelError.Category, String?)] = [
            (.rateLimit, nil), (.permission, nil), (.rateLimit, "ci"), (.quota, "ci"), (.overloaded, "ci"),
        ]
        for (category, key) in failures {
            var failure = ModelError(category, "no")
            failure.key = key
            #expect(CallerFault(failure) == (key == nil ? nil : .keyLimit))
            var record = RequestRecord.sample(model: "gpt-4o", outcome: .failed(category))
            record.fault = CallerFault(failure)
            metrics.record(record)
        }
        var refusal = ModelError(.permission, "the key is not for this")
        refusal.key = "ci"
        provider.script(.gpt4o, .failure(refusal))
        _ = try? await orchestrator(metrics).respond(to: ModelRequest("x", model: .gpt4o))
        #expect(
            counts("aurelis_errors_total") == [
                "model=gpt-4o category=rate_limit": 1, "model=gpt-4o category=permission": 1,
                "model=gpt-4o category=key_limit": 4,
            ]
        )
    }

    @Test("a failure counts with its category")
    func failed() async throws {
        let metrics = RequestMetrics(models: [.gpt4o], factory: backend)
        provider.script(.gpt4o, .failure(ModelError(.permission, "no")))
        await #expect(throws: ModelError.self) {
            try await orchestrator(metrics).respond(to: ModelRequest("x", model: .gpt4o))
        }
        #expect(counts("aurelis_errors_total") == ["model=gpt-4o category=permission": 1])
    }

    @Test("a stream counts when it has ended, with the time to its first content")
    func streams() async throws {
        let metrics = RequestMetrics(models: [.gpt4o], factory: backend)
        provider.script(.gpt4o, .text("one two"))
        let stream = try await orchestrator(metrics).stream(ModelRequest("x", model: .gpt4o))
        #expect(counts("aurelis_requests_total").isEmpty)
        while try await stream.next() != nil {}
        #expect(counts("aurelis_requests_total").values.reduce(0, +) == 1)
        #expect(times("aurelis_time_to_first_token_seconds").map(\.values.count) == [1])
    }

    @Test("what is under way is counted up and down, however it ends")
    func underWay() async throws {
        let statistics = RequestStatistics()
        let orchestrator = orchestrator(statistics, cache: AnswerCache())
        provider.script(.gpt4o, .text("one two three"), .failure(ModelError(.permission, "no")))
        let stream = try await orchestrator.stream(ModelRequest("x", model: .gpt4o))
        #expect(statistics.underWay == 1)
        while try await stream.next() != nil {}
        #expect(statistics.underWay == 0)
        _ = try await orchestrator.respond(to: ModelRequest("x", model: .gpt4o))
        _ = try? await orchestrator.respond(to: ModelRequest("y", model: .gpt4o))
        #expect(statistics.underWay == 0)
    }

    @Test("names that callers make up share one label, however many there are")
    func madeUpNames() {
        let metrics = RequestMetrics(models: [.gpt4o], factory: backend)
        for index in 0..<500 {
            var record = RequestRecord.sample(model: "made-up-\(index)", outcome: .failed(.modelUnavailable))
            record.modelUsed = nil
            metrics.record(record)
        }
        #expect(
            counts("aurelis_requests_total")
                == ["model=other task=general cached=no outcome=model_unavailable": 500]
        )
    }

    @Test("a model that is named nowhere and answers has its own label, as long as there are few of them")
    func foundModels() {
        let metrics = RequestMetrics(factory: backend)
        for index in 0..<200 { metrics.record(.sample(model: "served-\(index)", outcome: .answered)) }
        let requests = counts("aurelis_requests_total")
        #expect(requests.count == 65)
        #expect(requests["model=other task=general cached=no outcome=answered"] == 136)
    }

    @Test(
        "no label is made of what does not look like a model's name",
        arguments: [
            "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zR0" + "2uRGZh", "two words", "quote\"", "", "new\nline", "other",
            String(repeating: "x", count: 500),
        ]
    )
    func unlikelyNames(name: String) {
        let metrics = RequestMetrics(models: [ModelID(name)], factory: backend)
        metrics.record(.sample(model: name, outcome: .answered))
        #expect(counts("aurelis_requests_total").keys.allSatisfy { $0.hasPrefix("model=other ") })
    }

    @Test("a category that only somebody's own provider has is told as other")
    func openCategories() {
        let metrics = RequestMetrics(factory: backend)
        for index in 0..<50 {
            metrics.record(.sample(model: "m", outcome: .failed(.init(rawValue: "own-\(index)"))))
        }
        #expect(counts("aurelis_errors_total") == ["model=other category=other": 50])
    }

    @Test("what Aurelis took is what neither attempts nor waits took")
    func overhead() {
        let metrics = RequestMetrics(factory: backend)
        var record = RequestRecord.sample(model: "m", outcome: .answered, duration: .milliseconds(100))
        var first = RouteTrace.Attempt(model: "m", provider: "p", failure: .timeout, duration: .milliseconds(40))
        first.waitAfter = .milliseconds(20)
        record.trace.attempts = [first, .init(model: "m", provider: "p", duration: .milliseconds(25))]
        record.trace.waited = .milliseconds(10)
        metrics.record(record)
        #expect(times("aurelis_overhead_seconds").flatMap(\.values) == [5_000_000])
        // Of a continued stream nobody can tell.
        record.stream = true
        record.firstContent = .milliseconds(50)
        metrics.record(record)
        #expect(times("aurelis_overhead_seconds").flatMap(\.values).count == 1)
    }
}

extension RequestRecord {
    fileprivate static func sample(
        model: String,
        outcome: Outcome,
        duration: Duration = .milliseconds(5)
    ) -> RequestRecord {
        RequestRecord(
            id: .next(),
            time: 1_700_000_000_000,
            operation: .chatCompletion,
            task: .general,
            modelRequested: model,
            modelUsed: model,
            provider: "p",
            stream: false,
            outcome: outcome,
            duration: duration,
            trace: RouteTrace()
        )
    }
}
