import AurelisJSON
import AurelisTesting
import Synchronization
import Testing

@testable import Aurelis

@Suite("Batch: from items to results")
struct BatchRunnerTests {
    private let provider = ScriptedProvider()
    private let time = ManualTimeSource(autoAdvancing: true)

    private func orchestrator(
        time: (any TimeSource)? = nil,
        _ change: (inout OrchestratorConfiguration) -> Void = { _ in }
    ) -> ModelOrchestrator {
        var configuration = OrchestratorConfiguration()
        configuration.retry = .none
        change(&configuration)
        return ModelOrchestrator(
            providers: [provider],
            configuration: configuration,
            time: time ?? self.time,
            random: FixedRandomSource()
        )
    }

    private static func items(_ questions: String..., model: ModelID = .gpt4o) -> [BatchItem] {
        questions.enumerated().map { BatchItem("item \($0.offset + 1)", ModelRequest($0.element, model: model)) }
    }

    private static func refusal(after seconds: Int) -> ModelError {
        var error = ModelError(.rateLimit, "slow down")
        error.retryAfter = .seconds(seconds)
        error.status = 429
        return error
    }

    @Test("one result for each item in the order of the items; a failure costs the others nothing")
    func results() async throws {
        var wrong = ModelError(.invalidRequest, "no")
        wrong.status = 400
        provider.script(.gpt4o, .text("one"), .failure(wrong), .text("three"))
        var options = BatchOptions()
        options.inFlight = 1
        let results = try await orchestrator().process(batch: Self.items("a", "b", "c"), options: options)
        #expect(results.map(\.customID) == ["item 1", "item 2", "item 3"])
        #expect(results.map(\.content) == ["one", nil, "three"])
        #expect(results[1].response?.status == 400)
    }

    @Test("the default is five at once, and the order stays when the last ends first")
    func concurrency() async throws {
        let gates = (0..<7).map { _ in ScriptedGate() }
        for gate in gates { provider.script(.gpt4o, .gated(gate, .text("x"))) }
        let items = Self.items("a", "b", "c", "d", "e", "f", "g")
        async let processing = orchestrator().process(batch: items)
        await provider.attempts(atLeast: 5)
        #expect(provider.attempts.count == 5)
        gates[4].open()
        await provider.attempts(atLeast: 6)
        #expect(provider.attempts.count == 6)
        for gate in gates { gate.open() }
        #expect(try await processing.map(\.customID) == items.map(\.customID))
        #expect(provider.attempts.count == 7)
    }

    @Test("equal items are asked once and each has its own result", arguments: [1, 3])
    func duplicates(inFlight: Int) async throws {
        var options = BatchOptions()
        options.inFlight = inFlight
        let last = Mutex(BatchProgress())
        let results = try await orchestrator().process(
            batch: Self.items("a", "b", "a", "a", "b"),
            options: options,
            onProgress: { progress in last.withLock { $0 = progress } }
        )
        #expect(provider.attempts.count == 2)
        #expect(!results.contains { !$0.isAnswered } && Set(results.map(\.id)).count == 5)
        #expect(results[2].response?.requestID == results[0].response?.requestID)
        #expect(last.withLock(\.coalesced) == 3 && last.withLock(\.total) == 5)
    }

    @Test("sampled answers, other tenants and other fallbacks share nothing")
    func ownAnswers() async throws {
        var requests = Array(repeating: ModelRequest("a", model: .gpt4o), count: 6)
        requests[0].temperature = 1
        requests[1].temperature = 1
        requests[2].tenant = "t"
        requests[3].fallback = .byTask
        requests[4].cache = .off
        let items = requests.enumerated().map { BatchItem("\($0.offset)", $0.element) }
        _ = try await orchestrator().process(batch: items)
        #expect(provider.attempts.count == 6)
        requests = Array(repeating: requests[0], count: 2)
        requests[0].cache = .always
        requests[1].cache = .always
        _ = try await orchestrator().process(batch: requests.enumerated().map { BatchItem("\($0.offset)", $0.element) })
        #expect(provider.attempts.count == 7)
    }

    @Test("what a limit refuses is asked again when the limit has passed")
    func waits() async throws {
        provider.script(.gpt4o, .failure(Self.refusal(after: 90)), .text("later"))
        let results = try await orchestrator().process(batch: Self.items("a"))
        #expect(results[0].content == "later")
        #expect(provider.attempts.count == 2)
        #expect(time.waits.contains(.seconds(90)))
    }

    @Test("an item whose time has come while there is no place for it is not waited for in circles")
    func noPlace() async throws {
        let manual = ManualTimeSource()
        let gate = ScriptedGate()
        provider.script(.gpt4o, .failure(Self.refusal(after: 10)))
        provider.script(.gpt4oMini, .gated(gate, .text("mini")))
        var options = BatchOptions()
        options.inFlight = 1
        let chosen = options
        let orchestrator = orchestrator(time: manual)
        let items = Self.items("a") + [BatchItem("mini", ModelRequest("b", model: .gpt4oMini))]
        async let processing = orchestrator.process(batch: items, options: chosen)
        await provider.attempts(atLeast: 2)
        await manual.sleepers(atLeast: 1)
        manual.advance(by: .seconds(10))
        for _ in 0..<1_000 { await Task.yield() }
        #expect(manual.waits.count == 1)
        gate.open()
        #expect(try await processing.map(\.isAnswered) == [true, true])
    }

    @Test("a limit beyond the patience ends the batch, and costs no further request of the model")
    func exhausted() async throws {
        provider.script(.gpt4o, .text("one"), .failure(Self.refusal(after: 7_200)))
        var options = BatchOptions()
        options.inFlight = 1
        let items = Self.items("a", "b", "c", "d") + [BatchItem("mini", ModelRequest("a", model: .gpt4oMini))]
        let memory = BatchMemory()
        let report = try await run(items, options, memory)
        guard case .exhausted(let failure) = report.end else {
            Issue.record("\(report.end)")
            return
        }
        #expect(failure.category == .rateLimit && failure.retryAfter == .seconds(7_200))
        #expect(report.progress.answered == 2 && report.progress.left == 3)
        #expect(provider.attempts.count == 3)
        #expect(memory.settled().answered == [1, 5])
        let again = try await orchestrator(time: ManualTimeSource(autoAdvancing: true))
            .process(batch: items, options: options, journal: memory)
        #expect(!again.contains { !$0.isAnswered })
        #expect(provider.attempts.count == 6)
    }

    @Test("a bad credential is shown to the provider once, not for each item")
    func unauthorised() async throws {
        provider.script(.gpt4o, .failure(ModelError(.authentication, "bad key")))
        var options = BatchOptions()
        options.inFlight = 1
        let results = try await orchestrator().process(batch: Self.items("a", "b", "c"), options: options)
        #expect(provider.attempts.count == 1)
        #expect(results.map(\.problem) == ["bad key", "bad key", "bad key"])
    }

    @Test("a fault of the service is tried again later, and is a result when it stays")
    func faults() async throws {
        let fault = ScriptedProvider.Step.failure(ModelError(.upstream, "503"))
        provider.script(.gpt4o, fault, fault, .text("at last"), fault, fault, fault)
        var options = BatchOptions()
        options.inFlight = 1
        let memory = BatchMemory()
        let results = try await orchestrator().process(batch: Self.items("a"), options: options, journal: memory)
        #expect(results[0].content == "at last")
        let failed = try await orchestrator().process(batch: Self.items("b"), options: options, journal: BatchMemory())
        #expect(failed[0].problem == "503")
        #expect(provider.attempts.count == 6)
    }

    @Test("an outage does not burn the items: they wait for the circuit")
    func outage() async throws {
        let fault = ScriptedProvider.Step.failure(ModelError(.upstream, "503"))
        for _ in 0..<5 { provider.script(.gpt4o, fault) }
        var options = BatchOptions()
        options.inFlight = 3
        let questions = (0..<40).map { BatchItem("\($0)", ModelRequest("question \($0)", model: .gpt4o)) }
        let results = try await orchestrator().process(batch: questions, options: options)
        #expect(!results.contains { !$0.isAnswered })
        #expect(provider.attempts.count == 45)
    }

    @Test("lines with mistakes and names that are taken have results too, and cost nothing")
    func mistakes() async throws {
        let good =
            #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}}"#
        let lines = [good, "{", good, #"{"custom_id":"b"}"#]
        let items = lines.enumerated().map { BatchLine(reading: Array($0.element.utf8), number: $0.offset + 1).item }
        let results = try await orchestrator().process(batch: items)
        #expect(results[0].isAnswered)
        #expect(results[1].error?.code == "invalid_json_line")
        #expect(results[2].error?.code == "duplicate_custom_id" && results[2].error?.message.contains("line 1") == true)
        #expect(results[3].error?.code == "invalid_method" && results[3].customID == "b")
        #expect(provider.attempts.count == 1)
    }

    @Test("after the deadline what was not answered has expired, and may be asked by another run")
    func expired() async throws {
        let manual = ManualTimeSource()
        let gate = ScriptedGate()
        // The provider keeps to the time it was given.
        provider.script(.gpt4o, .text("one"), .gated(gate, .failure(ModelError(.timeout, "no answer in time"))))
        var options = BatchOptions()
        options.inFlight = 1
        options.deadline = .seconds(30)
        let memory = BatchMemory()
        let chosen = options
        let orchestrator = orchestrator(time: manual)
        async let processing = orchestrator.process(
            batch: Self.items("a", "b", "c"),
            options: chosen,
            journal: memory
        )
        await provider.attempts(atLeast: 2)
        #expect(provider.attempts[1].timeout == .seconds(30))
        await manual.sleepers(atLeast: 1)
        manual.advance(by: .seconds(30))
        gate.open()
        let results = try await processing
        #expect(results.map(\.isAnswered) == [true, false, false])
        #expect(results[2].error?.code == "batch_expired")
        #expect(memory.settled().answered == [1] && memory.settled().failed.isEmpty)
    }

    @Test("a cancelled batch keeps what was answered; the rest say that they were not asked")
    func cancelled() async throws {
        let gate = ScriptedGate()
        provider.script(.gpt4o, .text("one"), .gated(gate, .text("never")))
        var options = BatchOptions()
        options.inFlight = 1
        let memory = BatchMemory()
        let chosen = options
        let results = try await withThrowingTaskGroup(of: [BatchResult].self) { group in
            let orchestrator = orchestrator()
            group.addTask {
                try await orchestrator.process(batch: Self.items("a", "b", "c"), options: chosen, journal: memory)
            }
            await provider.attempts(atLeast: 2)
            group.cancelAll()
            let results = try await group.next()
            return try #require(results)
        }
        #expect(results.map(\.content) == ["one", nil, nil])
        #expect(results[2].error?.code == "cancelled")
        #expect(memory.settled().answered == [1] && memory.settled().failed.isEmpty)
    }

    @Test("nothing counts before it is kept, and a journal that fails ends the batch")
    func journal() async throws {
        let journal = FailingJournal()
        let counted = Mutex(0)
        let error = await #expect(throws: BatchError.self) { () async throws in
            try await orchestrator().process(
                batch: Self.items("a", "b"),
                journal: journal,
                onProgress: { progress in counted.withLock { $0 = progress.done } }
            )
        }
        #expect(error?.code == .journal)
        #expect(counted.withLock(\.self) == 0)
    }

    /// What is under way when the input fails, and what is kept of it.
    static let underWay: [(ScriptedProvider.Step, BatchSettled)] = [
        (.text("one"), BatchSettled(answered: [1])),
        (.failure(ModelError(.invalidRequest, "no")), BatchSettled(failed: [1])),
        (.failure(Self.refusal(after: 5)), BatchSettled()),
        (.failure(ModelError(.upstream, "503")), BatchSettled()),
    ]

    @Test("an input that fails ends the batch after what is under way has been kept", arguments: underWay)
    func brokenInput(step: ScriptedProvider.Step, kept: BatchSettled) async throws {
        provider.script(.gpt4o, step)
        let memory = BatchMemory()
        let runner = BatchRunner(orchestrator(), options: BatchOptions(), journal: memory)
        let item = BatchItem("a", ModelRequest("a", model: .gpt4o))
        var isFirst = true
        let error = await #expect(throws: BatchError.self) { () async throws in
            try await runner.run { () throws(BatchError) in
                guard isFirst else { throw BatchError(.input, "gone") }
                isFirst = false
                return BatchLine(number: 1, item: item)
            }
        }
        #expect(error?.code == .input)
        #expect(memory.settled().answered == kept.answered && memory.settled().failed == kept.failed)
        #expect(provider.attempts.count == 1)
    }

    @Test("a result is shared while it waits to be written, and after that; one that is lost is said")
    func shares() async throws {
        let memory = BatchMemory()
        let runner = BatchRunner(orchestrator(), options: BatchOptions(), journal: memory)
        let result = BatchResult("a", try ScriptedAnswer.document("{}"), of: .next())
        let entry = BatchEntry(number: 1, isFinal: true, attempts: 1, result: result)
        let first = await runner.write([.entry(entry), .copy(number: 2, customID: "b", of: 1)])
        #expect(try first.get() == [1, 2])
        let second = await runner.write([.copy(number: 3, customID: "c", of: 1)])
        #expect(try second.get() == [3])
        #expect([2, 3].map { memory.result(of: $0)?.customID } == ["b", "c"])
        let third = await runner.write([.copy(number: 5, customID: "c", of: 4)])
        #expect(throws: BatchError.self) { try third.get() }
    }

    private func run(
        _ items: [BatchItem],
        _ options: BatchOptions,
        _ journal: any BatchJournal
    ) async throws -> BatchReport {
        var index = 0
        return try await BatchRunner(orchestrator(), options: options, journal: journal).run {
            guard index < items.count else { return nil }
            index += 1
            return BatchLine(number: index, item: items[index - 1])
        }
    }
}

private struct FailingJournal: BatchJournal {
    func settled() -> BatchSettled { BatchSettled() }
    func record(_ entries: [BatchEntry]) throws(BatchError) { throw BatchError(.journal, "the disk is full") }
    func result(of number: Int) -> BatchResult? { nil }
}
